"""An upgrade of Rasa that changes a patched function must fail here and at start, not in a buyer's chat."""

import ast
import inspect
from pathlib import Path

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet, UserUttered
from sqlalchemy import create_engine

from tuika_nlu import speed
from tuika_nlu.speed import patches


def test_sources_are_those_that_were_read() -> None:
    assert speed.mismatches() == ()


def test_apply_is_idempotent_and_keeps_behaviour() -> None:
    speed.apply()
    speed.apply()
    action = RemoteAction("action_x", None)
    assert action._validate_action_result({"events": [], "responses": [{"text": "a"}]})
    with pytest.raises(jsonschema.ValidationError, match="Action server response"):
        action._validate_action_result({"events": "no"})
    assert Event.resolve_by_type("user") is UserUttered
    assert Event.resolve_by_type("slot") is SlotSet
    assert Event.resolve_by_type("topic") is None
    assert Event.resolve_by_type("unheard", SlotSet) is SlotSet
    with pytest.raises(ValueError):
        Event.resolve_by_type("unheard")


def test_sqlite_writes_ahead(tmp_path: Path) -> None:
    speed.apply()
    with create_engine(f"sqlite:///{tmp_path}/rasa.db").connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1


def test_these_modules_copy_deeply_for_the_debug_log_alone() -> None:
    for module, _ in patches._LOGGING:
        tree, copies, logged = ast.parse(inspect.getsource(module)), 0, 0
        for node in ast.walk(tree):
            copies += (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "copy"
            )
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "structlogger.debug":
                logged += sum(
                    ast.unparse(part).startswith("copy.deepcopy(")
                    for part in (k.value for k in node.keywords)
                )
        assert copies == logged > 0, module.__name__


def test_a_domain_is_empty_or_not() -> None:
    speed.apply()
    assert Domain.empty().is_empty() and Domain.empty().is_empty()
    filled = Domain.from_yaml('version: "3.1"\nintents: [greet]')
    assert not filled.is_empty() and not filled.is_empty()


def test_a_changed_source_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, replacement, _ = patches._PATCHES[0]
    monkeypatch.setattr(patches, "_applied", False)
    monkeypatch.setattr(patches, "_PATCHES", ((owner, name, replacement, "0" * 16),))
    with pytest.raises(speed.PatchMismatch, match="_validate_action_result"):
        speed.apply()
