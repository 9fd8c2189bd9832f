"""What the web edge asks of the program that bootstrap puts together.

Invariants: nothing here is made by the web; the doors of demo mode read ``demo``, which other modes lack.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from tuika.clock import Clock
from tuika.conversations.inbound import Inbound
from tuika.conversations.model import Buyer, Message, Say
from tuika.conversations.service import Conversations
from tuika.desks.merchants import MerchantAccess
from tuika.evidence.service import EvidenceService
from tuika.handoff.hours import SupportHours
from tuika.handoff.service import Handoffs
from tuika.links import Links
from tuika.observing.meters import Meters
from tuika.observing.standing import Standing
from tuika.orders.ports import OrderGateways
from tuika.refunds.calendar import WorkDays
from tuika.refunds.merchant_inbox import MerchantInbox
from tuika.refunds.nudges import Nudges
from tuika.refunds.reach import Reaching
from tuika.refunds.runner import DueRunner
from tuika.refunds.service import Refunds
from tuika.safety.vault import Vault
from tuika.settings import Settings
from tuika.web.events import Wakes
from tuika.web.limits import Limit


class Units(Protocol):
    """Units of work: called, a write transaction; ``reading()``, a snapshot."""

    def __call__(self) -> AbstractContextManager[Any]: ...
    def reading(self) -> AbstractContextManager[Any]: ...


class HubDoor(Protocol):
    async def receive(self, inbound: Inbound) -> list[Message]: ...
    async def retry(self) -> int: ...


class Readiness(Protocol):
    async def ready(self) -> bool: ...


class Mask(Protocol):
    """A text without its secrets."""

    def mask(self, text: str) -> str: ...


class ShopBuyer(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


class DemoMarket(Protocol):
    """The demo shop as its doors need it."""

    def parse(self, text: str) -> Any:
        """A fixture with its offsets counted from now. Raises FixtureError; stores nothing."""
        ...

    def replace(self, fixture: Any) -> None: ...
    def clear(self) -> None: ...
    def platform(self) -> str | None: ...
    def buyers(self) -> Sequence[ShopBuyer]: ...
    def buyer(self, buyer_id: str) -> ShopBuyer | None: ...


class History(Protocol):
    """The refunds' doors for demo mode."""

    def import_history(self, uow: Any, rows: Any, *, platform: str, orders: Any) -> Any: ...
    def clear(self, uow: Any) -> None: ...


class Jumper(Protocol):
    def advance_to(self, target: datetime) -> int:
        """Works every row due by ``target`` at its own instant, then sets the clock; a past target only sets it."""
        ...


class ResettableClock(Clock, Protocol):
    def reset(self) -> None:
        """Back to real time."""
        ...


class DemoDoors(Protocol):
    """What there is besides in demo mode."""

    @property
    def shop(self) -> DemoMarket: ...
    @property
    def clock(self) -> ResettableClock: ...
    @property
    def jumper(self) -> Jumper: ...
    @property
    def history(self) -> History: ...

    def wipe(self, uow: Any) -> None:
        """Deletes everything but users, the audit log and the clock."""
        ...


class WebServices(Protocol):
    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def uow(self) -> Units: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def hub(self) -> HubDoor: ...
    @property
    def engine(self) -> Readiness: ...
    @property
    def shops(self) -> OrderGateways: ...
    @property
    def evidence(self) -> EvidenceService: ...
    @property
    def screen(self) -> Mask: ...
    @property
    def links(self) -> Links: ...
    @property
    def reaching(self) -> Reaching: ...
    @property
    def merchant_inbox(self) -> MerchantInbox: ...
    @property
    def merchants(self) -> MerchantAccess: ...
    @property
    def nudges(self) -> Nudges: ...
    @property
    def due_runner(self) -> DueRunner: ...
    @property
    def wakes(self) -> Wakes: ...
    @property
    def meters(self) -> Meters: ...
    @property
    def standing(self) -> Standing: ...
    @property
    def session_limit(self) -> Limit:
        """How often an address may open sessions."""
        ...

    @property
    def hours(self) -> SupportHours: ...
    @property
    def work_days(self) -> WorkDays: ...
    @property
    def handoffs(self) -> Handoffs: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def greeting(self) -> Callable[[str, Buyer | None], Say]:
        """The first words, by platform and buyer; never raises because a shop is down."""
        ...

    @property
    def lifespan(self) -> Sequence[Callable[[], AbstractAsyncContextManager[None]]]:
        """Entered at start in this order, left in the reverse."""
        ...

    @property
    def demo(self) -> DemoDoors | None:
        """None outside demo mode."""
        ...
