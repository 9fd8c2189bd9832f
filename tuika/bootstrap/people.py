"""The conversation's store, the people behind it and their hours."""

from __future__ import annotations

from functools import cached_property

from tuika.bootstrap.safety import SafetyServices
from tuika.conversations.service import Conversations
from tuika.desks.builtin import DeskAccess
from tuika.handoff.hours import SupportHours
from tuika.handoff.service import Handoffs


class PeopleServices(SafetyServices):
    """Conversations, handoffs and the desk."""

    @cached_property
    def hours(self) -> SupportHours:
        return SupportHours.from_settings(self.settings.support_opens, self.settings.support_closes)

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
        )

    @cached_property
    def desk(self) -> DeskAccess:
        return DeskAccess(
            units=self.uow, clock=self.clock, secret=self.settings.session_secret, demo=self.settings.demo
        )
