"""What handoffs need from storage and from the rest of the house."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from tuika.audit.ports import AuditLog
from tuika.conversations.service import ConversationStore
from tuika.handoff.model import Handoff, HandoffState, Note


class HandoffRepository(Protocol):
    def add(self, handoff: Handoff) -> None:
        """Raises Conflict where the conversation has an open handoff already, or the case such a ticket."""
        ...

    def get(self, handoff_id: str) -> Handoff | None: ...

    def claim(self, handoff_id: str, agent: str, at: datetime) -> bool:
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


class Users(Protocol):
    def is_active(self, username: str) -> bool: ...


class HandoffStore(ConversationStore, Protocol):
    @property
    def handoffs(self) -> HandoffRepository: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def users(self) -> Users: ...
    def after_commit(self, callback: Callable[[], None]) -> None: ...


class Guard(Protocol):
    """Refuses an agent's words that must not reach a buyer (raises ReplyStopped)."""

    def guard(self, text: str, *, platform: str, known: Callable[[str], bool] | None = None) -> None: ...
