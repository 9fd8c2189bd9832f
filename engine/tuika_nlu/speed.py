"""Patches of Rasa 3.6.21 where profiling found the time going, each behind a check of the code it replaces.

Invariants: `apply` is idempotent and changes no result, only how often it is computed; a patched function whose
source is not the one that was read makes `apply` raise, so an upgrade of Rasa cannot pass unnoticed.
"""

from __future__ import annotations

import hashlib
import inspect
import sqlite3
from typing import Any, Callable, Dict, Optional, Tuple, Type

from rasa.core.actions.action import RemoteAction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.constants import DOCS_BASE_URL
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses
from sqlalchemy import event
from sqlalchemy.engine import Engine

from .rules import is_rule_applicable, possible_keys


class PatchMismatch(RuntimeError):
    """Rasa's code is not what this module was written against: read the new code, then renew the digest."""


def digest(function: Callable[..., Any]) -> str:
    return hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:16]


def _validate_action_result(self: RemoteAction, result: Dict[str, Any]) -> bool:
    """As Rasa's, with one validator for all: the stock code re-checks the constant schema on every action."""
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(result))
    if error is None:
        return True
    error.message += (
        f". Failed to validate Action server response from API, make sure your response from the Action endpoint "
        f"is valid. For more information about the format visit {DOCS_BASE_URL}/custom-actions"
    )
    raise error


_built_validator: Optional[Any] = None


def _validator() -> Any:
    global _built_validator
    if _built_validator is None:
        from jsonschema.validators import validator_for

        schema = RemoteAction.action_response_format_spec()
        kind = validator_for(schema)
        kind.check_schema(schema)
        _built_validator = kind(schema)
    return _built_validator


_event_types: Dict[str, Type[Event]] = {}


def _resolve_by_type(type_name: str, default: Optional[Type[Event]] = None) -> Optional[Type[Event]]:
    """As Rasa's, but the walk over all subclasses of Event is made once for each name, not for each event."""
    known = _event_types.get(type_name)
    if known is not None:
        return known
    for event_type in all_subclasses(Event):
        if event_type.type_name == type_name:
            _event_types[type_name] = event_type
            return event_type
    if type_name == "topic":
        return None
    if default is not None:
        return default
    raise ValueError(f"Unknown event name '{type_name}'.")


def _tune_sqlite(connection: Any, _record: Any) -> None:
    """Write-ahead log without a flush to disk a turn, a quarter of a turn's time when it was measured.

    A power cut may take the last trackers with it, a crash of the process not; the hub's rows are the truth.
    """
    if isinstance(connection, sqlite3.Connection):
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")


# owner, attribute, replacement, digest of the source that was read
_PATCHES: Tuple[Tuple[Any, str, Any, str], ...] = (
    (RemoteAction, "_validate_action_result", _validate_action_result, "f8cdb4be68123961"),
    (RulePolicy, "_is_rule_applicable", is_rule_applicable, "64a108b016b46e57"),
    (RulePolicy, "_get_possible_keys", possible_keys, "2915fd81711e194c"),
    (Event, "resolve_by_type", staticmethod(_resolve_by_type), "b5cf570fa7f286c7"),
)
_applied = False


def mismatches() -> Tuple[str, ...]:
    """Names of functions whose source differs from what was read; empty before a safe `apply`."""
    if _applied:
        return ()
    return tuple(
        f"{owner.__name__}.{name}"
        for owner, name, _, known in _PATCHES
        if digest(getattr(owner, name)) != known
    )


def apply() -> None:
    """Install all patches once; raises PatchMismatch and installs none when any source has changed."""
    global _applied
    if _applied:
        return
    changed = mismatches()
    if changed:
        raise PatchMismatch(f"Rasa's code has changed: {', '.join(changed)}; see tuika_nlu/speed.py")
    for owner, name, replacement, _ in _PATCHES:
        setattr(owner, name, replacement)
    event.listen(Engine, "connect", _tune_sqlite)
    _applied = True
