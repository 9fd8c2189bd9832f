"""A small hub behind the web: real rows on SQLite, a real inbox and hub, an engine that follows a script."""

from __future__ import annotations

import asyncio
import io
import shutil
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import jwt
import pytest
import uvicorn
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import delete

from tuika.clock import FixedClock
from tuika.conversations.hub import Hub
from tuika.conversations.inbound import Inbox
from tuika.conversations.model import Buyer, Payload, QuickReply, Say
from tuika.conversations.screening import Screening
from tuika.conversations.service import Conversations
from tuika.evidence.service import EvidenceService
from tuika.evidence.store import FileBlobStore, check_picture
from tuika.handoff.hours import SupportHours
from tuika.ids import RandomIds
from tuika.intake.choices import meaning
from tuika.links import Links
from tuika.observing.meters import Meters
from tuika.observing.standing import Standing, reader
from tuika.reach.folder import FolderMessenger
from tuika.refunds.reach import Reaching
from tuika.safety.redaction import redact
from tuika.settings import Settings
from tuika.shops.demo.shop import DemoShop
from tuika.storage.database import Database, open_engine
from tuika.storage.tables.base import metadata
from tuika.storage.uow import UnitOfWorkFactory
from tuika.web.app import create_app
from tuika.web.events import Wakes
from tuika.web.limits import RateLimit

from .stand_ins import (
    NOW,
    BackwardsSeal,
    Cases,
    FlakyOrders,
    Jumper,
    MovableClock,
    NobodyThere,
    PlainVault,
    ScriptedEngine,
)

BASE = "http://127.0.0.1:8000"
SECRET = "a-secret-of-the-marketplace-for-tests-long-enough"
FIXTURE = """
platform: generic
buyers: [{id: b1, name: 小林}, {id: b2, name: 阿芳}]
merchants: [{id: m1, name: 闪充小店}]
orders:
  - {order_no: KM202611210001, buyer: b1, merchant: m1, product: {name: Q币 100, type: card_key},
     contact: "13800000001", query_password: Ab8848, amount_fen: 9800, status: paid, paid: -3h}
refunds:
  - {order_no: KM202611210001, reason: no_delivery, amount_fen: 9800, state: rejected, filed: -2h}
"""


@dataclass
class World:
    """The running application and hands to use it."""

    services: Any
    app: FastAPI
    engine: ScriptedEngine
    shop: FlakyOrders
    vault: PlainVault
    clock: MovableClock
    wall: FixedClock
    token: str = ""
    conversation_id: str = ""
    opened: dict[str, Any] = field(default_factory=dict)
    client: Any = None

    async def open(self, **body: Any) -> dict[str, Any]:
        """Open a session and use it from now on."""
        answer = await self.client.post("/api/v1/sessions", json={"platform": "generic", **body})
        assert answer.status_code == 201, answer.text
        self.opened = answer.json()
        self.token, self.conversation_id = self.opened["session_token"], self.opened["conversation_id"]
        return self.opened

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def path(self, tail: str) -> str:
        return f"/api/v1/conversations/{self.conversation_id}/{tail}"

    async def post(self, tail: str, body: Any) -> httpx.Response:
        return await self.client.post(self.path(tail), json=body, headers=self.auth)

    async def say(self, text: str, client_id: str | None = None) -> httpx.Response:
        return await self.post("messages", {"client_id": client_id or str(uuid.uuid4()), "text": text})

    async def upload(self, data: bytes, client_id: str | None = None, **form: str) -> httpx.Response:
        return await self.client.post(
            self.path("attachments"),
            files={"file": ("shot.png", data, "image/png")},
            data={"client_id": client_id or str(uuid.uuid4()), **form},
            headers=self.auth,
        )

    async def messages(self, **query: Any) -> list[dict[str, Any]]:
        answer = await self.client.get(self.path("messages"), params=query, headers=self.auth)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["messages"])

    def remember(self, **memory: Any) -> None:
        with self.services.uow() as uow:
            uow.conversations.set_memory(self.conversation_id, memory)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Returns as soon as ``condition`` holds; fails after five seconds."""
        async with asyncio.timeout(5):
            while not condition():
                await asyncio.sleep(0.01)

    def speakers(self) -> list[str]:
        """Who said something so far, in order."""
        with self.services.uow.reading() as uow:
            return [m.role.value for m in uow.messages.after(self.conversation_id, 0)]

    @asynccontextmanager
    async def server(self) -> AsyncIterator[httpx.AsyncClient]:
        """The same application behind a real server, for answers that do not end."""
        config = uvicorn.Config(
            self.app, port=0, log_level="warning", lifespan="on", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve())
        await self.until(lambda: server.started)
        port = server.servers[0].sockets[0].getsockname()[1]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client
        server.should_exit = True
        await running


def user_token(sub: Any = "b1", *, key: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    values = {
        "sub": sub,
        "name": "小林",
        "aud": "tuika",
        "exp": datetime.now(UTC) + timedelta(hours=1),
        **claims,
    }
    return jwt.encode({k: v for k, v in values.items() if v is not None}, key, algorithm=algorithm)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def sign() -> Callable[..., str]:
    return user_token


@pytest.fixture
def picture() -> Callable[..., bytes]:
    def make(color: str = "red", form: str = "PNG") -> bytes:
        out = io.BytesIO()
        Image.new("RGB", (8, 8), color).save(out, format=form)
        return out.getvalue()

    return make


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    key = "0123456789abcdef0123456789abcdef"
    platform = {"pack": "generic", "jwt_secret": SECRET, "origins": ["https://shop.example.com"]}
    return Settings.model_validate(
        {
            "data": tmp_path,
            "demo": True,
            "platforms": {"generic": platform, "solo": {**platform, "pack": "solo", "origins": []}},
            "limits": {
                "upload_bytes": 200_000,
                "video_bytes": 200_000,
                "sessions_per_minute": 30,
                "attachments_per_case": 4,
            },
            **dict.fromkeys(("engine_token", "action_token", "vault_key", "session_secret", "shop_key"), key),
        }
    )


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub's file with its tables and a shop's file with the fixture, to be copied for each test."""
    folder = tmp_path_factory.mktemp("blank")
    engine = open_engine(f"sqlite:///{folder}/hub.db")
    metadata.create_all(engine)
    shop_engine = open_engine(f"sqlite:///{folder}/shop.db")
    shop = _shop(shop_engine, MovableClock(NOW))
    shop.prepare()
    shop.load(FIXTURE)
    engine.dispose()
    shop_engine.dispose()
    return folder


def _shop(engine: Any, clock: MovableClock) -> DemoShop:
    return DemoShop(engine, clock=clock, seal=BackwardsSeal(), secret=b"0123456789abcdef")


@pytest.fixture
async def world(settings: Settings, tmp_path: Path, blank: Path) -> AsyncIterator[World]:
    shutil.copytree(blank, tmp_path, dirs_exist_ok=True)
    engine = open_engine(f"sqlite:///{tmp_path}/hub.db")
    shop_engine = open_engine(f"sqlite:///{tmp_path}/shop.db")
    built = _build(settings, UnitOfWorkFactory(Database(engine)), shop_engine, tmp_path)
    transport = httpx.ASGITransport(built.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        built.client = client
        yield built
    engine.dispose()
    shop_engine.dispose()


def _build(settings: Settings, units: UnitOfWorkFactory, shop_engine: Any, folder: Path) -> World:
    clock, wall = MovableClock(NOW), FixedClock(datetime.now(UTC))
    ids, vault, wakes, meters = RandomIds(), PlainVault(), Wakes(), Meters()
    demo_shop = _shop(shop_engine, clock)
    gateway = FlakyOrders(demo_shop.orders)
    conversations = Conversations(clock, ids)
    screen = Screening(
        shops=dict.fromkeys(settings.platforms, gateway), redact=redact, vault=vault, uow=units
    )
    inbox = Inbox(
        clock=clock,
        ids=ids,
        conversations=conversations,
        screen=screen,
        meaning=meaning,
        messages_per_minute=60,
        digest_key=b"key of the tests",
    )
    engine = ScriptedEngine()
    hub = Hub(
        clock=clock,
        uow=units,
        conversations=conversations,
        inbox=inbox,
        engine=engine,
        waiting=NobodyThere(),
        recap=lambda uow, turn: Say("刚才出了点问题，没有提交任何申请，请再说一遍。"),
        wake=wakes.wake,
        stages=meters,
    )
    evidence = EvidenceService(
        clock=clock,
        store=FileBlobStore(folder / "blobs"),
        check=check_picture,
        per_case=settings.limits.attachments_per_case,
    )
    services = SimpleNamespace(
        settings=settings,
        clock=clock,
        uow=units,
        conversations=conversations,
        hub=hub,
        engine=engine,
        shops=dict.fromkeys(settings.platforms, gateway),
        evidence=evidence,
        screen=screen,
        wakes=wakes,
        meters=meters,
        standing=Standing(reader(units), now=clock.now, listeners=wakes.count),
        session_limit=RateLimit(settings.limits.sessions_per_minute),
        greeting=_greeting,
        lifespan=(),
        ids=ids,
        hours=SupportHours.from_settings("09:00", "21:00"),
        desk=None,  # the desk's doors have tests of their own
        handoffs=None,
        refunds=None,
        vault=vault,
        due_runner=None,
        links=Links(settings.session_secret, BASE),
        reaching=Reaching(
            clock=clock,
            vault=vault,
            messengers=dict.fromkeys(("email", "sms"), FolderMessenger(folder / "notices", way="email")),
            link_of=lambda conversation_id, case_no: f"{BASE}/{case_no}",
            units=units,
        ),
        demo=SimpleNamespace(shop=demo_shop, clock=clock, jumper=Jumper(clock), history=Cases(), wipe=_wipe),
    )
    app = create_app(services, wall=wall)
    return World(services, app, engine, gateway, vault, clock, wall)


def _greeting(platform: str, buyer: Buyer | None) -> Say:
    choices = (QuickReply("没收到货", Payload("intent", {"intent": "report_no_delivery"})),)
    return Say(f"{buyer.name if buyer else '您'}好，我是退款小助手。", quick_replies=choices)


def _wipe(uow: Any) -> None:
    for table in reversed(metadata.sorted_tables):
        uow.connection.execute(delete(table))
