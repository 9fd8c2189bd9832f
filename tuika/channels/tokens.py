"""Access tokens of WeChat and WeCom, shared by all nodes as a sealed row.

Invariants: one node at a time fetches a new one (a lease), the others wait for it; a token is used until five
minutes before its end; a token that the provider refused is fetched anew once, even when the row says it is
good; no transaction is open while the provider is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from tuika.channels.errors import Later
from tuika.channels.ports import Units
from tuika.channels.seals import Values
from tuika.clock import Clock
from tuika.ids import Ids

EARLY = timedelta(minutes=5)
LEASE = timedelta(seconds=15)
WAIT_S = 0.2
TRIES = 60

Fetch = Callable[[], Awaitable[tuple[str, int]]]


class AccessTokens:
    """``fetch`` asks the provider: the token and the seconds it lives."""

    def __init__(
        self, *, name: str, wall: Clock, ids: Ids, units: Units, values: Values, fetch: Fetch
    ) -> None:
        self._name = f"token:{name}"
        self._wall = wall
        self._units = units
        self._values = values
        self._fetch = fetch
        self._holder = ids.new("node")
        self._one_at_a_time = asyncio.Lock()

    async def get(self, *, refused: str | None = None) -> str:
        """A token, but not ``refused``. Raises ChannelError."""
        async with self._one_at_a_time:
            return await self._get(refused)

    async def _get(self, refused: str | None) -> str:
        for _ in range(TRIES):
            found = await asyncio.to_thread(self._read)
            if found is not None and found != refused:
                return found
            if await asyncio.to_thread(self._lease):
                return await self._renew()
            await asyncio.sleep(WAIT_S)
        raise Later("another node is renewing the access token", retry_after=2)

    async def _renew(self) -> str:
        token, seconds = await self._fetch()
        await asyncio.to_thread(self._keep, token, seconds)
        return token

    def _read(self) -> str | None:
        with self._units.reading() as uow:
            return self._values.get(uow, self._name, now=self._wall.now())

    def _lease(self) -> bool:
        now = self._wall.now()
        with self._units() as uow:
            taken: bool = uow.values.lease(self._name, self._holder, now=now, until=now + LEASE)
            return taken

    def _keep(self, token: str, seconds: int) -> None:
        life = max(timedelta(seconds=seconds) - EARLY, timedelta(seconds=seconds) / 2)
        with self._units() as uow:
            self._values.put(uow, self._name, token, expires_at=self._wall.now() + life)
