"""Thousands of orders in every state a shop knows: what each adapter says of them is what the shop's facts say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shops import acg_faka, card_system, dujiao_next, dujiaoka, kamifaka, zfaka
from tests.shops.base import ShopDatabase
from tests.shops.generated import DRAWS, Batch, Draw, Expected, others
from tests.shops.generated import mysql as made
from tuika.orders.model import Order
from tuika.shops.sql.orders import SqlOrders

EXAMPLES, EACH = 12, 100  # 1,200 orders a shop
type Make = Callable[[Sequence[Draw], int], Batch]


@dataclass(slots=True)
class Shop:
    """A shop that is open, and the number that its next order gets."""

    database: ShopDatabase
    orders: SqlOrders
    make: Make
    next: int = 0
    seen: set[tuple[str, bool]] = field(default_factory=set)

    def fill(self, draws: Sequence[Draw]) -> list[Expected]:
        batch = self.make(draws, self.next)
        self.next += len(draws)
        for table, rows in batch.rows.items():
            self.database.fill(table, rows)
        return batch.expected


type Opened = Callable[[Path], AbstractContextManager[ShopDatabase]]
type Reading = Callable[[ShopDatabase], SqlOrders]


def _next_made(database: ShopDatabase) -> Make:
    return partial(others.dujiao_next, keep=partial(dujiao_next.written, database))


SHOPS: dict[str, tuple[Opened, Reading, Callable[[ShopDatabase], Make]]] = {
    "dujiaoka-classic": (lambda _: dujiaoka.classic(), dujiaoka.orders_of, lambda _: made.classic),
    "dujiaoka-community": (lambda _: dujiaoka.community(), dujiaoka.orders_of, lambda _: made.community),
    "acg-faka": (lambda _: acg_faka.acg_faka(), acg_faka.orders_of, lambda _: made.acg),
    "zfaka": (lambda _: zfaka.zfaka(), zfaka.orders_of, lambda _: made.zfaka),
    "card-system": (lambda _: card_system.card_system(), card_system.orders_of, lambda _: made.cards),
    "kamifaka-sqlite": (partial(kamifaka.kamifaka, "sqlite"), kamifaka.orders_of, lambda _: others.kamifaka),
    "kamifaka-mysql": (partial(kamifaka.kamifaka, "mysql"), kamifaka.orders_of, lambda _: others.kamifaka),
    "kamifaka-postgresql": (
        partial(kamifaka.kamifaka, "postgresql"),
        kamifaka.orders_of,
        lambda _: others.kamifaka,
    ),
    "dujiao-next-sqlite": (partial(dujiao_next.dujiao_next, "sqlite"), dujiao_next.tables_of, _next_made),
    "dujiao-next-postgresql": (
        partial(dujiao_next.dujiao_next, "postgresql"),
        dujiao_next.tables_of,
        _next_made,
    ),
}


@pytest.fixture(scope="module", params=SHOPS)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    opened, reading, make = SHOPS[request.param]
    with opened(tmp_path_factory.mktemp("shop")) as database:
        orders = reading(database)
        yield Shop(database, orders, make(database))
        orders.close()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(draws=st.lists(DRAWS, min_size=EACH, max_size=EACH))
def test_an_order_is_told_as_the_shop_means_it(shop: Shop, draws: list[Draw]) -> None:
    filled = shop.fill(draws)
    found = {order.order_no: order for order in shop.orders.numbered([each.order_no for each in filled])}
    assert set(found) == {each.order_no for each in filled if each.there}
    for place, expected in enumerate(each for each in filled if each.there):
        order = found[expected.order_no]
        assert told(order) == wanted(expected)
        shop.seen.add((expected.status, expected.delivered))
        if place % 20 == 0:
            assert shop.orders.find(expected.order_no) == order
            _asked_otherwise(shop.orders, order, expected)


def _asked_otherwise(orders: SqlOrders, found: Order, expected: Expected) -> None:
    """By the payment, and with a guest's proofs, right and wrong."""
    if expected.serial:
        by_payment = orders.find_payment(serial=expected.serial, amount_fen=None, at=found.paid_at)
        assert by_payment == found
    for proof in filter(None, (expected.contact, expected.password)):
        assert orders.proves(expected.order_no, proof), (expected, proof)
        assert not orders.proves(expected.order_no, f"{proof}x"), (expected, proof)


def test_every_state_came_up(shop: Shop) -> None:
    """The batches walk through the shop's states in turn, so that none is left to chance."""
    assert shop.next >= 1200
    assert {("paid", False), ("unpaid", False), ("delivered", True)} <= shop.seen


def told(order: Order) -> dict[str, object]:
    return {
        "status": order.status.value,
        "amount_fen": order.amount.fen,
        "quantity": order.quantity,
        "paid_fen": order.paid_total.fen,
        "delivered": order.delivered,
        "created_at": order.created_at,
        "paid_at": order.paid_at,
        "refunded_fen": order.refunded_total.fen,
        "frozen": order.frozen,
        "keys": len(order.keys),
    }


def wanted(expected: Expected) -> dict[str, object]:
    return {name: getattr(expected, name) for name in told_names()}


def told_names() -> tuple[str, ...]:
    return (
        "status", "amount_fen", "quantity", "paid_fen", "delivered", "created_at", "paid_at", "refunded_fen", "frozen",
        "keys",
    )  # fmt: skip
