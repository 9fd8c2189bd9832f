"""What refunds need from storage, from people and from the calendar.

Invariants: repositories work inside the caller's transaction and never commit; nothing here reaches the
shop, which is never called inside a transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from tuika.conversations.model import Conversation, Say
from tuika.policy.schema import Pack
from tuika.refunds.due import DueKind, DueRow
from tuika.refunds.events import CaseEvent
from tuika.refunds.model import RefundCase
from tuika.refunds.offers import Offer, OfferState
from tuika.refunds.outbox import Operation
from tuika.refunds.states import CaseState

Packs = Mapping[str, Pack]  # by platform


@dataclass(frozen=True, slots=True)
class Page:
    """One page of cases, newest first; ``next`` is the cursor of the following page."""

    items: tuple[RefundCase, ...]
    next: str | None = None


class CaseRepository(Protocol):
    def add(self, case: RefundCase) -> None:
        """Raises OpenCaseExists when the order has an open case already."""
        ...

    def save(self, case: RefundCase, *, expected: CaseState) -> None:
        """Store a change. Raises Conflict when the stored state is not ``expected``."""
        ...

    def append(self, case_no: str, event: CaseEvent) -> None: ...
    def get(self, case_no: str, *, lock: bool = False) -> RefundCase | None: ...
    def open_of_order(self, platform: str, order_no: str) -> RefundCase | None: ...
    def of_order(self, platform: str, order_no: str) -> list[RefundCase]:
        """Newest first, as all lists here."""
        ...

    def with_estimates(self, *, after: str, limit: int) -> list[str]:
        """Numbers of open cases whose deadline is an estimate, in order, from the one after ``after`` on."""
        ...

    def of_conversation(self, conversation_id: str) -> list[RefundCase]: ...
    def of_buyer(self, platform: str, buyer_id: str) -> list[RefundCase]: ...
    def of_merchant(
        self, platform: str, merchant_id: str, *, open_only: bool = False
    ) -> list[RefundCase]: ...
    def search(
        self,
        *,
        order_no: str | None = None,
        state: CaseState | None = None,
        platform: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page: ...
    def delete_all(self) -> None:
        """Demo reset only."""
        ...


class DueRepository(Protocol):
    def add(self, row: DueRow) -> DueRow: ...
    def is_pressing(self, now: datetime) -> bool:
        """Whether a row was added here that is due by ``now``."""
        ...

    def get(self, row_id: int) -> DueRow | None: ...
    def waiting(self, kind: DueKind, ref: str) -> list[DueRow]: ...
    def waiting_under(self, kind: DueKind, part: str) -> list[DueRow]:
        """Waiting rows of the kind that have ``part`` between two colons of their reference."""
        ...

    def hasten(self, row: DueRow, *, at: datetime) -> None:
        """A waiting row that is due later is due at ``at``."""
        ...

    def cancel(self, ref: str, kinds: Sequence[DueKind]) -> None: ...
    def claim(
        self, *, until: datetime, lease: str, wall: datetime, lease_for: timedelta, jumper: bool = False
    ) -> DueRow | None:
        """Take the first waiting row due by ``until`` that nobody holds; None when there is none.

        While the demo clock jumps only the ``jumper`` is given rows.
        """
        ...

    def held(self, *, until: datetime, wall: datetime) -> bool:
        """Whether somebody holds a row due by ``until`` right now."""
        ...

    def finish(self, row: DueRow, *, failed: bool = False) -> bool:
        """End a claimed row; False when it is no longer ours (cancelled, or another took it over)."""
        ...

    def postpone(self, row: DueRow, *, due_at: datetime, attempts: int) -> bool:
        """Put a claimed row back for later; False as above."""
        ...

    def delete_all(self) -> None: ...


class OutboxRepository(Protocol):
    def add(self, operation: Operation) -> None: ...
    def get(self, operation_id: str, *, lock: bool = False) -> Operation | None: ...
    def by_key(self, key: str, *, lock: bool = False) -> Operation | None: ...
    def save(self, operation: Operation) -> None: ...
    def delete_all(self) -> None: ...


class OfferRepository(Protocol):
    def add(self, offer: Offer) -> None: ...
    def save(self, offer: Offer) -> None: ...
    def last(self, case_no: str, *states: OfferState) -> Offer | None:
        """The newest offer of the case in one of the states (any, if none is named)."""
        ...

    def delete_all(self) -> None: ...


class PackArchive(Protocol):
    """Packs as they were when cases were decided by them, by digest."""

    def keep(self, pack: Pack, at: datetime) -> None: ...
    def get(self, digest: str) -> Pack | None: ...


class EvidenceRows(Protocol):
    def attach(self, evidence_ids: tuple[str, ...], case_no: str) -> None: ...


class ConversationRows(Protocol):
    def last_of_buyer(self, platform: str, buyer_id: str) -> Conversation | None: ...


class AuditLog(Protocol):
    def append(
        self, *, type: str, actor: str, subject: str, detail: Mapping[str, Any], at: datetime
    ) -> object: ...


class RefundStore(Protocol):
    """What a unit of work must have."""

    @property
    def cases(self) -> CaseRepository: ...
    @property
    def due(self) -> DueRepository: ...
    @property
    def outbox(self) -> OutboxRepository: ...
    @property
    def offers(self) -> OfferRepository: ...
    @property
    def packs(self) -> PackArchive: ...
    @property
    def evidence(self) -> EvidenceRows: ...
    @property
    def conversations(self) -> ConversationRows: ...
    @property
    def audit(self) -> AuditLog: ...


class AgentWords(Protocol):
    """What looks over an agent's words before a buyer reads them."""

    def __call__(self, text: str, *, platform: str, known: Callable[[str], bool] | None = None) -> None:
        """Raises an InputError for words that must not leave (an outside contact, a demand, a secret)."""
        ...


def unguarded(text: str, *, platform: str, known: Callable[[str], bool] | None = None) -> None:
    """Lets all words pass; for parts that speak to nobody."""


class Tickets(Protocol):
    def open(
        self, uow: Any, *, conversation_id: str, case_no: str, reason: str, brief: str, urgent: bool
    ) -> str:
        """A ticket for a person; the bot stays in charge until an agent claims it."""
        ...


class Notices(Protocol):
    def tell(self, uow: Any, conversation_id: str, say: Say, *, case_no: str | None = None) -> None:
        """Say something to a buyer who did not ask just now."""
        ...


class WorkCalendar(Protocol):
    def add_working_days(self, moment: datetime, days: int) -> tuple[datetime, bool]:
        """The same time of day so many working days later, and whether that is an estimate."""
        ...

    def add_support_hours(self, moment: datetime, hours: int) -> datetime:
        """So many hours of manned support later."""
        ...


class Jumps(Protocol):
    """The demo clock's lock: while it jumps, only the jumper works rows."""

    def jumping(self) -> bool: ...
    def begin_jump(self) -> bool:
        """False when another one jumps already. Called again by the jumper, it renews the lock."""
        ...

    def renew_jump(self) -> None: ...
    def end_jump(self, target: datetime | None) -> None:
        """Set the clock (None: leave it) and open the gate."""
        ...
