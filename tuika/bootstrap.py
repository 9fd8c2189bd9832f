"""The only composition root: every adapter is chosen here and nowhere else.

Invariants: nothing is made at import; :func:`build` makes no row and opens no port; what a process starts
(the hub's listeners, the worker's loop) is started by its own entry point.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from sqlalchemy import delete

from actions.all import all_actions
from tuika.clock import Clock, SystemClock
from tuika.conversations.hub import Hub
from tuika.conversations.inbound import Inbox
from tuika.conversations.model import Awaiting, Buyer, Role, Say
from tuika.conversations.screening import Screening
from tuika.conversations.service import Conversations
from tuika.desks.builtin import DeskAccess
from tuika.dialogue.action_endpoint import create_action_app
from tuika.dialogue.rasa import RasaEngine
from tuika.errors import TuikaError
from tuika.evidence.service import EvidenceService
from tuika.evidence.store import FileBlobStore, check_picture
from tuika.handoff.hours import SupportHours
from tuika.handoff.service import Handoffs
from tuika.ids import Ids, RandomIds
from tuika.intake.adapters import HandoffTickets, Safety
from tuika.intake.build import build_reception
from tuika.intake.choices import meaning
from tuika.intake.recap import Recap
from tuika.intake.service import Reception
from tuika.intake.sight import Reader
from tuika.intake.talk import greeting
from tuika.orders.service import OrderService
from tuika.policy.pack import load_packs
from tuika.policy.schema import Pack
from tuika.refunds.calendar import ChineseWorkCalendar
from tuika.refunds.runner import DueRunner
from tuika.refunds.service import Refunds
from tuika.safety.lockout import Lockout
from tuika.safety.official import OfficialContacts
from tuika.safety.outgoing import Outgoing
from tuika.safety.redaction import redact
from tuika.safety.reports import ScamReports
from tuika.safety.vault import ShopSeal, Vault, VaultKeys
from tuika.settings import Settings
from tuika.shops.demo.shop import DemoShop
from tuika.storage.database import Database, open_engine
from tuika.storage.demo_clock import DemoClock
from tuika.storage.tables import metadata
from tuika.storage.uow import UnitOfWorkFactory
from tuika.web.events import Wakes

log = structlog.get_logger(__name__)

KEPT_AT_RESET = frozenset({"desk_users", "desk_sessions", "audit_events", "audit_head", "clock"})


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


@dataclass(frozen=True)
class Demo:
    """The doors of demo mode."""

    shop: DemoShop
    clock: DemoClock
    jumper: DueRunner
    history: Refunds

    def wipe(self, uow: Any) -> None:
        """Delete everything but users, the audit log and the clock."""
        for table in reversed(metadata.sorted_tables):
            if table.name not in KEPT_AT_RESET:
                uow.connection.execute(delete(table))


@dataclass
class Services:
    """Everything a process of Tuika may use; parts are made when first asked for."""

    settings: Settings
    lifespan: Sequence[Callable[[], AbstractAsyncContextManager[None]]] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        self.lifespan = (self._demo_users, self._action_listener, *self.lifespan)

    @cached_property
    def ids(self) -> Ids:
        return RandomIds()

    @cached_property
    def database(self) -> Database:
        return Database(open_engine(self.settings.url))

    @cached_property
    def uow(self) -> UnitOfWorkFactory:
        return UnitOfWorkFactory(self.database)

    @cached_property
    def demo_clock(self) -> DemoClock:
        return DemoClock(self.database)

    @cached_property
    def clock(self) -> Clock:
        return self.demo_clock if self.settings.demo else SystemClock()

    @cached_property
    def packs(self) -> dict[str, Pack]:
        """Packs by their id."""
        return dict(load_packs(self.settings.policies))

    @cached_property
    def platform_packs(self) -> dict[str, Pack]:
        """Packs by platform. Raises SettingsError-like InputError when a platform names an unknown pack."""
        return {name: self.packs[platform.pack] for name, platform in self.settings.platforms.items()}

    # -- the shop --

    @cached_property
    def demo_shop(self) -> DemoShop:
        shop = DemoShop(
            open_engine(f"sqlite:///{self.settings.data / 'demo-shop.db'}"),
            clock=self.clock,
            seal=ShopSeal(self.settings.shop_key),
            secret=self.settings.shop_key.encode(),
        )
        shop.prepare()
        return shop

    @property
    def gateway(self) -> Any:
        return self.demo_shop.orders

    @cached_property
    def orders(self) -> OrderService:
        return OrderService(self.gateway, clock=self.clock)

    # -- safety and people --

    @cached_property
    def official(self) -> OfficialContacts:
        return OfficialContacts({n: p.official_contacts for n, p in self.settings.platforms.items()})

    @cached_property
    def vault(self) -> Vault:
        return Vault(clock=self.clock, ids=self.ids, keys=VaultKeys.from_setting(self.settings.vault_key))

    @cached_property
    def outgoing(self) -> Outgoing:
        own = f"{self.settings.host}:{self.settings.port}"
        return Outgoing(self.official, own_hosts=frozenset({own, f"localhost:{self.settings.port}"}))

    @cached_property
    def hours(self) -> SupportHours:
        return SupportHours.from_settings(self.settings.support_opens, self.settings.support_closes)

    @cached_property
    def wakes(self) -> Wakes:
        return Wakes()

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

    # -- refunds --

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
        )

    @cached_property
    def due_runner(self) -> DueRunner:
        return DueRunner(
            units=self.uow,
            refunds=self.refunds,
            gateway=self.demo_shop.refunds,
            orders=self.gateway,
            clock=self.clock,
            ids=self.ids,
            jumps=self.demo_clock if self.settings.demo else None,
        )

    # -- the conversation --

    @cached_property
    def screen(self) -> Screening:
        return Screening(gateway=self.gateway, redact=redact, vault=self.vault, uow=self.uow)

    @cached_property
    def evidence(self) -> EvidenceService:
        return EvidenceService(
            clock=self.clock,
            store=FileBlobStore(self.settings.data / "evidence"),
            check=check_picture,
            per_case=self.settings.limits.attachments_per_case,
        )

    @cached_property
    def engine(self) -> RasaEngine:
        return RasaEngine(
            self.settings.engine_url, self.settings.engine_token, timeout=self.settings.engine_timeout
        )

    @cached_property
    def reception(self) -> Reception:
        reader = Reader(
            clock=self.clock,
            uow=self.uow,
            orders=self.orders,
            gateway=self.gateway,
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
            safety=Safety(ScamReports(self.clock, self.ids), self.official),
            packs=self.platform_packs,
            settings=self.settings,
        )

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
        )

    def greeting(self, platform: str, buyer: Buyer | None) -> Say:
        """The first words of a conversation."""
        return greeting(buyer.name if buyer else None)

    @cached_property
    def demo(self) -> Demo | None:
        if not self.settings.demo:
            return None
        return Demo(self.demo_shop, self.demo_clock, self.due_runner, self.refunds)

    @cached_property
    def action_app(self) -> FastAPI:
        """The private app that Rasa calls."""
        return create_action_app(
            all_actions(self.reception), self.settings.action_token, shop_down=self._shop_down
        )

    def _shop_down(self, turn_id: str) -> None:
        """The turn waits for the shop instead of being answered by half."""
        with contextlib.suppress(TuikaError), self.uow() as uow:
            turn, _conversation = self.conversations.open_turn(uow, turn_id)
            self.conversations.stage(uow, turn, shop_down=True)

    @asynccontextmanager
    async def _demo_users(self) -> AsyncIterator[None]:
        """The two operators of demo mode exist wherever its hub runs."""
        if self.settings.demo:
            await asyncio.to_thread(self.desk.ensure_demo_users)
        yield

    @asynccontextmanager
    async def _action_listener(self) -> AsyncIterator[None]:
        """The second, private listener, in the hub's own loop."""
        config = uvicorn.Config(
            self.action_app,
            host=self.settings.action_host,
            port=self.settings.action_port,
            log_level="warning",
            access_log=False,
            lifespan="off",
        )
        server = _Listener(config)
        task = asyncio.create_task(server.serve())
        try:
            while not server.started and not task.done():
                await asyncio.sleep(0.02)
            if task.done():
                task.result()
            yield
        finally:
            server.should_exit = True
            with contextlib.suppress(asyncio.CancelledError):
                await task


class _Listener(uvicorn.Server):
    """A server inside another one's process: signals belong to the outer one."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


def build(settings: Settings) -> Services:
    """All services over these settings."""
    return Services(settings)
