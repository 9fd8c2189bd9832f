"""Rows that become due: every promise of time that the desk made.

Invariants: a row is worked by the one who holds its lease and is finished in the transaction of its effect,
so that no effect happens twice; rows are worked in order of time, ties by id. A lease follows the real
clock, ``due_at`` the product's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tuika.refunds.model import Wait


class DueKind(StrEnum):
    EVIDENCE = "deadline.evidence"
    MERCHANT = "deadline.merchant"
    REVIEW = "deadline.review"
    NEGOTIATION = "deadline.negotiation"
    PAYOUT = "deadline.payout"
    ARRIVAL = "deadline.arrival"
    APPEAL = "deadline.appeal"
    DECIDE_AGAIN = "decide_again"
    WATCH = "wait.watch"
    OUTBOX = "outbox"
    SHOP_POLL = "shop.poll"
    PAYOUT_CHECK = "payout.check"
    NOTICE = "notice"
    REACH = "notice.reach"
    MERCHANT_REMIND = "merchant.remind"
    HANDOFF_PROMISE = "handoff.promise"


class DueState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DueRow:
    """``ref``: a case number, for ``outbox`` and ``payout.check`` an operation's id, else a key of its own."""

    kind: DueKind
    ref: str
    due_at: datetime
    payload: Mapping[str, str] = field(default_factory=dict)
    state: DueState = DueState.WAITING
    attempts: int = 0
    id: int = 0
    lease: str = ""


DEADLINES = frozenset(DueKind(f"deadline.{wait.value}") for wait in Wait)


def deadline_kind(wait: Wait) -> DueKind:
    return DueKind(f"deadline.{wait.value}")
