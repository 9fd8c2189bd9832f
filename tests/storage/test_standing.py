"""How things stand, on both databases: right counts, found by index whatever has piled up behind them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text

from tuika.storage.standing import plans
from tuika.storage.tables.conversations import conversations, turns
from tuika.storage.tables.handoff import handoffs
from tuika.storage.tables.refunds import due_rows
from tuika.storage.uow import UnitOfWorkFactory

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


def conversation(number: int, owner: str) -> dict[str, Any]:
    return {
        "id": f"cv_{number}",
        "platform": "generic",
        "channel": "widget",
        "owner": owner,
        "memory": {},
        "created_at": NOW,
    }


def turn(number: int, state: str) -> dict[str, Any]:
    return {
        "id": f"tn_{number}",
        "conversation_id": "cv_1",
        "number": number,
        "client_id": str(number),
        "body_hash": "",
        "state": state,
        "epoch": 0,
        "heard": {},
        "staged": {},
        "created_at": NOW,
    }


def due(kind: str, minutes: int, state: str = "waiting") -> dict[str, Any]:
    at = NOW + timedelta(minutes=minutes)
    return {"kind": kind, "ref": "x", "due_at": at, "payload": {}, "state": state, "attempts": 0, "lease": ""}


@pytest.fixture
def rows(engine: Engine) -> None:
    with engine.begin() as db:
        db.execute(
            insert(conversations),
            [conversation(1, "bot"), conversation(2, "human"), conversation(3, "queued")],
        )
        db.execute(insert(turns), [turn(1, "done"), turn(2, "accepted"), turn(3, "deferred")])
        db.execute(
            insert(due_rows),
            [
                due("outbox", -5),
                due("outbox", -1),
                due("notice", 60),
                due("notice", -60, "done"),
                due("watch", -1, "failed"),
            ],
        )
        ticket = {
            "id": "ho_1",
            "state": "waiting",
            "kind": "ticket",
            "urgent": True,
            "reason": "r",
            "brief": "",
        }
        db.execute(insert(handoffs), [{**ticket, "promised_by": NOW, "waiting_since": NOW}])


@pytest.mark.usefixtures("rows")
def test_what_waits_is_counted_and_what_is_over_is_not(units: UnitOfWorkFactory) -> None:
    with units.reading() as uow:
        counts = uow.standing.counts(NOW)
    assert counts.conversations == {("human",): 1, ("queued",): 1}
    assert counts.turns_open == {("accepted",): 1, ("deferred",): 1}
    assert counts.due_overdue == {("outbox",): 2}
    assert counts.due_failed == {("watch",): 1}
    assert counts.calls_open == {("outbox",): 2}
    assert counts.handoffs == {("ticket", "waiting", "yes"): 1}
    assert counts.due_lag_s == 300
    assert counts.cases == counts.deliveries == counts.arrivals_open == counts.readings_open == {}


def test_an_empty_database_has_no_lag(units: UnitOfWorkFactory) -> None:
    with units.reading() as uow:
        assert uow.standing.counts(NOW).due_lag_s == 0


@pytest.mark.parametrize("name", sorted(plans(NOW)))
def test_every_count_follows_an_index(engine: Engine, name: str) -> None:
    query = str(plans(NOW)[name].compile(engine, compile_kwargs={"literal_binds": True}))
    with engine.begin() as db:
        if engine.dialect.name == "sqlite":
            plan = "\n".join(str(row) for row in db.execute(text(f"EXPLAIN QUERY PLAN {query}")))
            scans = [line for line in plan.splitlines() if "SCAN" in line and "USING" not in line]
            assert not scans, plan
        else:
            db.execute(
                text("SET LOCAL enable_seqscan = off")
            )  # the tables are empty: a scan would be cheaper
            plan = "\n".join(str(row) for row in db.execute(text(f"EXPLAIN {query}")))
            assert "Seq Scan" not in plan, plan
