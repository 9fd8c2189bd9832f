"""Orders of each shop in every state, made from a few drawn numbers, with what the adapter must say of them.

What is expected is worked out from the published facts alone, never by code of the adapters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

ZONE = ZoneInfo("Asia/Shanghai")
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
type Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Draw:
    """The numbers that an order is made of. ``spare``: whatever else a shop needs to be undecided about."""

    fen: int
    seconds: int
    later: int
    quantity: int
    spare: int

    @property
    def at(self) -> datetime:
        return BEGINNING + timedelta(seconds=self.seconds)

    @property
    def yuan(self) -> str:
        return f"{self.fen // 100}.{self.fen % 100:02d}"

    @property
    def after(self) -> datetime:
        return self.at + timedelta(seconds=self.later)


DRAWS = st.builds(
    Draw,
    fen=st.integers(1, 9_999_999),
    seconds=st.integers(0, 200_000_000),
    later=st.integers(0, 900),
    quantity=st.integers(1, 9),
    spare=st.integers(0, 999),
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be said of an order; ``there`` False: that there is none. ``serial``: a payment number that finds it."""

    order_no: str
    status: str = "unpaid"
    amount_fen: int = 0
    quantity: int = 1
    paid_fen: int = 0
    delivered: bool = False
    created_at: datetime | None = None
    paid_at: datetime | None = None
    refunded_fen: int = 0
    frozen: bool = False
    keys: int = 0
    there: bool = True
    serial: str = ""
    contact: str = ""
    password: str = ""


@dataclass(slots=True)
class Batch:
    """Rows to be filled in by table, and what is expected of them."""

    rows: Rows = field(default_factory=dict)
    expected: list[Expected] = field(default_factory=list)

    def add(self, table: str, **row: Any) -> None:
        self.rows.setdefault(table, []).append(row)


def local(moment: datetime) -> datetime:
    """As a shop of this time zone keeps it."""
    return moment.astimezone(ZONE).replace(tzinfo=None)
