"""Refunds on the shop's own records: money that went back without a case of ours is not paid twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tuika.errors import Conflict
from tuika.intake.texts import order_status
from tuika.money import Money
from tuika.orders.model import ShopRefund
from tuika.refunds.history import given_back_elsewhere
from tuika.refunds.states import CaseState

from .market import NOW, UNDELIVERED, order

DAY = timedelta(days=1)


def back(fen, at=None):
    return ShopRefund(Money(fen), at)


@pytest.mark.parametrize(
    ("at_shop", "paid", "elsewhere"),
    [
        ([], [], 0),
        ([back(500, NOW)], [], 500),
        ([back(500, NOW + DAY)], [500], 0),
        ([back(500, NOW - DAY)], [500], 500),
        ([back(300, NOW + DAY)], [500], 300),
        ([back(500, NOW + DAY), back(500, NOW + DAY)], [500], 500),
        ([back(500, NOW + DAY), back(300, NOW)], [500, 300], 0),
        ([back(500)], [500], 0),
        ([back(800)], [500], 300),
        ([back(500)], [800], 0),
        ([back(500, NOW + DAY), back(300)], [500, 100], 200),
        ([back(0)], [], 0),
    ],
)
def test_what_no_case_of_ours_explains(make_world, at_shop, paid, elsewhere):
    case = make_world(order()).file()
    cases = [
        replace(case, case_no=f"RF{n}", state=CaseState.PAID, approved_amount=Money(fen), filed_at=NOW)
        for n, fen in enumerate(paid)
    ]
    assert given_back_elsewhere(at_shop, cases).fen == elsewhere


def test_an_order_that_the_shop_gave_back_whole_is_not_filed(make_world):
    world = make_world(order(refunds=(back(9800, NOW - DAY),)))
    with pytest.raises(Conflict):
        world.file()


def test_only_what_the_shop_has_not_given_back_is_left(make_world):
    world = make_world(order(refunds=(back(3000, NOW - DAY),)))
    with world.units() as uow:
        decision, reading = world.refunds.decide(uow, world.shelf.by_number["KM1"], UNDELIVERED)
    assert reading.amounts.left == Money(6800)
    assert decision.amount == Money(6800)


def test_what_a_person_paid_for_our_case_is_not_counted_twice(make_world):
    """The payout by hand shows up on the shop's records; a second claim finds the order as it was left."""
    world = make_world(order())
    case = world.file()
    with world.units() as uow:
        paid = replace(case, approved_amount=Money(9800), state=CaseState.APPROVED)
        uow.cases.save(paid, expected=case.state)
    shown = replace(world.shelf.by_number["KM1"], refunds=(back(9800, NOW + DAY),))
    with world.units() as uow:
        assert world.refunds.history(uow, shown).refunded == Money(9800)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "已付款，未发货"),
        ({"refunds": (back(9800),)}, "已付款，未发货，店铺已退款"),
        ({"refunds": (back(100), back(200, NOW))}, "已付款，未发货，店铺已退 3.00 元"),
        ({"refunds": (back(0),)}, "已付款，未发货，店铺已部分退款（金额不详）"),
        ({"frozen": True}, "已付款，未发货，货款被店铺冻结"),
    ],
)
def test_how_it_is_told(change, said):
    assert order_status(order(**change)) == said
