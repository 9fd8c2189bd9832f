"""How things stand, in a dozen counts: what waits, not what was.

Invariants: reads only; every count follows an index over open rows, so that finished work, however much, costs
nothing (tests/storage/test_standing.py looks at the plans).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, TextClause, func, select

from tuika.channels.model import ArrivalState, DeliveryState
from tuika.conversations.model import Owner
from tuika.conversations.turns import OPEN_STATES
from tuika.evidence.readings import ReadingState
from tuika.handoff.model import HandoffState
from tuika.observing.counts import Counts, Labelled
from tuika.refunds.due import DueKind, DueState
from tuika.storage.tables.channels import channel_arrivals, channel_deliveries, channel_links
from tuika.storage.tables.conversations import conversations, turns
from tuika.storage.tables.evidence import evidence_readings
from tuika.storage.tables.handoff import handoffs
from tuika.storage.tables.refunds import OPEN_CASES, due_rows, refund_cases

_WAITED_FOR = (Owner.QUEUED.value, Owner.HUMAN.value)
_CALLS = (
    DueKind.OUTBOX.value,
    DueKind.PAYOUT_CHECK.value,
    DueKind.REACH.value,
    DueKind.MERCHANT_REMIND.value,
)
_ON_THE_WAY = (DeliveryState.WAITING.value, DeliveryState.SENDING.value, DeliveryState.HELD.value)


class SqlStanding:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def counts(self, now: datetime) -> Counts:
        """``now``: the product's clock, by which due rows are overdue."""
        queries = plans(now)
        found = {name: self._labelled(query) for name, query in queries.items()}
        return Counts(**found, due_lag_s=self._lag(now))

    def _labelled(self, query: Select[Any]) -> Labelled:
        return {
            tuple(_word(part) for part in row[:-1]): float(row[-1])
            for row in self._db.execute(query)
            if row[-1]
        }

    def _lag(self, now: datetime) -> float:
        oldest = self._db.execute(
            select(func.min(due_rows.c.due_at)).where(due_rows.c.state == DueState.WAITING.value)
        ).scalar()
        return max(0.0, (now - oldest).total_seconds()) if oldest is not None else 0.0


def plans(now: datetime) -> dict[str, Select[Any]]:
    """The counting queries by the name of their series."""
    due, sent = due_rows.c, channel_deliveries.c
    return {
        "conversations": _count([conversations.c.owner], conversations.c.owner.in_(_WAITED_FOR)),
        "turns_open": _count([turns.c.state], turns.c.state.in_([each.value for each in OPEN_STATES])),
        "cases": _count([refund_cases.c.state], OPEN_CASES),
        "handoffs": _count(
            [handoffs.c.kind, handoffs.c.state, handoffs.c.urgent],
            handoffs.c.state.in_([HandoffState.WAITING.value, HandoffState.ACTIVE.value]),
        ),
        "due_overdue": _count([due.kind], due.state == DueState.WAITING.value, due.due_at <= now),
        "due_failed": _count([due.kind], due.state == DueState.FAILED.value),
        "calls_open": _count([due.kind], due.state == DueState.WAITING.value, due.kind.in_(_CALLS)),
        "deliveries": _count([channel_links.c.channel, sent.state], sent.state.in_(_ON_THE_WAY)).join_from(
            channel_deliveries, channel_links, sent.link_id == channel_links.c.id
        ),
        "arrivals_open": _count(
            [channel_arrivals.c.channel], channel_arrivals.c.state == ArrivalState.WAITING.value
        ),
        "readings_open": _count([], evidence_readings.c.state == ReadingState.WAITING.value),
    }


def _count(
    labels: Sequence[ColumnElement[Any]], *conditions: ColumnElement[bool] | TextClause
) -> Select[Any]:
    return select(*labels, func.count()).where(*conditions).group_by(*labels)


def _word(value: object) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)
