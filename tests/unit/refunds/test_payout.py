"""Money moves once, whatever breaks on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tuika.errors import Conflict, ShopUnavailable
from tuika.money import Money
from tuika.orders.model import PayChannel
from tuika.refunds.events import CaseEventType as E
from tuika.refunds.outbox import wait_before
from tuika.refunds.states import CaseState as S
from tuika.shops.plans import NEVER_ARRIVES, PayoutPlan
from tuika.storage.tables.refunds import due_rows, outbox

from .market import BUYER, INVALID, KEY_PICTURES, NOW, fresh, hours, order, with_key


class Crash(BaseException):
    """The process dies here."""


def test_filed_told_paid_and_asked(make_world):
    world = make_world(order())
    number = world.file().case_no
    assert world.run() == 2
    case = world.case(number)
    assert (case.state, case.paid_amount, case.paid_at) == (S.PAID, Money(9800), NOW)
    assert [e.type for e in case.events] == [E.FILED, E.APPROVED, E.MERCHANT_TOLD, E.PAYOUT_BEGUN, E.PAID]
    (said,) = [say for _, _, say in world.heard.says]
    assert "98.00 元 已退到原付款方式（支付宝）" in said.text and case.trade_no in said.text
    assert said.awaiting == "choice"
    assert [(r.payload.kind, dict(r.payload.data)) for r in said.quick_replies] == [
        ("arrived", {"case_no": number}),
        ("not_arrived", {"case_no": number}),
    ]


def test_a_payout_on_its_way_is_looked_at_when_the_shop_said(make_world):
    world = make_world(order(pay_channel=PayChannel.BANK_CARD))
    number = world.file().case_no
    world.run()
    assert world.case(number).state is S.PAYING
    assert "预计 11月24日 12:00 到账" in world.heard.texts[-1]
    assert not any("已退款" in text for text in world.heard.texts)
    world.jump(hours(24))
    case = world.case(number)
    assert (case.state, case.paid_at) == (S.PAID, NOW + hours(24))


def test_the_balance_is_a_choice_where_the_pack_has_it(make_world):
    world = make_world(order(pay_channel=PayChannel.BANK_CARD), order("KM2", platform="binghui"))
    number = world.file(to_balance=True).case_no
    world.run()
    assert world.case(number).state is S.PAID
    assert "账户余额" in world.heard.texts[-1]
    with pytest.raises(Conflict):
        world.file("KM2", to_balance=True)


@pytest.mark.parametrize("call", ["file", "pay"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("error", [TimeoutError, ShopUnavailable, ConnectionError, RuntimeError, Crash])
def test_whatever_breaks_at_a_call_there_is_one_payout(make_world, call, when, error):
    world = make_world(order())
    number = world.file().case_no
    world.faults.fail(call, when=when, error=error())
    try:
        world.run()
    except Crash:
        world.wall += timedelta(minutes=2)  # the dead worker's lease runs out
        world.runner = world.new_runner()
    world.jump(hours(1))
    case = world.case(number)
    assert (case.state, world.paid_out()) == (S.PAID, [9800])
    assert [e.type for e in case.events].count(E.PAID) == 1
    assert world.heard.tickets == []


@pytest.mark.parametrize("broken", range(1, 9))
def test_a_process_that_dies_in_any_transaction_leaves_one_payout(make_world, broken):
    world = make_world(order())
    number = world.file().case_no
    whole, left = world.units, [broken]

    def dying():
        left[0] -= 1
        if left[0] == 0:
            raise Crash
        return whole()

    world.runner._units = world.runner._calls._units = dying
    with pytest.raises(Crash):
        while True:
            world.run()
    world.wall += timedelta(minutes=2)
    world.runner = world.new_runner()
    world.jump(hours(1))
    assert (world.case(number).state, world.paid_out()) == (S.PAID, [9800])


def test_an_unknown_outcome_is_asked_with_the_same_key(make_world):
    world = make_world(order())
    number = world.file().case_no
    world.faults.fail("pay", when="after")
    world.run()
    case = world.case(number)
    assert case.state is S.APPROVED  # unknown is a state of the call, not of the case
    assert ("sent",) in world.rows(outbox.c.state)
    world.jump(timedelta(seconds=10))
    calls = [(call, key) for call, when, key in world.faults.heard if when == "before"]
    assert [c for c in calls if "pay" in c[0]] == [
        ("pay", f"payout.pay:{number}"),
        ("payout", f"payout.pay:{number}"),
    ]
    assert world.case(number).state is S.PAID


def test_waits_grow_and_stay_bounded():
    waits = [wait_before(n) for n in range(1, 30)]
    assert waits == sorted(waits) and waits[0] == timedelta(seconds=10) and waits[-1] == hours(1)


def test_a_shop_that_stays_away_is_an_urgent_ticket_once_and_then_ends(make_world):
    world = make_world(order())
    number = world.file().case_no
    world.faults.fail("pay", error=ShopUnavailable(), times=1000)
    world.jump(timedelta(days=4))
    reasons = [reason for _, reason, _ in world.heard.tickets]
    assert reasons == ["打款结果不明", "打款超时", "打款失败"]
    case = world.case(number)
    assert (case.state, world.paid_out()) == (S.APPROVED, [])
    assert not any("已退款" in text for text in world.heard.texts)


def test_a_refused_payout_goes_to_people_and_is_not_tried_again(make_world):
    world = make_world(order())
    number = world.file().case_no
    world.faults.fail("pay", error=Conflict("余额不足"), times=2)
    world.run()
    assert world.case(number).state is S.APPROVED
    assert [reason for _, reason, _ in world.heard.tickets] == ["打款失败"]
    assert "款项还没有退出" in world.heard.texts[-1]
    world.jump(hours(3))
    assert world.paid_out() == []


def test_what_was_withdrawn_before_the_shop_heard_never_reaches_it(make_world):
    world = make_world(fresh())
    number = world.file().case_no
    world.do("withdraw", number, actor=BUYER)
    world.run()
    assert world.faults.heard == []
    assert world.rows(outbox.c.kind, outbox.c.state) == [("shop.file", "cancelled")]


@pytest.mark.parametrize("fault", [None, "before", "after"])
def test_what_was_withdrawn_after_is_taken_back(make_world, fault):
    world = make_world(with_key())
    number = world.file(claim=INVALID, evidence=KEY_PICTURES).case_no
    if fault:
        world.faults.fail("file", when=fault)
    world.run()
    world.do("withdraw", number, actor=BUYER)
    world.jump(hours(1))
    states = dict(world.rows(outbox.c.kind, outbox.c.state))
    assert states == {"shop.file": "done", "shop.withdraw": "done"}
    (filing,) = world.gateway._filings.values()
    assert filing.withdrawn_at is not None


def test_the_buyer_says_it_arrived_or_not_and_people_hear_it_once(make_world):
    world = make_world(order(), order("KM2"))
    first, second = world.file("KM1").case_no, world.file("KM2").case_no
    world.run()
    case = world.do("report_arrival", first, received=Money(9800), actor=BUYER)
    assert case.events[-1].type == E.ARRIVAL_CONFIRMED and world.heard.tickets == []
    for received in (None, Money(9000), Money(0)):
        world.do("report_arrival", second, received=received, actor=BUYER)
    ((number, reason, brief),) = world.heard.tickets
    assert (number, reason) == (second, "退款未到账") and "没有到账" in brief


def test_no_arrival_is_reported_of_what_was_never_paid(make_world):
    world = make_world(order(), payouts={"KM1": NEVER_ARRIVES})
    number = world.file().case_no
    world.run()
    with pytest.raises(Conflict):
        world.do("report_arrival", number, received=None, actor=BUYER)


def test_a_late_arrival_after_the_ticket_is_still_paid(make_world):
    world = make_world(order(), payouts={"KM1": PayoutPlan(hours(5))})
    number = world.file().case_no
    world.run()
    world.jump(hours(6))
    case = world.case(number)
    assert (case.state, case.paid_at) == (S.PAID, NOW + hours(5))
    assert [reason for _, reason, _ in world.heard.tickets] == ["退款超时未到账"]


def test_nothing_is_left_waiting_once_paid(make_world):
    world = make_world(order())
    world.file()
    world.run()
    assert ("waiting",) not in world.rows(due_rows.c.state)
