"""What everything stands on: settings, identifiers, the database, the clock, the packs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property

from tuika.clock import Clock, SystemClock
from tuika.ids import Ids, RandomIds
from tuika.links import Links
from tuika.nodes.bus import Bus
from tuika.nodes.limits import SharedLimit
from tuika.nodes.queue import Look, WorkQueue, open_queue
from tuika.nodes.redis import connect
from tuika.policy.pack import load_packs
from tuika.policy.schema import Pack
from tuika.settings import Settings
from tuika.storage.database import Database, open_engine
from tuika.storage.demo_clock import DemoClock
from tuika.storage.uow import UnitOfWorkFactory
from tuika.web.events import Wakes
from tuika.web.limits import Limit, RateLimit

LIMIT_PATIENCE_S = 0.3  # a door waits no longer for Redis' count


@dataclass
class Foundation:
    """Parts are made when first asked for; none opens a port or makes a row."""

    settings: Settings
    lifespan: Sequence[Callable[[], AbstractAsyncContextManager[None]]] = field(default_factory=tuple)

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

    @cached_property
    def links(self) -> Links:
        return Links(self.settings.session_secret, self.settings.base_url)

    @cached_property
    def bus(self) -> Bus | None:
        """The way to the other processes, where there is a Redis."""
        settings = self.settings
        return Bus(settings.redis_url, settings.redis_prefix) if settings.redis_url else None

    @property
    def work_looks(self) -> dict[str, Look]:
        """By kind of long work: how a worker looks for it and does it."""
        return {}

    @cached_property
    def queue(self) -> WorkQueue:
        """Where long work is announced: in Redis where there is one, else in a file of its own."""
        settings = self.settings
        return open_queue(
            redis_url=settings.redis_url,
            prefix=settings.redis_prefix,
            file=settings.data / "queue.db",
            secret=settings.session_secret,
            looks=self.work_looks,
        )

    @cached_property
    def wakes(self) -> Wakes:
        return Wakes(self.bus)

    @cached_property
    def session_limit(self) -> Limit:
        """How often an address may open sessions, at all hubs together where there is a Redis."""
        most = self.settings.limits.sessions_per_minute
        alone = RateLimit(most)
        if not self.settings.redis_url:
            return alone
        client = connect(self.settings.redis_url, answer_s=LIMIT_PATIENCE_S)
        return SharedLimit(client, f"{self.settings.redis_prefix}:sessions", limit=most, alone=alone)

    @asynccontextmanager
    async def hear_others(self) -> AsyncIterator[None]:
        """What other processes tell arrives while the block runs."""
        if self.bus is None:
            yield
            return
        self.bus.listen(self.wakes.heard, self.wakes.ring_all)
        try:
            yield
        finally:
            await asyncio.to_thread(self.bus.close)
