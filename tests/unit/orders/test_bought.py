"""Which order was bought when the buyer says so."""

from __future__ import annotations

from datetime import datetime

import pytest

from tuika.clock import SHANGHAI
from tuika.money import Money
from tuika.orders.bought import takes_back
from tuika.orders.model import Merchant, Order, OrderStatus, Product, ProductType
from tuika.orders.service import Match, MatchedBy, match

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)


def order(number: str, paid: datetime | None, fen: int = 9800) -> Order:
    return Order(
        order_no=number,
        platform="generic",
        buyer_id="b1",
        merchant=Merchant("m1", "闪充小店"),
        product=Product("Q币 100", ProductType.CARD_KEY),
        amount=Money(fen),
        status=OrderStatus.PAID,
        paid_at=paid,
    )


def day(month: int, number: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, number, hour, minute, tzinfo=SHANGHAI)


ORDERS = (
    order("TODAY", day(11, 25, 8)),
    order("TUESDAY", day(11, 24, 15, 40)),
    order("MONDAY", day(11, 23, 23, 50), 190000),
    order("EVENING", day(11, 18, 20, 35)),
    order("NOON", day(11, 18, 12, 5), 42000),
    order("OCTOBER", day(10, 29, 9)),
    order("UNDATED", None),
)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("上个礼拜三晚上八点多买的那个", ["EVENING"]),
        ("上个礼拜三买的那个", ["EVENING", "NOON"]),
        ("上周三凌晨买的", ["EVENING", "NOON"]),  # no such hour: the day is right
        ("我昨天下午在你们这买的", ["TUESDAY"]),
        ("11月23号拍的", ["MONDAY"]),
        ("前天", ["MONDAY"]),
        ("应该是前天吧", ["MONDAY"]),
        ("不是昨天，是前天买的", ["MONDAY"]),
        ("今天早上那单", ["TODAY"]),
        ("上个月底下的单", ["OCTOBER"]),
        ("下单时间是10月29号", ["OCTOBER"]),
        ("一千九那单", ["MONDAY"]),
        ("四百二那个", ["NOON"]),
        ("98块，昨天买的", ["TUESDAY"]),
    ],
)
def test_picks(text: str, numbers: list[str]) -> None:
    assert [found.order_no for found in match(ORDERS, text, now=NOW).orders] == numbers


@pytest.mark.parametrize(
    "text", ["昨天申请的，现在还没审", "昨天客服没理我", "明天买的", "去年买的那个", "等到星期四"]
)
def test_a_time_of_something_else_picks_nothing(text: str) -> None:
    assert match(ORDERS, text, now=NOW) == Match()


def test_by_time_is_said_so() -> None:
    assert match(ORDERS, "前天买的", now=NOW).by is MatchedBy.TIME
    assert match(ORDERS, "前天买的") == Match()  # nobody told the time


def test_taking_back_needs_another_time() -> None:
    assert takes_back("不是昨天，是前天买的", NOW)
    assert not takes_back("不是昨天买的", NOW)
    assert not takes_back("昨天买的", NOW)
