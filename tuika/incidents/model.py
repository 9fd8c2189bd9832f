"""An incident: what is wrong is not one order but one product or one merchant.

Invariants: at most one open incident a platform, kind and subject; cases only ever join; each buyer concerned is
told the announcement once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class IncidentKind(StrEnum):
    PRODUCT = "product"
    MERCHANT = "merchant"


class IncidentState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Incident:
    """``subject``: the merchant's id, for a product followed by its name; ``name``: as people read it.

    ``last_at``: when the last case joined.
    """

    id: str
    platform: str
    kind: IncidentKind
    subject: str
    name: str
    opened_at: datetime
    last_at: datetime
    state: IncidentState = IncidentState.OPEN
    announcement: str = ""
    announced_at: datetime | None = None
    announced_by: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None

    @property
    def is_open(self) -> bool:
        return self.state is IncidentState.OPEN


@dataclass(frozen=True, slots=True)
class Member:
    """A case in an incident. ``told``: its buyer has had the announcement."""

    case_no: str
    told: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a bulk decision did to one case; ``problem`` is Chinese and empty where it went well."""

    case_no: str
    problem: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that concern one thing, before it is an incident."""

    platform: str
    kind: IncidentKind
    subject: str
    name: str
    case_nos: tuple[str, ...] = field(default=())
