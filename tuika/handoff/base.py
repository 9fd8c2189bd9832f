"""What both sides of the handoff desk share: the parts they stand on, looking up, writing the audit log.

Invariant: whatever is recorded of a handoff is told to the desk where agents work, after the commit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tuika.audit.events import AuditEventType
from tuika.clock import Clock, SystemClock
from tuika.conversations.model import Conversation, Message, Say
from tuika.conversations.service import Conversations
from tuika.errors import NotFound
from tuika.handoff.hours import SupportHours
from tuika.handoff.model import Handoff
from tuika.handoff.ports import Desk, Guard, HandoffStore
from tuika.ids import Ids


def _silent(conversation_id: str) -> None:
    """Nobody is to be woken."""


class Unattended:
    """A :class:`~tuika.handoff.ports.Desk` at which nobody looks."""

    def changed(self, handoff: Handoff) -> None:
        """Nobody is told."""

    def said(self, conversation_id: str, message: Message) -> None:
        """Nobody is told."""


Ways = Callable[[str], str]
Resume = Callable[[Any, Conversation], Say | None]


class HandoffBase:
    """``ways``: how else a platform's people are reached, for a buyer who waited in vain ("" where there is none).

    ``resume``: what the bot says of the matter in hand when a conversation returns to it. ``wall``: real time,
    which connections follow.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        conversations: Conversations,
        hours: SupportHours,
        outgoing: Guard,
        wake: Callable[[str], None] = _silent,
        desk: Desk | None = None,
        ways: Ways = lambda platform: "",
        resume: Resume = lambda uow, conversation: None,
        wall: Clock | None = None,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._conversations = conversations
        self._hours = hours
        self._outgoing = outgoing
        self._wake = wake
        self._desk = desk or Unattended()
        self._ways = ways
        self._resume = resume
        self._wall = wall or SystemClock()

    def get(self, uow: HandoffStore, handoff_id: str) -> Handoff:
        """Raises NotFound."""
        handoff = uow.handoffs.get(handoff_id)
        if handoff is None:
            raise NotFound("没有这个人工请求")
        return handoff

    def _record(
        self, uow: HandoffStore, event: AuditEventType, handoff: Handoff, actor: str, **detail: Any
    ) -> None:
        uow.audit.append(
            type=event,
            actor=actor,
            subject=f"handoff:{handoff.id}",
            detail={"kind": handoff.kind.value, "case_no": handoff.case_no, **detail},
            at=self._clock.now(),
        )
        uow.after_commit(lambda: self._desk.changed(handoff))
