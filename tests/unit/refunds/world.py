"""A small real market for the tests of refunds: SQLite file, memory shop, a clock that only tests move.

Everything is the product's own but people, audit and conversations, which write down what they are told.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, select

from tuika.clock import FixedClock
from tuika.conversations.model import Conversation, Say
from tuika.evidence.model import EvidenceRef
from tuika.handoff.hours import SupportHours
from tuika.ids import SequentialIds
from tuika.orders.model import (
    Order,
)
from tuika.policy.model import Claim
from tuika.refunds.calendar import ChineseWorkCalendar
from tuika.refunds.model import RefundCase, Requester
from tuika.refunds.runner import DueRunner
from tuika.refunds.service import Refunds
from tuika.shops.demo.funds import DemoFunds
from tuika.shops.demo.store import DemoStore
from tuika.shops.faults import ScriptedFaults
from tuika.shops.memory_refunds import MemoryRefunds
from tuika.shops.plans import AnswerPlan, PayoutPlan
from tuika.storage.database import Database, open_engine
from tuika.storage.packs import SqlPackArchive
from tuika.storage.refunds import (
    SqlCaseRepository,
    SqlDueRepository,
    SqlOfferRepository,
    SqlOutboxRepository,
)
from tuika.storage.tables import conversations
from tuika.storage.tables import refunds as tables

from .market import NOW, UNDELIVERED, packs


@dataclass
class Heard:
    """What people, buyers and the audit log were told."""

    says: list[tuple[datetime, str, Say]] = field(default_factory=list)
    tickets: list[tuple[str, str, str]] = field(default_factory=list)
    audit: list[tuple[str, str, str]] = field(default_factory=list)
    attached: list[tuple[tuple[str, ...], str]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [say.text for _, _, say in self.says]


@cache
def empty_database() -> bytes:
    """A file with the tables of refunds, made once."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.db")
        mine = [t for t in vars(tables).values() if isinstance(t, Table)]
        tables.metadata.create_all(engine, tables=[*mine, conversations.clock])
        engine.dispose()
        return Path(folder, "empty.db").read_bytes()


class Store:
    """A unit of work: SQL for refunds, lists for the rest."""

    def __init__(self, connection: Connection, heard: Heard) -> None:
        self.connection = connection
        self._heard = heard
        self.cases = SqlCaseRepository(connection)
        self.due = SqlDueRepository(connection)
        self.outbox = SqlOutboxRepository(connection)
        self.offers = SqlOfferRepository(connection)
        self.packs = SqlPackArchive(connection)

    @property
    def evidence(self) -> Store:
        return self

    @property
    def conversations(self) -> Store:
        return self

    @property
    def audit(self) -> Store:
        return self

    def attach(self, evidence_ids: tuple[str, ...], case_no: str) -> None:
        self._heard.attached.append((evidence_ids, case_no))

    def last_of_buyer(self, platform: str, buyer_id: str) -> Conversation | None:
        return None

    def append(self, *, type: str, actor: str, subject: str, detail: Any, at: datetime) -> None:
        self._heard.audit.append((type, actor, subject))


class People:
    """Tickets and notices, written down."""

    def __init__(self, heard: Heard, clock: FixedClock) -> None:
        self._heard = heard
        self._clock = clock

    def open(
        self, uow: Any, *, conversation_id: str, case_no: str, reason: str, brief: str, urgent: bool
    ) -> str:
        assert urgent
        self._heard.tickets.append((case_no, reason, brief))
        return f"ticket-{len(self._heard.tickets)}"

    def tell(self, uow: Any, conversation_id: str, say: Say, *, case_no: str | None = None) -> None:
        self._heard.says.append((self._clock.now(), conversation_id, say))


class Gate:
    """The demo clock's lock over the tests' clock."""

    def __init__(self, clock: FixedClock) -> None:
        self._clock = clock
        self.held = False

    def jumping(self) -> bool:
        return self.held

    def begin_jump(self) -> bool:
        free, self.held = not self.held, True
        return free

    def renew_jump(self) -> None:
        assert self.held

    def end_jump(self, target: datetime | None) -> None:
        self.held = False
        if target is not None:
            self._clock.set(target)


class Shelf:
    """An order gateway whose orders a test can change."""

    def __init__(self, orders: tuple[Order, ...]) -> None:
        self.by_number = {each.order_no: each for each in orders}
        self.away: Exception | None = None

    def find(self, reference: str, *, buyer_id: str | None = None) -> Order | None:
        if self.away is not None:
            raise self.away
        return self.by_number.get(reference)

    def of_buyer(self, buyer_id: str, *, limit: int = 5) -> list[Order]:
        return [each for each in self.by_number.values() if each.buyer_id == buyer_id][:limit]

    def proves(self, order_no: str, proof: str) -> bool:
        return False

    def find_payment(self, *, serial: str, amount_fen: int | None, at: datetime | None) -> Order | None:
        return None


class _Plain:
    """A seal for a shop that keeps no secret."""

    def seal(self, text: str) -> bytes:
        return text.encode()

    def open(self, sealed: bytes) -> str:
        return sealed.decode()


def _book(folder: Path) -> DemoStore:
    """The demo shop's own file, for merchants' money."""
    book = DemoStore(open_engine(f"sqlite:///{folder / 'shop.db'}"), seal=_Plain(), secret=b"s" * 32)
    book.create_tables()
    return book


class World:
    def __init__(
        self,
        folder: Path,
        *orders: Order,
        answers: dict[str, AnswerPlan] | None = None,
        payouts: dict[str, PayoutPlan] | None = None,
        manual: frozenset[str] = frozenset(),
        clock: FixedClock | None = None,
        holds: frozenset[str] = frozenset(),
    ) -> None:
        self.heard = Heard()
        self.clock = clock or FixedClock(NOW)
        self.wall = NOW
        self.pauses: list[float] = []
        self.ids = SequentialIds()
        self.faults = ScriptedFaults()
        self.shelf = Shelf(orders)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tuika.db").write_bytes(empty_database())
        self.database = Database(open_engine(f"sqlite:///{folder / 'tuika.db'}"))
        self.gateway = MemoryRefunds(
            orders, clock=self.clock, answers=answers, payouts=payouts, faults=self.faults
        )
        people = People(self.heard, self.clock)
        self.refunds = Refunds(
            clock=self.clock,
            ids=self.ids,
            packs=packs(),
            calendar=ChineseWorkCalendar(SupportHours.from_settings("09:00", "21:00")),
            tickets=people,
            notices=people,
            manual_payout=manual,
            holds_funds=holds,
        )
        self.book = _book(folder) if holds else None
        self.funds = DemoFunds(self.book, faults=self.faults) if self.book else None
        self.gate = Gate(self.clock)
        self.runner = self.new_runner()

    def new_runner(self, gateway: Any = None) -> DueRunner:
        return DueRunner(
            units=self.units,
            refunds=self.refunds,
            shops=defaultdict(lambda: gateway or self.gateway),
            orders=defaultdict(lambda: self.shelf),
            funds={name: self.funds for name in self.refunds.tools.holds_funds if self.funds},
            clock=self.clock,
            ids=self.ids,
            jumps=self.gate,
            wall=lambda: self.wall,
            pause=self.pauses.append,
        )

    def close(self) -> None:
        self.database.engine.dispose()
        if self.book:
            self.book.database.engine.dispose()

    @contextmanager
    def units(self) -> Iterator[Store]:
        with self.database.write() as connection:
            yield Store(connection, self.heard)

    def file(
        self,
        of: Order | str = "KM1",
        claim: Claim = UNDELIVERED,
        evidence: tuple[EvidenceRef, ...] = (),
        **more: Any,
    ) -> RefundCase:
        found = self.shelf.by_number[of] if isinstance(of, str) else of
        with self.units() as uow:
            return self.refunds.file(
                uow,
                order=found,
                claim=claim,
                requester=Requester("b1", "cv_1"),
                evidence=evidence,
                statement="说明",
                **more,
            )

    def do(self, step: str, case_no: str, *args: Any, **more: Any) -> RefundCase:
        """One step of the service in a transaction of its own."""
        with self.units() as uow:
            done: RefundCase = getattr(self.refunds, step)(uow, case_no, *args, **more)
            return done

    def case(self, case_no: str) -> RefundCase:
        with self.units() as uow:
            return self.refunds.get(uow, case_no)

    def run(self) -> int:
        return self.runner.run_due()

    def jump(self, span: timedelta) -> int:
        return self.runner.advance_to(self.clock.now() + span)

    def change(self, order_no: str, **fields: Any) -> None:
        self.shelf.by_number[order_no] = replace(self.shelf.by_number[order_no], **fields)

    def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        with self.database.read() as connection:
            return [tuple(row) for row in connection.execute(select(*columns))]

    def paid_out(self, order_no: str = "KM1") -> list[int]:
        """What the shop paid back on an order, in fen."""
        payouts = self.gateway._payouts.values()  # the twin's own book: the test's only view of real money
        return [p.request.amount.fen for p in payouts if p.request.order_no == order_no]
