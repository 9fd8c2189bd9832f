"""A turn's way: the inbox, the hub, Rasa, and the reception that its actions ask."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property

from tuika.bootstrap.jobs import JobServices
from tuika.conversations.gate import Gate
from tuika.conversations.hub import Hub
from tuika.conversations.inbound import Inbox
from tuika.conversations.model import Buyer, Say
from tuika.dialogue.pool import EnginePool
from tuika.dialogue.rasa import RasaEngine
from tuika.intake.adapters import HandoffTickets, Safety
from tuika.intake.build import build_reception
from tuika.intake.choices import meaning
from tuika.intake.lookout import Lookout
from tuika.intake.plain import plain_answer
from tuika.intake.recap import Recap
from tuika.intake.service import Reception
from tuika.intake.sight import Reader
from tuika.intake.talk import greeting
from tuika.links import Purpose
from tuika.safety.lockout import Lockout
from tuika.safety.reports import ScamReports


class TalkingServices(JobServices):
    """The conversation with a buyer."""

    @cached_property
    def engine(self) -> EnginePool:
        settings = self.settings
        anywhere = settings.action_host in ("0.0.0.0", "::") and not settings.action_url
        return EnginePool(
            [
                RasaEngine(
                    url,
                    settings.engine_token,
                    timeout=settings.engine_timeout,
                    actions="" if anywhere else settings.action_address,
                )
                for url in settings.engines
            ]
        )

    @cached_property
    def reception(self) -> Reception:
        reader = Reader(
            clock=self.clock,
            uow=self.uow,
            shops=self.shops,
            vault=self.vault,
            lockout=Lockout(self.clock),
        )
        return build_reception(
            clock=self.clock,
            uow=self.uow,
            conversations=self.conversations,
            reader=reader,
            refunds=self.refunds,
            handoffs=HandoffTickets(self.handoffs),
            safety=Safety(self.scam_reports, self.official, self.blocklist),
            packs=self.platform_packs,
            settings=self.settings,
            notify_link=self._notify_link if self.reaching.any else None,
        )

    @cached_property
    def scam_reports(self) -> ScamReports:
        return ScamReports(self.clock, self.ids, self.blocklist)

    def _notify_link(self, conversation_id: str) -> str:
        now = datetime.now(UTC)  # links live by the real clock, as sessions do
        token = self.links.sign(Purpose.NOTIFY, now=now, conversation_id=conversation_id)
        return f"{self.links.base}/notify/{token}"

    @cached_property
    def hub(self) -> Hub:
        inbox = Inbox(
            clock=self.clock,
            ids=self.ids,
            conversations=self.conversations,
            screen=self.screen,
            meaning=meaning,
            messages_per_minute=self.settings.limits.messages_per_minute,
            digest_key=self.settings.session_secret.encode(),
        )
        return Hub(
            clock=self.clock,
            uow=self.uow,
            conversations=self.conversations,
            inbox=inbox,
            engine=self.engine,
            waiting=self.handoffs,
            recap=Recap(self.refunds),
            wake=self.wakes.wake,
            after_turn=self.due_runner.run_due,
            stages=self.stages,
            gate=Gate(self.settings.engine_room * len(self.settings.engines)),
            plain=plain_answer,
            lookout=Lookout(self.scam_reports, lambda: self.settings.platforms, self.clock),
            begun=self.reception.begun,
        )

    def greeting(self, platform: str, buyer: Buyer | None) -> Say:
        """The first words of a conversation."""
        return greeting(buyer.name if buyer else None)
