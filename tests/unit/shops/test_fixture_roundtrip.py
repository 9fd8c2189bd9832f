"""Any document means the same as YAML and as JSON, and comes back from the shop's file as it went in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuika.clock import FixedClock
from tuika.shops.demo.fixture import parse_fixture
from tuika.shops.demo.shop import DemoShop
from tuika.shops.memory import MemoryOrders
from tuika.storage.database import open_engine

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


class BackwardsSeal:
    def seal(self, text: str) -> bytes:
        return text[::-1].encode()

    def open(self, sealed: bytes) -> str:
        return sealed.decode()[::-1]


PRINTABLE = st.characters(categories=("L", "N", "P", "S"))
TEXT = st.text(PRINTABLE, min_size=1, max_size=20)
ACCOUNT = st.none() | st.from_regex("[0-9]{5,11}", fullmatch=True)
FEN = st.integers(0, 100_000)
STEP = st.builds("{}{}{}".format, st.sampled_from("+-"), st.integers(0, 3000), st.sampled_from("smhd"))
ABSOLUTE = st.integers(0, 40_000).map(lambda m: (NOW - timedelta(minutes=m)).isoformat())
MOMENT = st.none() | STEP | ABSOLUTE
AFTER = st.builds("{}{}".format, st.integers(0, 100), st.sampled_from("smhd"))
CHECKS = st.none() | st.sampled_from(["valid", "used", "expired", "unknown"])
STATES = st.none() | st.sampled_from(["unseen", "revealed", "redeemed"])
KEY = st.fixed_dictionaries(
    {}, optional={"value": TEXT, "state": STATES, "revealed": MOMENT, "check": CHECKS, "used": MOMENT}
)
NOTE = st.fixed_dictionaries(
    {},
    optional={
        "refundable": st.none() | st.booleans(),
        "days": st.none() | st.integers(0, 30),
        "review_extra_days": st.integers(0, 30),
        "text": TEXT,
    },
)
PRODUCT = st.fixed_dictionaries(
    {
        "name": TEXT,
        "type": st.sampled_from(
            ["card_key", "direct_topup", "membership", "physical_card", "custom_service"]
        ),
    },
    optional={
        "face_value_fen": st.none() | FEN,
        "delivery": st.sampled_from(["instant", "scheduled", None]),
        "promised_minutes": st.none() | st.integers(0, 5000),
        "refund_note": st.none() | NOTE,
    },
)
PAYMENT = st.fixed_dictionaries(
    {}, optional={"amount_fen": FEN, "at": MOMENT, "status": st.sampled_from(["success", "failed"])}
)
ANSWERS = st.one_of(
    st.sampled_from([None, "never"]),
    st.fixed_dictionaries({"approve_after": AFTER}),
    st.fixed_dictionaries({"reject_after": AFTER}),
    st.fixed_dictionaries({"settle_after": AFTER, "amount_fen": FEN}),
)
ORDER = st.fixed_dictionaries(
    {
        "buyer": st.sampled_from(["b1", "b2", None]),
        "merchant": st.sampled_from(["m1", "m2"]),
        "product": PRODUCT,
        "amount_fen": FEN,
        "status": st.sampled_from(["unpaid", "paid", "delivered", "completed", "cancelled"]),
    },
    optional={
        "contact": st.none() | TEXT,
        "query_password": st.none() | TEXT,
        "paid": MOMENT,
        "delivered": MOMENT,
        "completed": MOMENT,
        "keys": st.none() | st.lists(KEY | st.none(), max_size=3),
        "service": st.none()
        | st.fixed_dictionaries({}, optional={"begun": st.booleans(), "percent": st.integers(0, 100)}),
        "activated": st.booleans(),
        "topup": st.none()
        | st.fixed_dictionaries(
            {},
            optional={"requested_account": ACCOUNT, "credited_account": ACCOUNT, "times": st.integers(0, 3)},
        ),
        "pay_channel": st.sampled_from(
            ["alipay", "wechat", "qq", "bank_card", "balance", "usdt", "other", None]
        ),
        "opened": MOMENT,
        "payout": st.none() | st.just("never") | st.fixed_dictionaries({"arrives_after": AFTER}),
        "payments": st.none() | st.lists(PAYMENT, max_size=3),
        "cancelled_by": st.sampled_from(["merchant", "platform", "buyer", None]),
        "first_purchase": st.booleans(),
    },
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    orders = draw(st.lists(ORDER, max_size=4))
    numbered = [{"order_no": f"KM{i:012d}", **order} for i, order in enumerate(orders)]
    return {
        "platform": draw(st.sampled_from(["generic", "binghui", "zhongshang", "solo"])),
        "buyers": [{"id": "b1", "name": draw(TEXT)}, {"id": "b2"}],
        "merchants": [{"id": "m1", "name": draw(TEXT), "answers": draw(ANSWERS)}, {"id": "m2"}],
        "orders": numbered,
    }


@pytest.fixture(scope="module")
def shop() -> Iterator[DemoShop]:
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder)}/shop.db")
        shop = DemoShop(engine, clock=FixedClock(NOW), seal=BackwardsSeal(), secret=b"s" * 32)
        shop.prepare()
        yield shop
        engine.dispose()


@given(document=documents())
@settings(max_examples=60, deadline=None)
def test_yaml_and_json_mean_the_same(document: dict[str, Any]) -> None:
    as_json = parse_fixture(json.dumps(document), now=NOW)
    assert parse_fixture(json.dumps(document, indent="\t", ensure_ascii=False), now=NOW) == as_json
    assert parse_fixture(yaml.safe_dump(document, allow_unicode=True), now=NOW) == as_json
    assert parse_fixture(yaml.safe_dump(document, default_flow_style=True), now=NOW) == as_json


@given(document=documents())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_shop_gives_back_what_it_was_given(shop: DemoShop, document: dict[str, Any]) -> None:
    fixture = shop.load(json.dumps(document))
    for row in fixture.orders:
        assert shop.orders.find(row.order.order_no) == row.order
    twin = MemoryOrders.of(fixture)
    for buyer in ("b1", "b2"):
        assert shop.orders.of_buyer(buyer, limit=3) == twin.of_buyer(buyer, limit=3)
    assert shop.platform() == fixture.platform
    assert [(b.id, b.name) for b in shop.buyers()] == [(b.id, b.name) for b in fixture.buyers]
