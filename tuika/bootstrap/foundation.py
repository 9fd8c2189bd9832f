"""What everything stands on: settings, identifiers, the database, the clock, the packs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import cached_property

from tuika.clock import Clock, SystemClock
from tuika.heartbeat import Heart
from tuika.ids import Ids, RandomIds
from tuika.links import Links
from tuika.policy.pack import load_packs
from tuika.policy.schema import Pack
from tuika.refunds.calendar import WorkDays
from tuika.settings import Settings
from tuika.settings.calendar import read_calendar
from tuika.storage.database import Database, open_engine
from tuika.storage.demo_clock import DemoClock
from tuika.storage.uow import UnitOfWorkFactory
from tuika.web.events import Wakes


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
    def wakes(self) -> Wakes:
        return Wakes()
