"""Refund cases and what moves them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from tuika.bootstrap.foundation import PACKS_LOOK_S
from tuika.bootstrap.hourly import Hourly
from tuika.bootstrap.payouts import channels, manual_platforms, providers
from tuika.bootstrap.people import PeopleServices
from tuika.bootstrap.shop import ShopServices
from tuika.channels.reaching import LABELS, ChatMessenger
from tuika.conversations.model import Awaiting, Role, Say
from tuika.conversations.service import Conversations
from tuika.desks.merchants import MerchantAccess
from tuika.links import Purpose
from tuika.payouts.router import PaidElsewhere, PayoutProvider
from tuika.reach.email import SmtpMessenger
from tuika.reach.folder import FolderMessenger
from tuika.reach.webhook import WebhookMessenger
from tuika.refunds.calendar import ChineseWorkCalendar
from tuika.refunds.due import DueKind
from tuika.refunds.gateway import RefundGateways
from tuika.refunds.merchant_inbox import Merchant, MerchantInbox
from tuika.refunds.model import RefundCase
from tuika.refunds.nudges import Nudges
from tuika.refunds.reach import CHAT, Messenger, Reaching, no_chats
from tuika.refunds.reckoning import Reckoning
from tuika.refunds.reminding import MerchantReminders
from tuika.refunds.runner import LEASE, DueRunner
from tuika.refunds.service import Refunds
from tuika.shops.router import ByPlatform


class ConversationNotices:
    """Tells a buyer who did not ask just now, in the conversation."""

    def __init__(self, conversations: Conversations, wake: Callable[[str], None], reaching: Reaching) -> None:
        self._conversations = conversations
        self._wake = wake
        self._reaching = reaching

    def tell(self, uow: Any, conversation_id: str, say: Say, *, case_no: str | None = None) -> None:
        message = self._conversations.post(uow, conversation_id, Role.SYSTEM, say)
        if case_no is not None:
            self._reaching.plan(uow, conversation_id, case_no, message)
        case = uow.cases.get(case_no) if case_no and say.awaiting is Awaiting.EVIDENCE else None
        if case is not None and case.evidence_wanted:
            memory = dict(self._conversations.get(uow, conversation_id).memory)
            memory["evidence_asked"] = case.evidence_wanted[0].value
            uow.conversations.set_memory(conversation_id, memory)
        uow.after_commit(lambda: self._wake(conversation_id))


class RefundServices(ShopServices, PeopleServices):
    """Cases, and the runner of their due rows."""

    _newest_seen: object = None

    @cached_property
    def messengers(self) -> dict[str, Messenger]:
        """Ways to reach a buyer who left; in demo mode their mail lies in a folder."""
        ways: dict[str, Messenger] = {}
        if self.settings.demo:
            folder = self.settings.data / "notices"
            ways = {way: FolderMessenger(folder, way=way) for way in ("email", "sms")}
        if self.settings.smtp is not None:
            smtp = self.settings.smtp
            ways["email"] = SmtpMessenger(
                smtp.host,
                smtp.port,
                sender=smtp.sender,
                security=smtp.security,
                username=smtp.username,
                password=smtp.password,
            )
        for way, hook in self.settings.notice_webhooks.items():
            ways[way] = WebhookMessenger(hook.url, hook.secret, way=way)
        if self._chat_messenger is not None:
            ways[CHAT] = self._chat_messenger
        return ways

    @cached_property
    def _chat_messenger(self) -> ChatMessenger | None:
        """Where buyers can bind a chat account: None, where no such channel is set up."""
        labels = {n: LABELS[each.kind] for n, each in self.settings.channels.items() if each.kind in LABELS}
        if not labels:
            return None
        return ChatMessenger(
            units=self.uow, conversations=self.conversations, labels=labels, wake=self.wakes.wake
        )

    @cached_property
    def reaching(self) -> Reaching:
        return Reaching(
            clock=self.clock,
            vault=self.vault,
            messengers=self.messengers,
            link_of=self._way_back,
            units=self.uow,
            chats=self._chat_messenger.bound if self._chat_messenger else no_chats,
        )

    @cached_property
    def _merchant_ways(self) -> dict[str, Messenger]:
        """How each platform's merchants are told; in demo mode it lies in a folder."""
        ways: dict[str, Messenger] = {}
        for name, platform in self.settings.platforms.items():
            hook = platform.merchant_webhook
            if hook is not None:
                ways[name] = WebhookMessenger(hook.url, hook.secret, way="merchant")
            elif self.settings.demo:
                ways[name] = FolderMessenger(self.settings.data / "notices", way="merchant")
        return ways

    @cached_property
    def merchant_inbox(self) -> MerchantInbox:
        return MerchantInbox(self.refunds, self.clock)

    @cached_property
    def nudges(self) -> Nudges:
        return Nudges(self.clock)

    @cached_property
    def merchants(self) -> MerchantAccess:
        return MerchantAccess(self.uow, self.clock)

    @cached_property
    def _merchant_reminders(self) -> MerchantReminders:
        return MerchantReminders(
            refunds=self.refunds, ways=self._merchant_ways, link_of=self._merchant_link, units=self.uow
        )

    def _merchant_link(self, merchant: Merchant) -> str:
        about = {"platform": merchant.platform, "merchant": merchant.id}
        token = self.links.sign(Purpose.MERCHANT, now=datetime.now(UTC), **about)
        return f"{self.links.base}/merchant/enter/{token}"

    def _payee_link(self, case: RefundCase) -> str:
        now = datetime.now(UTC)
        return f"{self.links.base}/payee/{self.links.sign(Purpose.PAYEE, now=now, case_no=case.case_no)}"

    def _key_link(self, case: RefundCase) -> str:
        now = datetime.now(UTC)
        about = {"case_no": case.case_no, "nonce": self.ids.new("ky")}
        return f"{self.links.base}/key/{self.links.sign(Purpose.KEY, now=now, **about)}"

    def _way_back(self, conversation_id: str, case_no: str) -> str:
        """A signed link that resumes the conversation; its token stays in the fragment, out of every log."""
        with self.uow.reading() as uow:
            platform = self.conversations.get(uow, conversation_id).platform
        now = datetime.now(UTC)  # links live by the real clock, as sessions do
        token = self.links.sign(Purpose.RESUME, now=now, conversation_id=conversation_id, case_no=case_no)
        return f"{self.links.base}/chat/{platform}#token={token}"

    @cached_property
    def refunds(self) -> Refunds:
        return Refunds(
            clock=self.clock,
            ids=self.ids,
            packs=self.platform_packs,
            calendar=ChineseWorkCalendar(self.hours, self.work_days),
            tickets=self.handoffs,
            notices=ConversationNotices(self.conversations, self.wakes.wake, self.reaching),
            payout_channels=channels(self.settings),
            holds_funds=frozenset(n for n, each in self.settings.platforms.items() if each.holds_funds),
            reminds=frozenset(self._merchant_ways),
            payee_link=self._payee_link,
            key_link=self._key_link,
            words=self.outgoing.guard,
            manual_payout=(self.manual_payout - set(channels(self.settings)))
            | manual_platforms(self.settings),
        )

    @property
    def chores(self) -> tuple[Callable[[], object], ...]:
        """What a worker does besides due rows, each round."""
        return (
            self._find_incidents,
            self._release_lost_agents,
            Hourly(Reckoning(self.refunds, self.uow).run),
            Hourly(self.packs.refresh, every=PACKS_LOOK_S),
        )

    def _find_incidents(self) -> None:
        """Only a new case can make an incident, so most rounds read one row and write nothing."""
        with self.uow.reading() as uow:
            newest = uow.cases.newest()
        if newest != self._newest_seen:
            with self.uow() as uow:
                self.incidents.find(uow)
            self._newest_seen = newest

    def _release_lost_agents(self) -> None:
        with self.uow() as uow:
            self.handoffs.release_lost(uow)

    @cached_property
    def due_runner(self) -> DueRunner:
        return self.runner(self.paying_shops)

    @cached_property
    def payout_providers(self) -> dict[str, PayoutProvider]:
        return providers(self.settings, self.clock)

    @cached_property
    def paying_shops(self) -> RefundGateways:
        """Each platform's shop, with its payouts going by the platform's own provider where it has one."""
        ways = self.payout_providers
        paid = {name: PaidElsewhere(self.refund_shops[name], way) for name, way in ways.items()}
        return ByPlatform({name: paid.get(name, self.refund_shops[name]) for name in self.settings.platforms})

    def runner(self, shops: RefundGateways, *, lease: timedelta = LEASE) -> DueRunner:
        """A runner of due rows that reaches the shops through ``shops``."""
        return DueRunner(
            units=self.uow,
            refunds=self.refunds,
            shops=shops,
            funds=self.fund_shops,
            lease=lease,
            orders=self.shops,
            clock=self.clock,
            ids=self.ids,
            stages=self.stages,
            jumps=self.demo_clock if self.settings.demo else None,
            calls={
                DueKind.REACH: self.reaching.carry_out,
                DueKind.MERCHANT_REMIND: self._merchant_reminders.carry_out,
            },
            others={DueKind.HANDOFF_PROMISE: self.handoffs.promise_passed},
        )
