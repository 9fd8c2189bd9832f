"""What is replaced in Rasa 3.6.21, each behind a check of the code that was read.

Invariants: `apply` is idempotent and changes no answer, only how much is computed for it; a function or module whose
source is not the one that was read makes `apply` raise and change nothing, so that an upgrade cannot pass unnoticed.
"""

from __future__ import annotations

import hashlib
import inspect
import sqlite3
from types import SimpleNamespace
from typing import Any, List, Tuple

from rasa.core import processor
from rasa.core.actions import forms
from rasa.core.actions.action import RemoteAction
from rasa.core.featurizers.tracker_featurizers import MaxHistoryTrackerFeaturizer
from rasa.core.policies import rule_policy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy import event
from sqlalchemy.engine import Engine

from . import calls, domains, events, graphs, rules, states, trackers


class PatchMismatch(RuntimeError):
    """Rasa's code is not what this package was written against: read the new code, then renew the digest."""


def digest(code: Any) -> str:
    """Of a function's, a class's or a module's source."""
    return hashlib.sha256(inspect.getsource(code).encode()).hexdigest()[:16]


def _tune_sqlite(connection: Any, _record: Any) -> None:
    """Write-ahead log without a flush to disk a turn, a quarter of a turn's time when it was measured.

    A power cut may take the last trackers with it, a crash of the process not; the hub's rows are the truth.
    """
    if isinstance(connection, sqlite3.Connection):
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")


# These modules copy deeply for nothing but lines of the debug log, whose writer keeps nothing (a test reads them).
_NO_COPY = SimpleNamespace(deepcopy=lambda value: value)

# owner, attribute, replacement, digest of the source that was read
_PATCHES: Tuple[Tuple[Any, str, Any, str], ...] = (
    (RemoteAction, "_validate_action_result", calls.validate_action_result, "f8cdb4be68123961"),
    (RemoteAction, "_action_call_format", calls.action_call_format, "428795b944f22edb"),
    (EndpointConfig, "session", calls.session, "e55aa13d9d4fb4bc"),
    (RulePolicy, "_is_rule_applicable", rules.is_rule_applicable, "64a108b016b46e57"),
    (RulePolicy, "_get_possible_keys", rules.possible_keys, "2915fd81711e194c"),
    (RulePolicy, "_prediction_states", states.prediction_states, "ed9b82bed2f26ad7"),
    (DialogueStateTracker, "copy", trackers.copy_tracker, "dfa48dca9f355ad1"),
    (DaskGraphRunner, "run", graphs.run, "45f0f52f574f3aa9"),
    (Domain, "is_empty", domains.is_empty, "884be90ef485f1d2"),
    (Event, "resolve_by_type", staticmethod(events.resolve_by_type), "b5cf570fa7f286c7"),
)
# attribute that is new, and the class whose source was read
_ADDED: Tuple[Tuple[Any, str, Any, str], ...] = ((Slot, "__copy__", trackers.copy_slot, "0a694d68aef36732"),)
# module, digest
_LOGGING: Tuple[Tuple[Any, str], ...] = (
    (processor, "f42dfbf26e2ffcb6"),
    (rule_policy, "952d1a13906511ac"),
    (forms, "7cb6c30550116597"),
)
# what the replacements rely on without replacing it
_READ: Tuple[Tuple[Any, str, str], ...] = (
    (RulePolicy, "_find_action_from_rules", "be6da6ee0f5429bd"),
    (RulePolicy, "_does_rule_match_state", "d3109c1a97de319c"),
    (MaxHistoryTrackerFeaturizer, "prediction_states", "451caf09a389e871"),
    (Domain, "states_for_tracker_history", "035111ce73ac90ba"),
    (DialogueStateTracker, "__init__", "8f39eb22462aa62b"),
    (DialogueStateTracker, "init_copy", "429fcd2243b9e0e1"),
    (DialogueStateTracker, "travel_back_in_time", "09d16f28f007492f"),
    (DialogueStateTracker, "generate_all_prior_trackers", "a1f6954347b52649"),
    (DialogueStateTracker, "current_state", "a9f1526ceddf7a28"),
    (DialogueStateTracker, "update", "b55e6b1c724fa6e9"),
    (GraphNode, "__call__", "66127a2bfb6fcf1e"),
)
_applied = False


def mismatches() -> Tuple[str, ...]:
    """Names of what differs from what was read; empty before a safe `apply`."""
    if _applied:
        return ()
    return tuple(name for name, found, known in _sources() if found != known)


def _sources() -> List[Tuple[str, str, str]]:
    """Everything that was read: name, digest now, digest then."""
    found: List[Tuple[str, str, str]] = []
    for owner, name, _, known in _PATCHES:
        found.append((f"{owner.__name__}.{name}", digest(getattr(owner, name)), known))
    for owner, name, known in _READ:
        found.append((f"{owner.__name__}.{name}", digest(getattr(owner, name)), known))
    for owner, name, _, known in _ADDED:
        found.append((f"{owner.__name__}.{name}", digest(owner), known))
    for module, known in _LOGGING:
        found.append((module.__name__, digest(module), known))
    return found


def apply() -> None:
    """Install everything once; raises PatchMismatch and installs nothing when any source has changed."""
    global _applied
    if _applied:
        return
    changed = mismatches()
    if changed:
        raise PatchMismatch(f"Rasa's code has changed: {', '.join(changed)}; see tuika_nlu/speed/patches.py")
    for owner, name, replacement, _ in (*_PATCHES, *_ADDED):
        setattr(owner, name, replacement)
    for module, _ in _LOGGING:
        module.copy = _NO_COPY  # type: ignore[attr-defined]
    event.listen(Engine, "connect", _tune_sqlite)
    _applied = True
