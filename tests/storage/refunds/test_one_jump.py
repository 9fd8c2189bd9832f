"""One jump of the demo clock ends where many small ones end: the whole product's rows, every kind of them.

Invariants: the product is put together as bootstrap does it, with identifiers in order and real time standing still; what is
compared is every table but leases and sealed bytes, the shop's own book, and what went out to buyers and merchants.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.databases import database_url, require_postgres
from tuika.bootstrap import Services, build
from tuika.conversations.model import Buyer
from tuika.evidence.model import EvidenceRef
from tuika.ids import SequentialIds
from tuika.policy.model import Claim, EvidenceKind, Reason
from tuika.refunds.due import DueKind
from tuika.refunds.model import Actor, Requester
from tuika.refunds.offers import OfferKind
from tuika.refunds.states import CaseState as S
from tuika.settings import load_settings
from tuika.shops.demo import tables as shop_tables
from tuika.storage.demo_clock import DemoClock
from tuika.storage.tables import metadata

START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # a Monday, 12:00 in Beijing
WHOLE = timedelta(hours=9 * 24)
UNSTABLE = {"lease", "lease_until", "value", "nonce", "sealed", "ciphertext", "key_id"}
ANN = Actor.agent("ann")
Json = dict[str, Any]


def picture(kind: EvidenceKind, name: str) -> EvidenceRef:
    return EvidenceRef(f"ev_{name}", kind, f"sha-{name}")


BOTH = (picture(EvidenceKind.KEY_ERROR, "a"), picture(EvidenceKind.ORDER_PAGE, "b"))
INVALID, UNDELIVERED, UNWANTED = (
    Claim(each) for each in (Reason.INVALID_CARD_KEY, Reason.NO_DELIVERY, Reason.CHANGED_MIND)
)


def fixture(platform: str) -> str:
    merchants = [
        {"id": "silent", "name": "闪充小店", "answers": "never"},
        {"id": "kind", "name": "点卡超市", "answers": {"approve_after": "2h"}},
        {"id": "hard", "name": "飞鱼话费", "answers": {"reject_after": "90m"}},
        {"id": "dealer", "name": "星河会员铺", "answers": {"settle_after": "24h", "amount_fen": 4900}},
    ]
    sold = {"status": "delivered", "paid": "-4h", "delivered": "-4h"}
    key = {"state": "revealed", "revealed": "-3h", "check": "unknown"}
    rows: list[Json] = [
        {"merchant": "silent", "status": "paid", "paid": "-3h"},
        {"merchant": "silent", "status": "paid", "paid": "-45m"},
        {"merchant": "silent", "status": "paid", "paid": "-3h", "payout": "never"},
        {"merchant": "kind", **sold, "key": key},
        {"merchant": "hard", **sold, "key": key},
        {"merchant": "dealer", **sold, "key": key},
        {"merchant": "silent", **sold, "key": key},  # evidence that never comes
        {"merchant": "silent", **sold, "key": {**key, "check": "valid"}},  # a consent that never comes
        {"merchant": "silent", **sold, "key": key},  # an exchange whose key never comes
        {"merchant": "silent", **sold, "key": key},  # rejected and appealed
        {"merchant": "silent", "status": "paid", "paid": "-1m"},  # too early: watched
    ]
    orders = [
        {
            "order_no": f"KM2026112300{n:02d}",
            "buyer": f"b{n % 4 + 1}",
            "product": {"name": f"商品 {n}", "type": "card_key", "promised_minutes": 30},
            "amount_fen": 9800,
            "pay_channel": ("alipay", "bank_card", "wechat")[n % 3],
            **({"key": {"value": f"ABCD-{n:04d}-EFGH", **row.pop("key")}} if "key" in row else {}),
            **row,
        }
        for n, row in enumerate(rows)
    ]
    buyers = [{"id": f"b{n}", "name": f"买家{n}", "phone": f"1380000000{n}"} for n in range(1, 5)]
    return json.dumps({"platform": platform, "buyers": buyers, "merchants": merchants, "orders": orders})


class Market:
    """One product with a case of every kind, before the clock moves."""

    def __init__(self, folder: Path, url: str, platform: str, *, by_hand: bool = False) -> None:
        environ = {"TUIKA_DEMO": "1", "TUIKA_DATA": str(folder), "TUIKA_DATABASE_URL": url}
        self.folder, self.platform = folder, platform
        self.services: Services = build(load_settings(environ))
        metadata.create_all(self.services.database.engine)
        clock = DemoClock(self.services.database, real=lambda: START, ticks=lambda: 0.0)
        parts = self.services.__dict__
        parts["ids"], parts["demo_clock"], parts["clock"] = SequentialIds(), clock, clock
        self.services.demo_shop.load(fixture(platform))
        if by_hand:
            object.__setattr__(self.services.refunds.tools, "manual_payout", frozenset({platform}))
        self._fill()

    def _fill(self) -> None:
        self.talks = {f"b{n}": self._talk(n) for n in range(1, 5)}
        for number, claim, evidence in (
            (0, UNDELIVERED, ()),
            (1, UNDELIVERED, ()),
            (2, UNDELIVERED, ()),
            *((n, INVALID, BOTH) for n in (3, 4, 5)),
            (6, INVALID, BOTH[:1] if self.platform == "generic" else ()),
            (7, UNWANTED, (picture(EvidenceKind.UNUSED_PROOF, "c"),)),
            (8, INVALID, BOTH),
            (9, INVALID, BOTH),
        ):
            self._file(number, claim, evidence)
        self._exchange(8)
        self._appeal(9)
        self._wait(10)
        if self.platform == "binghui":  # nothing passes by itself there, and the merchant's money is held
            for number in (0, 2):
                with self.services.uow() as uow:
                    self.services.refunds.approve(uow, self.case(number).case_no, actor=ANN)

    def _talk(self, number: int) -> str:
        services = self.services
        with services.uow() as uow:
            buyer = Buyer(f"b{number}", f"买家{number}")
            talk = services.conversations.open(uow, platform=self.platform, channel="widget", buyer=buyer)
            address = f"b{number}@example.com"
            services.reaching.agree(uow, talk.id, way="email", address=address, actor=f"buyer:b{number}")
            if number == 1:  # a person is asked for, and nobody ever comes
                services.handoffs.request(uow, conversation_id=talk.id, reason="买家要求人工", brief="")
            return str(talk.id)

    def _order(self, number: int) -> Any:
        return self.services.shops[self.platform].find(f"KM2026112300{number:02d}")

    def _file(self, number: int, claim: Claim, evidence: tuple[EvidenceRef, ...]) -> None:
        order, refunds = self._order(number), self.services.refunds
        talk = self.talks[order.buyer_id]
        with self.services.uow() as uow:
            decision, _reading = refunds.decide(uow, order, claim)
            if decision.outcome.files:
                requester = Requester(order.buyer_id, talk)
                refunds.file(uow, order=order, claim=claim, requester=requester, evidence=evidence)

    def case(self, number: int) -> Any:
        with self.services.uow.reading() as uow:
            return next(iter(uow.cases.of_order(self.platform, f"KM2026112300{number:02d}")), None)

    def _exchange(self, number: int) -> None:
        case, refunds = self.case(number), self.services.refunds
        with self.services.uow() as uow:
            refunds.negotiate(uow, case.case_no, kind=OfferKind.EXCHANGE, actor=ANN)
            refunds.answer_offer(uow, case.case_no, accept=True, actor=Actor.buyer(case.buyer_id))

    def _appeal(self, number: int) -> None:
        case, refunds = self.case(number), self.services.refunds
        with self.services.uow() as uow:
            refunds.reject(uow, case.case_no, reason="看不清", actor=ANN)
            fresh = (picture(EvidenceKind.OTHER, "d"),)
            refunds.appeal(uow, case.case_no, text="新材料", refs=fresh, actor=Actor.buyer(case.buyer_id))

    def _wait(self, number: int) -> None:
        order = self._order(number)
        with self.services.uow() as uow:
            self.services.refunds.watch(
                uow,
                order=order,
                reason=Reason.NO_DELIVERY,
                conversation_id=self.talks[order.buyer_id],
                at=START + timedelta(minutes=29),
            )

    def go(self, until: timedelta) -> None:
        self.services.due_runner.advance_to(START + until)

    def everything(self) -> Json:
        found: Json = {}
        with self.services.uow.reading() as uow:
            for table in metadata.sorted_tables:
                columns = [column for column in table.c if column.name not in UNSTABLE]
                rows = uow.connection.execute(select(*columns)).all() if columns else []
                found[table.name] = sorted(repr(tuple(row)) for row in rows)
        with self.services.demo_shop.orders._store.database.read() as book:
            for shown in (shop_tables.payouts, shop_tables.filings):
                found[f"shop.{shown.name}"] = sorted(repr(tuple(row)) for row in book.execute(select(shown)))
        sent = sorted(each.name for each in (self.folder / "notices").glob("*"))
        return {**found, "sent": sent}

    def close(self) -> None:
        self.services.database.engine.dispose()
        self.services.demo_shop.orders._store.database.engine.dispose()


# database, platform, whether people pay: each once on SQLite, and the fullest on PostgreSQL too
VARIANTS = {
    "generic": ("sqlite", "generic", False),
    "by_hand": ("sqlite", "generic", True),
    "binghui": ("sqlite", "binghui", False),
    "postgresql": ("postgresql", "generic", False),
}
NEVER = {  # kinds of rows that such a market has none of
    "generic": {DueKind.PAYOUT},
    "by_hand": {DueKind.ARRIVAL, DueKind.PAYOUT_CHECK},
    "binghui": {
        DueKind.PAYOUT,
        DueKind.PAYOUT_CHECK,
        DueKind.MERCHANT,
        DueKind.DECIDE_AGAIN,
        DueKind.MERCHANT_REMIND,
    },
}
NEVER["postgresql"] = NEVER["generic"]
Ended = tuple[Json, dict[int, S | None], set[str]]


@pytest.fixture(params=VARIANTS, scope="module")
def variant(request: pytest.FixtureRequest) -> str:
    if request.param == "postgresql":
        require_postgres()
    return str(request.param)


def ended(variant: str, minutes: list[int]) -> Ended:
    """Everything after ``WHOLE``, by these steps first; the cases' states; kinds of rows that were worked."""
    kind, platform, by_hand = VARIANTS[variant]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(database_url(kind, folder))
        market = Market(folder, url, platform, by_hand=by_hand)
        stack.callback(market.close)
        reached = timedelta(0)
        for step in minutes:
            reached = min(reached + timedelta(minutes=step), WHOLE)
            market.go(reached)
        market.go(WHOLE)
        states = {n: case.state if (case := market.case(n)) else None for n in range(11)}
        with market.services.uow.reading() as uow:
            rows = uow.connection.exec_driver_sql("SELECT DISTINCT kind FROM due_rows WHERE state = 'done'")
            worked = {row[0] for row in rows}
        return market.everything(), states, worked


@pytest.fixture(scope="module")
def one_jump(variant: str) -> Ended:
    return ended(variant, [])


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(1, 48 * 60), min_size=1, max_size=10))
def test_one_jump_equals_many(one_jump: Ended, variant: str, minutes: list[int]) -> None:
    many, _states, _worked = ended(variant, minutes)
    assert {n: rows for n, rows in many.items() if rows != one_jump[0][n]} == {}


def test_also_in_small_steps_while_most_happens() -> None:
    whole, many = ended("generic", [])[0], ended("generic", [4] * 45)[0]
    assert {n: rows for n, rows in many.items() if rows != whole[n]} == {}


def test_every_kind_of_row_was_worked(one_jump: Ended, variant: str) -> None:
    _everything, states, worked = one_jump
    assert {str(each) for each in DueKind} - worked == {str(each) for each in NEVER[variant]}, states
    if variant == "generic":
        assert states[0] is S.PAID and states[2] is S.PAYING and states[6] is S.REJECTED
        assert states[7] is S.REJECTED and states[8] is S.PLATFORM_REVIEW and states[9] is S.APPEALED
