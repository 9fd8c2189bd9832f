"""Refund cases and what moves them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from tuika.bootstrap.people import PeopleServices
from tuika.bootstrap.shop import ShopServices
from tuika.conversations.model import Awaiting, Role, Say
from tuika.conversations.service import Conversations
from tuika.refunds.calendar import ChineseWorkCalendar
from tuika.refunds.due import DueKind
from tuika.refunds.runner import DueRunner
from tuika.refunds.service import Refunds


class ConversationNotices:
    """Tells a buyer who did not ask just now, in the conversation."""

    def __init__(self, conversations: Conversations, wake: Callable[[str], None]) -> None:
        self._conversations = conversations
        self._wake = wake

    def tell(self, uow: Any, conversation_id: str, say: Say, *, case_no: str | None = None) -> None:
        self._conversations.post(uow, conversation_id, Role.SYSTEM, say)
        case = uow.cases.get(case_no) if case_no and say.awaiting is Awaiting.EVIDENCE else None
        if case is not None and case.evidence_wanted:
            memory = dict(self._conversations.get(uow, conversation_id).memory)
            memory["evidence_asked"] = case.evidence_wanted[0].value
            uow.conversations.set_memory(conversation_id, memory)
        uow.after_commit(lambda: self._wake(conversation_id))


class RefundServices(ShopServices, PeopleServices):
    """Cases, and the runner of their due rows."""

    @cached_property
    def refunds(self) -> Refunds:
        return Refunds(
            clock=self.clock,
            ids=self.ids,
            packs=self.platform_packs,
            calendar=ChineseWorkCalendar(
                opens=self.settings.support_opens, closes=self.settings.support_closes
            ),
            tickets=self.handoffs,
            notices=ConversationNotices(self.conversations, self.wakes.wake),
            words=self.outgoing.guard,
            manual_payout=self.manual_payout,
        )

    @property
    def chores(self) -> tuple[Callable[[], object], ...]:
        """What a worker does besides due rows, each round."""
        return (self._find_incidents, self._release_lost_agents)

    def _find_incidents(self) -> None:
        with self.uow() as uow:
            self.incidents.find(uow)

    def _release_lost_agents(self) -> None:
        with self.uow() as uow:
            self.handoffs.release_lost(uow)

    @cached_property
    def due_runner(self) -> DueRunner:
        return DueRunner(
            units=self.uow,
            refunds=self.refunds,
            shops=self.refund_shops,
            orders=self.shops,
            clock=self.clock,
            ids=self.ids,
            jumps=self.demo_clock if self.settings.demo else None,
            others={DueKind.HANDOFF_PROMISE: self.handoffs.promise_passed},
        )
