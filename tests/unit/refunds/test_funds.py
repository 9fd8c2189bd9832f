"""The merchant's money while a case is open: held once, then released or used for the refund, whatever breaks."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tuika.money import Money
from tuika.refunds.model import Funds
from tuika.refunds.offers import OfferKind
from tuika.refunds.states import CaseState as S
from tuika.shops.demo import tables

from .market import ANNA, BEN, BUYER, INVALID, KEY_PICTURES, hours, picture, with_key

BINGHUI = frozenset({"binghui"})


@pytest.fixture
def filed(make_world):
    """A case of 98.00 yuan under review, the money held."""
    world = make_world(with_key(platform="binghui"), holds=BINGHUI)
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.run()
    return world, number


def book(world):
    """State, amount and what was taken of everything ever held, in order."""
    with world.book.database.read() as connection:
        h = tables.holds.c
        rows = connection.execute(select(h.state, h.amount_fen, h.deducted_fen).order_by(h.key))
        return [tuple(row) for row in rows]


def finish(world):
    world.run()
    world.jump(hours(30))


def test_held_at_filing_and_used_for_the_refund(filed):
    world, number = filed
    assert book(world) == [("held", 9800, 0)] and world.case(number).funds is Funds.HELD
    world.do("approve", number, amount=Money(9000), actor=ANNA)
    finish(world)
    assert world.case(number).state is S.PAID and world.case(number).funds is Funds.DEDUCTED
    assert book(world) == [("deducted", 9800, 9000)]


@pytest.mark.parametrize("end", ["reject", "withdraw", "settle"])
def test_released_when_nothing_is_refunded(filed, end):
    world, number = filed
    if end == "reject":
        world.do("reject", number, reason="看不清", actor=ANNA)
    elif end == "withdraw":
        world.do("withdraw", number, actor=BUYER)
    else:
        world.do("negotiate", number, kind=OfferKind.EXTENSION, actor=ANNA)
        world.do("answer_offer", number, accept=True, actor=BUYER)
    finish(world)
    assert book(world) == [("released", 9800, 0)] and world.case(number).funds is Funds.RELEASED


def test_an_appeal_holds_again_and_its_refund_is_taken(filed):
    world, number = filed
    world.do("reject", number, reason="看不清", actor=ANNA)
    world.run()
    world.do("appeal", number, text="再看看", refs=(picture(KEY_PICTURES[0].kind, "new"),), actor=BUYER)
    world.run()
    assert [row[0] for row in book(world)] == ["released", "held"]
    assert world.case(number).funds is Funds.HELD
    world.do("approve", number, actor=BEN)
    finish(world)
    assert sorted(book(world)) == [("deducted", 9800, 9800), ("released", 9800, 0)]
    assert world.heard.tickets == []


def test_an_appeal_that_fails_releases_again(filed):
    world, number = filed
    world.do("reject", number, reason="看不清", actor=ANNA)
    world.run()
    world.do("appeal", number, text="再看看", refs=(picture(KEY_PICTURES[0].kind, "new"),), actor=BUYER)
    world.run()
    world.do("reject", number, reason="还是看不清", actor=BEN)
    finish(world)
    assert [row[0] for row in book(world)] == ["released", "released"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", ["hold", "deduct"])
def test_whatever_breaks_each_takes_effect_once(make_world, call, when):
    world = make_world(with_key(platform="binghui"), holds=BINGHUI)
    world.faults.fail(call, when=when, times=2)
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.run()
    world.do("approve", number, actor=ANNA)
    finish(world)
    world.jump(hours(2))
    assert book(world) == [("deducted", 9800, 9800)]
    assert world.paid_out() == [9800]


def test_what_is_not_there_to_take_is_for_people(filed):
    world, number = filed
    world.do("approve", number, actor=ANNA)
    world.funds.release("KM1", key="somebody else")
    finish(world)
    assert world.case(number).state is S.PAID
    assert [reason for _, reason, _ in world.heard.tickets] == ["货款扣回失败"]
    assert world.case(number).funds is Funds.HELD  # what is known; a person looks


def test_a_shop_that_keeps_no_money_is_asked_and_left_alone(make_world):
    world = make_world(with_key(platform="binghui"), holds=BINGHUI)

    class Without:
        def hold(self, order_no, amount, *, key):
            return False

        release = deduct = hold

    world.funds = Without()
    world.runner = world.new_runner()
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    world.run()
    world.do("approve", number, actor=ANNA)
    finish(world)
    assert world.case(number).funds is None and world.heard.tickets == []


def test_a_platform_that_does_not_say_so_is_never_asked(make_world):
    world = make_world(with_key(platform="binghui"))
    world.file(claim=INVALID, evidence=KEY_PICTURES)
    world.run()
    assert {call for call, _, _ in world.faults.heard}.isdisjoint({"hold", "release", "deduct"})
