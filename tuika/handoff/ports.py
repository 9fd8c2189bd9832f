"""What handoffs need from storage and from the rest of the house."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from tuika.audit.ports import AuditLog
from tuika.conversations.model import Message
from tuika.conversations.service import ConversationStore
from tuika.handoff.model import Handoff, HandoffState, Note, Seat
from tuika.refunds.due import DueKind, DueRow


class HandoffRepository(Protocol):
    def add(self, handoff: Handoff) -> None:
        """Raises Conflict where the conversation has an open handoff already, or the case such a ticket."""
        ...

    def get(self, handoff_id: str) -> Handoff | None: ...

    def claim(self, handoff_id: str, agent: str, at: datetime, *, seated: bool = False) -> bool:
        """Compare and set: waiting → active. False when somebody else was faster."""
        ...

    def save(self, handoff: Handoff) -> None: ...
    def open_handoff(self, conversation_id: str) -> Handoff | None: ...
    def open_ticket(
        self, *, conversation_id: str | None, case_no: str | None, reason: str
    ) -> Handoff | None: ...
    def active_of(self, conversation_id: str) -> list[Handoff]: ...

    def ahead(self, handoff: Handoff) -> int:
        """How many waiting handoffs (not tickets) are served before this one."""
        ...

    def list(
        self, *, state: HandoffState | None = None, after: Handoff | None = None, limit: int = 50
    ) -> Sequence[Handoff]: ...

    def add_note(self, note: Note) -> None: ...
    def notes(self, handoff_id: str) -> Sequence[Note]: ...
    def notes_of_conversation(self, conversation_id: str) -> Sequence[Note]: ...
    def of_conversation(self, conversation_id: str) -> Sequence[Handoff]:
        """Newest first, tickets included."""
        ...

    def of_agent(self, agent: str) -> Sequence[Handoff]:
        """What an agent has now."""
        ...


class DueRows(Protocol):
    """Promises of time (``tuika.refunds.ports.DueRepository``)."""

    def add(self, row: DueRow) -> DueRow: ...
    def cancel(self, ref: str, kinds: Sequence[DueKind]) -> None: ...


class Users(Protocol):
    def is_active(self, username: str) -> bool: ...


class SeatRepository(Protocol):
    def get(self, username: str) -> Seat | None: ...
    def put(self, seat: Seat) -> None:
        """Store it, whether it is new or not."""
        ...

    def all(self) -> Sequence[Seat]: ...


class Desk(Protocol):
    """Where agents work: the built-in desk, or another system beside it. Told after the commit, in order.

    Nothing here may raise, since what it tells of has happened. The built-in adapter is
    ``tuika.desks.board.DeskBoard``.
    """

    def changed(self, handoff: Handoff) -> None:
        """A handoff or ticket was opened, brought up to date, claimed, moved on, put back or closed."""
        ...

    def said(self, conversation_id: str, message: Message) -> None:
        """Somebody at the desk or the system behind it said something to the buyer."""
        ...


class HandoffStore(ConversationStore, Protocol):
    @property
    def handoffs(self) -> HandoffRepository: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def users(self) -> Users: ...
    @property
    def seats(self) -> SeatRepository: ...
    @property
    def due(self) -> DueRows: ...
    def after_commit(self, callback: Callable[[], None]) -> None: ...


class Guard(Protocol):
    """Refuses an agent's words that must not reach a buyer (raises ReplyStopped)."""

    def guard(self, text: str, *, platform: str, known: Callable[[str], bool] | None = None) -> None: ...
