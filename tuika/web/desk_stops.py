"""An agent's words that were stopped are written down, whichever door they came by."""

from __future__ import annotations

from typing import Protocol

from tuika.audit.events import AuditEventType
from tuika.clock import Clock
from tuika.desks.model import DeskUser
from tuika.safety.outgoing import ReplyStopped
from tuika.web.desk_forms import agent_of
from tuika.web.ports import Units


class Stopping(Protocol):
    @property
    def clock(self) -> Clock: ...
    @property
    def uow(self) -> Units: ...


def note_stopped(services: Stopping, subject: str, user: DeskUser, stopped: ReplyStopped) -> None:
    """In a transaction of its own, since the stopped step was rolled back. The words themselves are not kept."""
    with services.uow() as uow:
        uow.audit.append(
            type=AuditEventType.REPLY_STOPPED,
            actor=agent_of(user).actor,
            subject=subject,
            detail={"reasons": list(stopped.reasons)},
            at=services.clock.now(),
        )
