"""An upgrade of Rasa that changes a patched function must fail here and at start, not in a buyer's chat."""

from pathlib import Path

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event, SlotSet, UserUttered
from sqlalchemy import create_engine

from tuika_nlu import speed


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


def test_a_changed_source_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, replacement, _ = speed._PATCHES[0]
    monkeypatch.setattr(speed, "_applied", False)
    monkeypatch.setattr(speed, "_PATCHES", ((owner, name, replacement, "0" * 16),))
    with pytest.raises(speed.PatchMismatch, match="_validate_action_result"):
        speed.apply()
