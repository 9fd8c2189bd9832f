"""The desk's doors over real rows: three people, a conversation that waits, a case in review."""

from __future__ import annotations

import asyncio
import io
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from PIL import Image

from tuika.clock import FixedClock
from tuika.conversations.model import Buyer, Conversation, Role, Say
from tuika.conversations.service import Conversations
from tuika.desks.builtin import DEMO_PASSWORD, DeskAccess
from tuika.desks.model import DeskRole
from tuika.desks.passwords import Passwords
from tuika.desks.revealing import Revealing
from tuika.desks.seeing import Seeing
from tuika.evidence.fingerprint import fingerprint
from tuika.evidence.model import EvidenceRef
from tuika.evidence.service import EvidenceService
from tuika.evidence.store import FileBlobStore, check_picture
from tuika.handoff.hours import SupportHours
from tuika.handoff.service import Handoffs
from tuika.ids import SequentialIds
from tuika.money import Money
from tuika.orders.model import (
    CardKey,
    KeyCheck,
    KeyState,
    Merchant,
    Order,
    OrderStatus,
    PayChannel,
    Payment,
    Product,
    ProductType,
)
from tuika.policy.model import Claim, EvidenceKind, Reason
from tuika.policy.pack import load_packs
from tuika.policy.schema import Pack
from tuika.refunds.calendar import ChineseWorkCalendar, WorkDays
from tuika.refunds.model import RefundCase, Requester
from tuika.refunds.service import Refunds
from tuika.safety.blocklist import Blocklist
from tuika.safety.official import OfficialContacts
from tuika.safety.outgoing import Outgoing
from tuika.safety.reports import ScamReports
from tuika.safety.vault import Vault, VaultKeys
from tuika.storage.database import Database, open_engine
from tuika.storage.tables import metadata
from tuika.storage.uow import UnitOfWorkFactory
from tuika.web.desk_evidence import desk_evidence_router
from tuika.web.desk_handoffs import desk_handoffs_router
from tuika.web.desk_lists import desk_lists_router
from tuika.web.desk_login import desk_login_router
from tuika.web.desk_refunds import desk_refunds_router
from tuika.web.desk_safety import desk_safety_router
from tuika.web.evidence_links import EvidenceLinks
from tuika.web.limits import BodyLimit
from tuika.web.pages import templates
from tuika.web.problems import install_problems

from .pages import Html, add_pages

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
POLICIES = Path(__file__).parents[3] / "policies"
PASSWORD = "a-good-password"
FAST = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@cache
def packs() -> dict[str, Pack]:
    return dict(load_packs(POLICIES))


class Browser:
    """A browser without a network: keeps cookies and headers, calls the app, one loop a request."""

    def __init__(self, app: FastAPI) -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
        self.headers, self.cookies = self._client.headers, self._client.cookies

    def get(self, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self._client.get(path, **more))

    def post(self, path: str, **more: Any) -> httpx.Response:
        return asyncio.run(self._client.post(path, **more))


@dataclass
class Runner:
    runs: int = 0
    fails: bool = False

    def run_due(self) -> int:
        self.runs += 1
        if self.fails:
            raise RuntimeError("the worker's business")
        return 0


class RecordsOfOne:
    """A shop whose every order is the same card."""

    def find(self, reference: str, *, buyer_id: str | None = None) -> Order | None:
        return card_order(reference, 9800)


class Notices:
    """Tells the buyer in the conversation."""

    def __init__(self, conversations: Conversations) -> None:
        self._conversations = conversations

    def tell(self, uow: Any, conversation_id: str, say: Say, *, case_no: str | None = None) -> None:
        self._conversations.post(uow, conversation_id, Role.SYSTEM, say)


@dataclass
class Desk:
    """Services, the app, and one logged-in client a person."""

    services: Any
    app: FastAPI
    clock: FixedClock
    wall: FixedClock
    reports: ScamReports
    clients: dict[str, Browser] = field(default_factory=dict)

    def client(self, name: str | None = None, password: str = PASSWORD) -> Browser:
        """A browser; logged in as ``name``, with the CSRF header set."""
        if name in self.clients:
            return self.clients[name]
        client = Browser(self.app)
        if name is not None:
            answer = client.post("/api/v1/desk/login", json={"username": name, "password": password})
            assert answer.status_code == 204, answer.text
            client.headers["X-Tuika-CSRF"] = client.cookies["tuika_csrf"]
            self.clients[name] = client
        return client

    def conversation(self, name: str | None = "小林", buyer_id: str = "b1") -> Conversation:
        buyer = None if name is None else Buyer(buyer_id, name)
        with self.services.uow() as uow:
            opened: Conversation = self.services.conversations.open(
                uow, platform="generic", channel="widget", buyer=buyer
            )
            return opened

    def page(self, path: str, name: str = "ann", *, status: int = 200) -> Html:
        """A page of the desk, with nothing in it that the content policy would stop."""
        answer = self.client(name).get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:400]}"
        shown = Html(answer)
        shown.nothing_inline()
        return shown

    def send(self, path: str, name: str = "ann", *, csrf: str | None = None, **fields: Any) -> httpx.Response:
        """A plain form, as a browser without script sends it."""
        client = self.client(name)
        value = client.cookies["tuika_csrf"] if csrf is None else csrf
        kept = client.headers.pop("X-Tuika-CSRF", None)
        try:
            return client.post(path, data={"tuika_csrf": value, **fields})
        finally:
            if kept:
                client.headers["X-Tuika-CSRF"] = kept

    def does(self, path: str, name: str = "ann", **fields: Any) -> str:
        """A form that is accepted: where it leads."""
        answer = self.send(path, name, **fields)
        assert answer.status_code == 303, f"{path}: {answer.status_code} {answer.text[:600]}"
        return str(answer.headers["location"])

    def refused(self, path: str, status: int, name: str = "ann", **fields: Any) -> Html:
        """A form that is refused, with a page that says why."""
        answer = self.send(path, name, **fields)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:400]}"
        shown = Html(answer)
        assert "flash bad" in shown.source or "wrong" in shown.source
        return shown

    def said(self, conversation_id: str) -> list[Any]:
        with self.services.uow.reading() as uow:
            found: list[Any] = uow.messages.after(conversation_id, 0)
            return found

    def talk_of(self, handoff_id: str) -> str:
        with self.services.uow.reading() as uow:
            return str(uow.handoffs.get(handoff_id).conversation_id)

    def case(self, order_no: str = "KM202611210001", *, fen: int = 9800, **more: Any) -> RefundCase:
        """A dead card key on a platform that reviews at once, with all its evidence."""
        talk = self.conversation()
        with self.services.uow() as uow:
            filed: RefundCase = self.services.refunds.file(
                uow,
                order=card_order(order_no, fen),
                claim=Claim(Reason.INVALID_CARD_KEY),
                requester=Requester("b1", talk.id),
                evidence=(
                    EvidenceRef("ev_1", EvidenceKind.KEY_ERROR, "sha1"),
                    EvidenceRef("ev_2", EvidenceKind.ORDER_PAGE, "sha2"),
                ),
                **more,
            )
            return filed

    def handoff(self, **more: Any) -> str:
        talk = self.conversation()
        with self.services.uow() as uow:
            made: str = self.services.handoffs.request(
                uow, conversation_id=talk.id, reason="转人工", brief="买家想要：退款", **more
            ).id
            return made


def card_order(order_no: str, fen: int) -> Order:
    sold = NOW - timedelta(hours=2)
    return Order(
        order_no=order_no,
        platform="binghui",
        buyer_id="b1",
        merchant=Merchant("m1", "闪充小店"),
        product=Product("Q币 100", ProductType.CARD_KEY, delivery="instant", promised_minutes=5),
        amount=Money(fen),
        status=OrderStatus.DELIVERED,
        paid_at=sold,
        delivered_at=sold,
        pay_channel=PayChannel.ALIPAY,
        payments=(Payment(f"T{order_no}", Money(fen), sold),),
        keys=(CardKey(1, "ABCD****", KeyState.REVEALED, sold, KeyCheck.UNKNOWN),),
    )


def make_desk(folder: Path, *, demo: bool = True, new: bool = True) -> Desk:
    engine = open_engine(f"sqlite:///{folder / 'desk.db'}")
    if new:
        metadata.create_all(engine)
    units, ids = UnitOfWorkFactory(Database(engine)), SequentialIds()
    clock, wall = FixedClock(NOW), FixedClock(NOW)
    outgoing = Outgoing(OfficialContacts({}))
    conversations = Conversations(clock, ids, outgoing)
    access = DeskAccess(units=units, clock=clock, secret="s" * 32, demo=demo, wall=wall, passwords=FAST)
    handoffs = Handoffs(
        wall=wall,
        clock=clock,
        ids=ids,
        conversations=conversations,
        hours=SupportHours.from_settings("09:00", "21:00"),
        outgoing=outgoing,
    )
    vault = Vault(clock=clock, ids=ids, keys=VaultKeys.from_setting("v" * 32))
    evidence = EvidenceService(
        clock=clock,
        store=FileBlobStore(folder / "blobs"),
        check=check_picture,
        per_case=9,
        look=fingerprint,
        reads=True,
    )
    blocklist = Blocklist(clock, ids, OfficialContacts({}).is_anyones)
    services = SimpleNamespace(
        work_days=WorkDays(),
        settings=SimpleNamespace(demo=demo),
        engine_of_tests=engine,
        ids=ids,
        clock=clock,
        outgoing=outgoing,
        uow=units,
        desk=access,
        conversations=conversations,
        handoffs=handoffs,
        refunds=Refunds(
            clock=clock,
            ids=ids,
            packs=packs(),
            calendar=ChineseWorkCalendar(SupportHours.from_settings("09:00", "21:00")),
            tickets=handoffs,
            notices=Notices(conversations),
            words=outgoing.guard,
        ),
        vault=vault,
        revealing=Revealing(vault),
        evidence=evidence,
        seeing=Seeing(clock=clock, evidence=evidence, shops=defaultdict(RecordsOfOne)),
        evidence_links=EvidenceLinks("l" * 32),
        blocklist=blocklist,
        due_runner=Runner(),
        desk_wall=wall,
    )
    app = app_of(services)
    add_pages(services, app, wall, packs())
    return Desk(services, app, clock, wall, ScamReports(clock, ids, blocklist))


def app_of(services: Any) -> FastAPI:
    app = FastAPI()
    app.state.wall = services.desk_wall
    app.state.templates = templates()
    install_problems(app)
    for router in (
        desk_login_router,
        desk_handoffs_router,
        desk_refunds_router,
        desk_lists_router,
        desk_safety_router,
        desk_evidence_router,
    ):
        app.include_router(router(services))
    app.add_middleware(BodyLimit, limit_of=lambda path: 64 * 1024)
    return app


@pytest.fixture(scope="session")
def staffed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the desk's people in it, to be copied."""
    folder = tmp_path_factory.mktemp("staffed")
    made = make_desk(folder)
    made.services.desk.ensure_demo_users()
    for name, role in (("ann", DeskRole.AGENT), ("bob", DeskRole.AGENT), ("sue", DeskRole.SUPERVISOR)):
        made.services.desk.create_user(name, PASSWORD, role)
    made.services.engine_of_tests.dispose()
    return folder / "desk.db"


@pytest.fixture
def desk(tmp_path: Path, staffed: Path) -> Iterator[Desk]:
    shutil.copy(staffed, tmp_path / "desk.db")
    made = make_desk(tmp_path, new=False)
    yield made
    made.services.engine_of_tests.dispose()


@pytest.fixture
def live_desk(tmp_path: Path) -> Iterator[Desk]:
    """Not in demo mode, on a database that the demo left behind."""
    folder = tmp_path / "live"
    before = make_desk(folder)
    before.services.desk.ensure_demo_users()
    before.services.engine_of_tests.dispose()
    made = make_desk(folder, demo=False)
    made.services.desk.ensure_demo_users()
    made.services.desk.create_user("ann", PASSWORD, DeskRole.AGENT)
    yield made
    made.services.engine_of_tests.dispose()


@pytest.fixture
def demo_password() -> str:
    return DEMO_PASSWORD


@pytest.fixture
def browser_of() -> Callable[[FastAPI], Browser]:
    return Browser


@pytest.fixture
def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 80), "#8899aa").save(out, format="PNG")
    return out.getvalue()
