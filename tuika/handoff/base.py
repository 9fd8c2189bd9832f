"""What both sides of the handoff desk share: the parts they stand on, looking up, writing the audit log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tuika.audit.events import AuditEventType
from tuika.clock import Clock
from tuika.conversations.service import Conversations
from tuika.errors import NotFound
from tuika.handoff.hours import SupportHours
from tuika.handoff.model import Handoff
from tuika.handoff.ports import Guard, HandoffStore
from tuika.ids import Ids


def _silent(conversation_id: str) -> None:
    """Nobody is to be woken."""


class HandoffBase:
    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        conversations: Conversations,
        hours: SupportHours,
        outgoing: Guard,
        wake: Callable[[str], None] = _silent,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._conversations = conversations
        self._hours = hours
        self._outgoing = outgoing
        self._wake = wake

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
