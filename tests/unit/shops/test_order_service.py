"""Finding the order that a buyer means."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tuika.clock import FixedClock
from tuika.money import Money
from tuika.orders.model import Merchant, Order, OrderStatus, Payment, Product, ProductType
from tuika.orders.service import Match, MatchedBy, OrderService, match
from tuika.shops.memory import MemoryOrders


def order(
    order_no: str,
    name: str = "Q币 100",
    *,
    fen: int = 9800,
    face: int | None = None,
    paid: datetime | None = None,
    serial: str = "",
    merchant: str = "闪充小店",
) -> Order:
    return Order(
        order_no=order_no,
        platform="generic",
        buyer_id="b1",
        merchant=Merchant("m1", merchant),
        product=Product(name, ProductType.CARD_KEY, None if face is None else Money(face)),
        amount=Money(fen),
        status=OrderStatus.PAID,
        paid_at=paid,
        payments=(Payment(serial, Money(fen), paid),) if serial else (),
    )


class TestLookup:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("KM202611210001", "KM202611210001"),
            ("我的订单是 km2026 1121 0001，到现在没发货", "KM202611210001"),
            ("KM-2026-1121-0001", "KM202611210001"),
            ("付款流水4200002611202611210000000002", "KM202611210002"),
            ("t-100/a", "T-100/A"),
            ("单号ORD-20261121-001", "ORD-20261121-001"),
            ("KM209911210001还是KM202611210002", "KM202611210002"),
        ],
    )
    def test_finds(self, clock: FixedClock, text: str, number: str) -> None:
        orders = [
            order("KM202611210001"),
            order("KM202611210002", serial="4200002611202611210000000002"),
            order("T-100/A"),
            order("ORD-20261121-001"),
        ]
        found = OrderService(MemoryOrders(orders), clock=clock).lookup(text)
        assert found is not None
        assert found.order_no == number

    @pytest.mark.parametrize("text", ["", "  ", "没发货", "13800000001", "KM209911210001", "x" * 3000])
    def test_finds_nothing(self, clock: FixedClock, text: str) -> None:
        assert OrderService(MemoryOrders([order("KM202611210001")]), clock=clock).lookup(text) is None


class TestRecent:
    def test_newest_first_five_at_most(self, clock: FixedClock, now: datetime) -> None:
        orders = [order(f"A{i}", paid=now - timedelta(days=i)) for i in (3, 1, 6, 2, 5, 4)]
        found = OrderService(MemoryOrders(orders), clock=clock).recent("b1")
        assert [o.order_no for o in found] == ["A1", "A2", "A3", "A4", "A5"]

    def test_ninety_days_inclusive(self, clock: FixedClock, now: datetime) -> None:
        edge, past = now - timedelta(days=90), now - timedelta(days=90, seconds=1)
        orders = [order("EDGE", paid=edge), order("PAST", paid=past), order("UNKNOWN")]
        found = OrderService(MemoryOrders(orders), clock=clock).recent("b1")
        assert [o.order_no for o in found] == ["EDGE", "UNKNOWN"]

    def test_of_nobody(self, clock: FixedClock) -> None:
        assert OrderService(MemoryOrders([order("A")]), clock=clock).recent("b2") == []


ORDERS = (
    order("KM202611210001", "Q币 100", fen=9800, face=10000, serial="4200002611202611210000000777"),
    order("KM202611210002", "移动话费 50元", fen=4950, face=5000, merchant="飞鱼话费"),
    order("KM202611200003", "联通话费 100元", fen=9900, face=10000, merchant="飞鱼话费"),
    order("KM202611190004", "视频会员 年卡", fen=15800, merchant="星河会员铺"),
)


@pytest.mark.parametrize(
    ("text", "places", "by"),
    [
        ("KM202611200003这单", (3,), MatchedBy.NUMBER),
        ("km2026 1120 0003", (3,), MatchedBy.NUMBER),
        ("流水4200002611202611210000000777", (1,), MatchedBy.NUMBER),
        ("尾号0002", (2,), MatchedBy.TAIL),
        ("后四位是 0004 的", (4,), MatchedBy.TAIL),
        ("0003那单", (3,), MatchedBy.TAIL),
        ("0003结尾的", (3,), MatchedBy.TAIL),
        ("0777", (1,), MatchedBy.TAIL),
        ("第二个", (2,), MatchedBy.POSITION),
        ("就是第2单", (2,), MatchedBy.POSITION),
        ("第 ３ 笔", (3,), MatchedBy.POSITION),
        ("第一", (1,), MatchedBy.POSITION),
        ("倒数第二个", (3,), MatchedBy.POSITION),
        ("2", (2,), MatchedBy.POSITION),
        ("２", (2,), MatchedBy.POSITION),
        ("四", (4,), MatchedBy.POSITION),
        ("最后一个", (4,), MatchedBy.POSITION),
        ("最新的那单", (1,), MatchedBy.POSITION),
        ("刚买的那个", (1,), MatchedBy.POSITION),
        ("98块那单", (1,), MatchedBy.AMOUNT),
        ("49.5元的", (2,), MatchedBy.AMOUNT),
        ("158元的会员", (4,), MatchedBy.AMOUNT),
        ("100元的", (1, 3), MatchedBy.AMOUNT),
        ("98那单", (1,), MatchedBy.AMOUNT),
        ("158的那个", (4,), MatchedBy.AMOUNT),
        ("Q币那单", (1,), MatchedBy.NAME),
        ("q 币没到", (1,), MatchedBy.NAME),
        ("话费", (2, 3), MatchedBy.NAME),
        ("联通话费的", (3,), MatchedBy.NAME),
        ("话费 50 那单", (2,), MatchedBy.AMOUNT),
        ("充话费 50 没到", (2,), MatchedBy.NAME),
        ("那个年卡不对", (4,), MatchedBy.NAME),
        ("星河会员铺买的", (4,), MatchedBy.NAME),
    ],
)
def test_match(text: str, places: tuple[int, ...], by: MatchedBy) -> None:
    found = match(ORDERS, text)
    assert found == Match(tuple(ORDERS[place - 1] for place in places), by)
    assert found.one == (ORDERS[places[0] - 1] if len(places) == 1 else None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "没到账",
        "退款",
        "第九个",
        "9",
        "0",
        "尾号9999",
        "KM209911210001",
        "13800000001",
        "100",
        "都不是",
        "订单",
    ],
)
def test_match_never_guesses(text: str) -> None:
    assert match(ORDERS, text) == Match()


def test_match_among_none() -> None:
    assert match((), "第一个") == Match()
    assert match((), "Q币") == Match()
