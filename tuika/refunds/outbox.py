"""Calls to the shop that must happen once: the intent is stored first, the outcome after.

Invariants: a key names one effect for ever (a UNIQUE constraint); the request is fixed when the intent is
written, so that asking again asks the same; ``sent`` means that the outcome may be unknown, and is resolved
by asking with the same key, never by a new one. An operation that was never sent can still be cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(hours=1)
_AGAIN = ":appeal"
PATIENCE = 5  # failures after which a person is told
LAST_ATTEMPT = 60  # failures after which only a person goes on


class OpKind(StrEnum):
    FILE = "shop.file"
    WITHDRAW = "shop.withdraw"
    PAY = "payout.pay"
    HOLD = "funds.hold"
    RELEASE = "funds.release"
    DEDUCT = "funds.deduct"


class OpState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def settled(self) -> bool:
        return self not in (OpState.PENDING, OpState.SENT)


@dataclass(frozen=True, slots=True)
class Operation:
    """``request``: the call's arguments as JSON values; ``attempts``: failed ones so far."""

    id: str
    kind: OpKind
    case_no: str
    key: str
    request: Mapping[str, Any]
    created_at: datetime
    state: OpState = OpState.PENDING
    attempts: int = 0
    problem: str = ""


def operation_key(kind: OpKind, case_no: str, *, again: bool = False) -> str:
    """One effect of a kind per case; ``again``: the one more that an appeal may have."""
    return f"{kind.value}:{case_no}{_AGAIN if again else ''}"


def is_again(key: str) -> bool:
    """Whether a key is of an appeal's round."""
    return key.endswith(_AGAIN)


def wait_before(attempt: int) -> timedelta:
    """How long to wait before the next try: doubled each time, an hour at most."""
    return min(_LONGEST_WAIT, _FIRST_WAIT * int(2 ** min(attempt, 20)))
