"""The whole product behind its channels: real rows, real hub; a scripted engine, and providers that are fakes."""

from __future__ import annotations

import io
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
from PIL import Image

from tuika.bootstrap import Services
from tuika.clock import FixedClock
from tuika.conversations.model import Message, Payload, QuickReply, Say
from tuika.conversations.ports import EngineAnswer, Parse
from tuika.errors import EngineUnavailable
from tuika.settings import Settings
from tuika.storage.tables import metadata
from tuika.web.app import create_app

KEY = "0123456789abcdef0123456789abcdef"
JWT_SECRET = "a-secret-of-the-marketplace-for-tests-long-enough"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday, 12:00 in Beijing


def settings(folder: Path, channels: dict[str, Any], **more: Any) -> Settings:
    platform = {"pack": "generic", "name": "通用卡盟", "jwt_secret": JWT_SECRET}
    secrets = dict.fromkeys(("engine_token", "action_token", "vault_key", "session_secret", "shop_key"), KEY)
    return Settings.model_validate(
        {
            "data": folder,
            "demo": True,
            "platforms": {"generic": platform, "solo": {**platform, "pack": "solo", "name": "小店"}},
            "channels": channels,
            "limits": {"messages_per_minute": 10_000},
            **secrets,
            **more,
        }
    )


class ScriptedEngine:
    """Answers by a script, else repeats what it heard; it can be away."""

    def __init__(self) -> None:
        self.script: dict[str, tuple[Say, ...]] = {}
        self.heard: list[str] = []
        self.intents: list[str | None] = []
        self.away = False

    async def converse(self, *, sender: str, text: str, turn_id: str, parse: Parse | None) -> EngineAnswer:
        if self.away:
            raise EngineUnavailable
        self.heard.append(text)
        self.intents.append(parse.intent if parse else None)
        return EngineAnswer(self.script.get(text, (Say(f"听到：{text}"),)), ok=True)

    async def ready(self) -> bool:
        return not self.away


class House:
    """One running product. ``wall`` stands still until moved, unless ``live``."""

    def __init__(
        self,
        folder: Path,
        channels: dict[str, Any],
        *,
        live: bool = False,
        blank: Path | None = None,
        **transports: Any,
    ) -> None:
        if blank is not None:
            shutil.copyfile(blank, folder / "tuika.db")
        self.services = Services(settings(folder, channels), transports=transports)
        self.engine = ScriptedEngine()
        self.wall = FixedClock(NOON)
        parts = self.services.__dict__
        parts["engine"] = self.engine
        parts["clock"] = FixedClock(NOON)
        if not live:
            parts["wall"] = self.wall
        if blank is None:
            metadata.create_all(self.services.database.engine)
        self.app = create_app(self.services, routers=self.services.channel_routers)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub") as client:
            yield client

    def close(self) -> None:
        self.services.database.engine.dispose()

    async def settle(self, seconds: float = 1.0) -> None:
        """Time passes until nothing is due any more."""
        quiet = 0
        for _ in range(100):
            self.wall.advance(timedelta(seconds=seconds))
            quiet = quiet + 1 if await self.services.channel_runner.round() == 0 else 0
            await self.services.channel_runner.drain()
            if quiet == 2:
                return
        raise AssertionError("it never gets quiet")

    def link(self, channel: str, peer: str) -> Any:
        with self.services.uow.reading() as uow:
            return uow.links.of_peer(channel, peer)

    def said(self, channel: str, peer: str) -> list[Message]:
        """The transcript of a peer."""
        with self.services.uow.reading() as uow:
            link = uow.links.of_peer(channel, peer)
            return list(uow.messages.after(link.conversation_id, 0)) if link else []

    def texts(self, channel: str, peer: str) -> list[str]:
        return [f"{message.role.value}: {message.text}" for message in self.said(channel, peer)]

    def conversation(self, channel: str, peer: str) -> Any:
        with self.services.uow.reading() as uow:
            return uow.conversations.get(uow.links.of_peer(channel, peer).conversation_id)

    def states(self) -> list[str]:
        """The states of all deliveries, in order."""
        with self.services.uow.reading() as uow:
            rows = uow.connection.exec_driver_sql("select state from channel_deliveries order by id")
            return [row[0] for row in rows]

    def column(self, query: str) -> list[Any]:
        with self.services.uow.reading() as uow:
            return [row[0] for row in uow.connection.exec_driver_sql(query)]


def choices(text: str, *titles: str) -> Say:
    """A question with quick replies."""
    replies = tuple(QuickReply(title, Payload("pick", {"what": title})) for title in titles)
    return Say(text, quick_replies=replies)


def user_token(sub: str = "b1", name: str = "林小满", *, key: str = JWT_SECRET) -> str:
    claims = {"sub": sub, "name": name, "aud": "tuika", "exp": datetime.now(UTC) + timedelta(hours=1)}
    return jwt.encode(claims, key, algorithm="HS256")


def picture(color: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (12, 12), color).save(out, format="PNG")
    return out.getvalue()
