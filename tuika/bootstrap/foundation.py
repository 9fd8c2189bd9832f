"""What everything stands on: settings, identifiers, the database, the clock, the packs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial

from tuika.clock import Clock, SystemClock
from tuika.heartbeat import Heart
from tuika.ids import Ids, RandomIds
from tuika.links import Links
from tuika.nodes.bus import Bus
from tuika.nodes.limits import SharedLimit
from tuika.nodes.queue import Look, WorkQueue, open_queue
from tuika.nodes.redis import connect
from tuika.observing.both import Together
from tuika.observing.meters import Meters
from tuika.observing.standing import Standing, reader
from tuika.observing.tracing import Tracing, tracing_to
from tuika.policy.schema import Pack
from tuika.policy.shelf import PlatformPacks, Shelf
from tuika.refunds.calendar import WorkDays
from tuika.settings import Settings
from tuika.settings.calendar import read_calendar
from tuika.stages import Stages
from tuika.storage.database import Database, open_engine
from tuika.storage.demo_clock import DemoClock
from tuika.storage.uow import UnitOfWorkFactory
from tuika.web.chores import every
from tuika.web.events import Wakes
from tuika.web.limits import Limit, RateLimit

LIMIT_PATIENCE_S = 0.3  # a door waits no longer for Redis' count

PACKS_LOOK_S = 5.0


@dataclass
class Foundation:
    """Parts are made when first asked for; none opens a port or makes a row."""

    settings: Settings
    lifespan: Sequence[Callable[[], AbstractAsyncContextManager[None]]] = field(default_factory=tuple)
    process: str = "hub"  # what this process is called in traces

    @cached_property
    def ids(self) -> Ids:
        return RandomIds()

    @cached_property
    def database(self) -> Database:
        return Database(open_engine(self.settings.url))

    @cached_property
    def uow(self) -> UnitOfWorkFactory:
        return UnitOfWorkFactory(self.database)

    def heart(self, kind: str) -> Heart:
        """The beat of a process of that kind."""
        return Heart(kind, ids=self.ids, units=self.uow)

    @cached_property
    def demo_clock(self) -> DemoClock:
        return DemoClock(self.database)

    @cached_property
    def clock(self) -> Clock:
        return self.demo_clock if self.settings.demo else SystemClock()

    @cached_property
    def work_days(self) -> WorkDays:
        """The working calendar, with the years of the operator's file. Raises SettingsError."""
        file = self.settings.calendar_file
        return WorkDays(read_calendar(file) if file else None)

    @cached_property
    def packs(self) -> Shelf:
        """Packs by their id, as their folder holds them."""
        used = frozenset(platform.pack for platform in self.settings.platforms.values())
        return Shelf(self.settings.policies, lambda: used)

    @cached_property
    def platform_packs(self) -> Mapping[str, Pack]:
        """Packs by platform. Raises KeyError when a platform names an unknown pack."""
        return PlatformPacks(self.packs, {n: each.pack for n, each in self.settings.platforms.items()})

    @asynccontextmanager
    async def _packs_kept_fresh(self) -> AsyncIterator[None]:
        """An edited pack comes into force within seconds, in this process."""
        task = asyncio.create_task(every(PACKS_LOOK_S, partial(asyncio.to_thread, self.packs.refresh)))
        yield
        task.cancel()

    @cached_property
    def meters(self) -> Meters:
        """The process's own series."""
        return Meters()

    @cached_property
    def standing(self) -> Standing:
        """Counts of rows, made when somebody asks."""
        return Standing(reader(self.uow), now=self.clock.now, listeners=self.wakes.count)

    @cached_property
    def tracing(self) -> Tracing | None:
        """None where no collector is named. Raises SettingsError without the extra."""
        wanted = self.settings.observing
        if not wanted.traces_url:
            return None
        return tracing_to(wanted.traces_url, share=wanted.traces_share, process=self.process)

    @cached_property
    def stages(self) -> Stages:
        """Who watches the work."""
        return self.meters if self.tracing is None else Together(self.meters, self.tracing)

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
