"""The conversation's store, the people behind it and their hours."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any

from tuika.bootstrap.safety import SafetyServices
from tuika.conversations.model import Conversation, Say
from tuika.conversations.service import Conversations
from tuika.desks.board import DeskBoard
from tuika.desks.builtin import DeskAccess
from tuika.desks.pinyin import pinyin_keys
from tuika.desks.revealing import Revealing
from tuika.figures.service import FigureService
from tuika.handoff.canned import CannedReplies
from tuika.handoff.hours import SupportHours
from tuika.handoff.service import Handoffs
from tuika.incidents.service import Incidents
from tuika.refunds.telling import progress


class PeopleServices(SafetyServices):
    """Conversations, handoffs and the desk."""

    @cached_property
    def hours(self) -> SupportHours:
        return SupportHours.from_settings(
            self.settings.support_opens,
            self.settings.support_closes,
            rest=self.settings.support_rest,
            is_rest=lambda day: not self.work_days.is_working(day)[0],
        )

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self.clock, self.ids, self.outgoing)

    @cached_property
    def handoffs(self) -> Handoffs:
        return Handoffs(
            clock=self.clock,
            ids=self.ids,
            conversations=self.conversations,
            hours=self.hours,
            outgoing=self.outgoing,
            wake=self.wakes.wake,
            desk=DeskBoard(self.wakes.wake),
            ways=self._official_ways,
            resume=self._matter_in_hand,
        )

    def _official_ways(self, platform: str) -> str:
        """The registered ways to reach a platform's people, for a buyer who waited in vain."""
        known = self.settings.platforms[platform].official_contacts
        ways = [f"电话 {phone}" for phone in known.phones] + [f"邮箱 {email}" for email in known.emails]
        return "，".join(ways)

    def _matter_in_hand(self, uow: Any, conversation: Conversation) -> Say | None:
        """How the open case of a conversation stands, for when it returns to the bot."""
        open_cases = [case for case in uow.cases.of_conversation(conversation.id) if case.is_open]
        return progress(open_cases[0], self.clock.now()) if open_cases else None

    @cached_property
    def canned(self) -> CannedReplies:
        return CannedReplies(clock=self.clock, ids=self.ids, keys=pinyin_keys)

    @cached_property
    def figures(self) -> FigureService:
        return FigureService(self.clock)

    @cached_property
    def incidents(self) -> Incidents:
        return Incidents(
            clock=self.clock,
            ids=self.ids,
            conversations=self.conversations,
            outgoing=self.outgoing,
            wake=self.wakes.wake,
            least=self.settings.incident_orders,
            window=timedelta(hours=self.settings.incident_hours),
        )

    @cached_property
    def desk(self) -> DeskAccess:
        return DeskAccess(
            units=self.uow, clock=self.clock, secret=self.settings.session_secret, demo=self.settings.demo
        )

    @cached_property
    def revealing(self) -> Revealing:
        return Revealing(self.vault)
