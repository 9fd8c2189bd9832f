"""The tracker store remembers what Rasa's own would, across restarts, failed turns and new sessions."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet, UserUttered

from tuika_nlu.speed.shortening import LONG
from tuika_nlu.tracker_store import RowTrackerStore

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [greet]
slots:
  order_no: {type: text, mappings: [{type: custom}]}
"""
)


def run(awaitable: Any) -> Any:
    return asyncio.run(awaitable)


def opened(path: Path) -> RowTrackerStore:
    return RowTrackerStore(DOMAIN, db=str(path / "rasa.db"))


def turn(store: Any, sender: str, order_no: str) -> None:
    """As Rasa's processor does it: ask, begin a session when new, work, save."""
    tracker = run(store.get_or_create_tracker(sender))
    if not any(isinstance(event, SessionStarted) for event in tracker.events):
        for event in (
            ActionExecuted("action_session_start"),
            SessionStarted(),
            ActionExecuted("action_listen"),
        ):
            tracker.update(event)
    tracker.update(UserUttered("你好", {"name": "greet", "confidence": 1.0}))
    tracker.update(SlotSet("order_no", order_no))
    tracker.update(ActionExecuted("action_listen"))
    run(store.save(tracker))


def names(tracker: Any) -> list[str]:
    return [event.type_name for event in tracker.events]


def test_a_restart_loses_nothing(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for number in ("1", "2", "3"):
        turn(store, "a", number)
    again = run(opened(tmp_path).retrieve("a"))
    assert again.get_slot("order_no") == "3"
    assert names(again).count("user") == 3


def test_as_rasas_own_store(tmp_path: Path) -> None:
    ours = opened(tmp_path)
    stock = SQLTrackerStore(DOMAIN, dialect="sqlite", db=str(tmp_path / "stock.db"))
    for store in (ours, stock):
        for number in ("1", "2"):
            turn(store, "a", number)
    fresh = run(opened(tmp_path).retrieve("a"))
    assert names(fresh) == names(run(stock.retrieve("a")))
    assert names(run(ours.retrieve_full_tracker("a"))) == names(run(stock.retrieve_full_tracker("a")))
    assert list(run(ours.keys())) == ["a"]


def test_a_new_session_begins_anew(tmp_path: Path) -> None:
    store = opened(tmp_path)
    turn(store, "a", "1")
    tracker = run(store.retrieve("a"))
    for event in (ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")):
        tracker.update(event)
    run(store.save(tracker))
    assert names(run(store.retrieve("a"))) == ["session_started", "action"]
    turn(store, "a", "2")
    assert names(run(store.retrieve("a"))) == ["session_started", "action", "user", "slot", "action"]
    assert names(run(opened(tmp_path).retrieve_full_tracker("a"))).count("session_started") == 2


def test_a_turn_that_failed_is_forgotten(tmp_path: Path) -> None:
    store = opened(tmp_path)
    turn(store, "a", "1")
    run(store.retrieve("a")).update(SlotSet("order_no", "never saved"))
    assert run(store.retrieve("a")).get_slot("order_no") == "1"
    created = run(store.get_or_create_tracker("b"))
    created.update(SlotSet("order_no", "never saved"))
    assert run(store.retrieve("b")).get_slot("order_no") is None


def test_senders_do_not_mix(tmp_path: Path) -> None:
    store = opened(tmp_path)
    turn(store, "a", "1")
    turn(store, "b", "2")
    turn(store, "a", "3")
    assert run(store.retrieve("b")).get_slot("order_no") == "2"
    assert run(store.retrieve("never")) is None


def test_another_model_reads_anew(tmp_path: Path) -> None:
    store = opened(tmp_path)
    turn(store, "a", "1")
    store.domain = Domain.empty()
    assert "order_no" not in run(store.retrieve("a")).slots


def test_many_are_kept_as_rows_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuika_nlu.tracker_store.KEPT_IN_MEMORY", 2)
    store = opened(tmp_path)
    for sender in "abcd":
        turn(store, sender, sender)
    for sender in "abcd":
        assert run(store.retrieve(sender)).get_slot("order_no") == sender


def test_old_senders_go_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turn(opened(tmp_path), "a", "1")
    monkeypatch.setattr("tuika_nlu.tracker_store.KEPT_SECONDS", -1.0)
    assert list(run(opened(tmp_path).keys())) == []


def test_a_long_conversation_goes_on_as_a_short_session(tmp_path: Path) -> None:
    store = opened(tmp_path)
    for number in range(80):
        turn(store, "a", str(number))
    kept = run(store.retrieve("a"))
    assert len(kept.events) < LONG and kept.get_slot("order_no") == "79"
    again = run(opened(tmp_path).retrieve("a"))  # after a restart, from rows
    assert len(again.events) < LONG and again.get_slot("order_no") == "79"
    assert again.latest_message.text == "你好" and again.latest_action_name == "action_listen"
    turn(store, "a", "80")
    turn(store, "a", "81")
    assert run(opened(tmp_path).retrieve("a")).get_slot("order_no") == "81"
