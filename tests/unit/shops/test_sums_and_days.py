"""Sums and days as people say them, and the orders that they pick."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.unit.shops.test_order_service import order
from tuika.clock import SHANGHAI
from tuika.orders.model import Order
from tuika.orders.service import MatchedBy, match
from tuika.orders.sums import sums_in

MONDAY = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("四十九块五的那单", (4950,)),
        ("49.5元", (4950,)),
        ("三千五百块钱", (350_000,)),
        ("1.2万块", (1_200_000,)),
        ("一百零五元", (10_500,)),
        ("两块五毛", (250,)),
        ("扣了1,299元", (129_900,)),
        ("二十张", ()),
        ("第二张", ()),
        ("三小时", ()),
        ("", ()),
    ],
)
def test_sums_with_a_unit(text: str, fen: tuple[int, ...]) -> None:
    assert sums_in(text) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("转过去两千三，拉黑", (230_000,)),
        ("付的九十七，退回来八十七，还差十块", (9700, 8700, 1000)),
        ("等了十天", ()),
        ("第十二次", ()),
        ("三五分钟", ()),
    ],
)
def test_bare_sums_where_money_is_spoken_of(text: str, fen: tuple[int, ...]) -> None:
    assert sums_in(text, bare=True) == fen


def test_an_order_is_meant_by_its_day_and_several_are_told_apart_by_it() -> None:
    def bought(number: str, name: str, day: int) -> Order:
        return order(number, name, paid=datetime(2026, 11, day, 8, tzinfo=SHANGHAI))

    orders = [bought("A1", "Q币 100", 23), bought("A2", "话费 50", 22), bought("A3", "话费 100", 21)]
    by_day = match(orders, "昨天那单", now=MONDAY)
    assert ([o.order_no for o in by_day.orders], by_day.by) == (["A2"], MatchedBy.TIME)
    told_apart = match(orders, "前天买的话费", now=MONDAY)
    assert ([o.order_no for o in told_apart.orders], told_apart.by) == (["A3"], MatchedBy.NAME)
    assert match(orders, "昨天那单").orders == ()
