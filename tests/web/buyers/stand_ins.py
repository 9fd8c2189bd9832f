"""Stand-ins for the neighbours of the buyers' doors: small real classes, each with a switch or two."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from tuika.clock import FixedClock
from tuika.conversations.model import Say
from tuika.conversations.ports import EngineAnswer, Parse
from tuika.errors import EngineUnavailable, ShopUnavailable

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


class ScriptedEngine:
    """A dialogue engine that answers by a script; it can be away, lose an answer, or wait for a gate."""

    def __init__(self) -> None:
        self.script: dict[str, tuple[Say, ...]] = {}
        self.heard: list[str] = []
        self.away = False
        self.loses = False
        self.gate = asyncio.Event()
        self.gate.set()

    async def converse(self, *, sender: str, text: str, turn_id: str, parse: Parse | None) -> EngineAnswer:
        if self.away:
            raise EngineUnavailable
        self.heard.append(text)
        await self.gate.wait()
        if self.loses:
            raise TimeoutError
        return EngineAnswer(self.script.get(text, (Say(f"听到：{text}"),)), ok=True)

    async def ready(self) -> bool:
        return not self.away


class FlakyOrders:
    """The demo shop's orders, with a switch that takes the shop away."""

    def __init__(self, orders: Any) -> None:
        self._orders = orders
        self.away = False

    def __getattr__(self, name: str) -> Any:
        if self.away:
            raise ShopUnavailable
        return getattr(self._orders, name)


class PlainVault:
    """Keeps values in the clear, to be looked at."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def seal(
        self,
        uow: Any,
        value: str,
        *,
        kind: str,
        conversation_id: str | None = None,
        ttl: timedelta = timedelta(1),
    ) -> str:
        secret_id = f"vs_{len(self.kept) + 1}"
        self.kept[secret_id] = value
        return secret_id


class NobodyThere:
    """The desk at night."""

    def serves_now(self) -> bool:
        return False

    def notice(self, uow: Any, conversation_id: str) -> Say:
        return Say("前面还有 0 位，客服 9:00 上班。")

    def begin(self, uow: Any, conversation: Any, staged: Any, turn: Any) -> Say | None:
        return None


class BackwardsSeal:
    def seal(self, text: str) -> bytes:
        return text[::-1].encode()

    def open(self, sealed: bytes) -> str:
        return sealed.decode()[::-1]


class MovableClock(FixedClock):
    def reset(self) -> None:
        self.set(NOW)


class Jumper:
    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self.jumps: list[datetime] = []

    def advance_to(self, target: datetime) -> int:
        self.jumps.append(target)
        self._clock.set(target)
        return len(self.jumps)


class Cases:
    """What the doors asked of the refunds."""

    def __init__(self) -> None:
        self.rows: list[Any] = []

    def clear(self, uow: Any) -> None:
        self.rows.clear()

    def import_history(self, uow: Any, rows: Any, *, platform: str, orders: Any) -> None:
        self.rows.extend(rows)
