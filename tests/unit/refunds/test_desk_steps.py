"""What people may do: two above the limit, another one for an appeal, never beyond what is owed."""

from __future__ import annotations

import pytest

from tuika.errors import Conflict, InputError
from tuika.money import Money
from tuika.orders.model import CardKey, KeyCheck, KeyState, OrderStatus, PayChannel
from tuika.policy.model import Claim, EvidenceKind, Reason
from tuika.refunds.events import CaseEventType as E
from tuika.refunds.model import SYSTEM, Actor
from tuika.refunds.offers import OfferKind
from tuika.refunds.states import CaseState as S
from tuika.shops.plans import NEVER_ARRIVES

from .market import ANNA, BEN, BUYER, INVALID, KEY_PICTURES, NOW, hours, order, picture, with_key

CHAT = (picture(EvidenceKind.CHAT),)


def reviewed(make_world, **change):
    world = make_world(with_key(**{"platform": "binghui", **change}))
    return world, world.file(claim=INVALID, evidence=KEY_PICTURES).case_no


def test_one_person_up_to_the_limit(make_world):
    world, number = reviewed(make_world, amount=Money(50000))
    assert world.do("approve", number, actor=ANNA).state is S.APPROVED
    assert "审核通过，同意退款 500.00 元" in world.heard.texts[-1]


def test_two_different_people_above_it(make_world):
    world, number = reviewed(make_world, amount=Money(50001))
    case = world.do("approve", number, actor=ANNA)
    assert (case.state, case.events[-1].type) == (S.PLATFORM_REVIEW, E.APPROVAL_REQUESTED)
    with pytest.raises(Conflict, match="另一位"):
        world.do("approve", number, actor=ANNA)
    case = world.do("approve", number, actor=BEN)
    assert (case.state, case.approved_amount) == (S.APPROVED, Money(50001))
    assert case.events[-1].detail["first"] == "agent:anna"


def test_the_second_must_mean_the_same_amount(make_world):
    world, number = reviewed(make_world, amount=Money(90000))
    world.do("approve", number, amount=Money(80000), actor=ANNA)
    assert world.do("approve", number, amount=Money(70000), actor=BEN).state is S.PLATFORM_REVIEW
    case = world.do("approve", number, actor=ANNA)
    assert (case.state, case.approved_amount) == (S.APPROVED, Money(70000))


def test_one_person_suffices_in_a_shop_of_one(make_world):
    world, number = reviewed(make_world, amount=Money(90000), platform="solo")
    assert world.do("approve", number, actor=ANNA).state is S.APPROVED


def test_a_limit_is_not_dodged_by_an_offer(make_world):
    world, number = reviewed(make_world, amount=Money(90000))
    world.do("negotiate", number, kind=OfferKind.PARTIAL, amount=Money(80000), actor=ANNA)
    case = world.do("answer_offer", number, accept=True, actor=BUYER)
    assert (case.state, case.pending.by) == (S.PLATFORM_REVIEW, "agent:anna")
    with pytest.raises(Conflict, match="另一位"):
        world.do("approve", number, actor=ANNA)
    assert world.do("approve", number, actor=BEN).approved_amount == Money(80000)


@pytest.mark.parametrize("fen", [0, -1, 9801])
def test_amounts_stay_within_what_is_owed(make_world, fen):
    world, number = reviewed(make_world)
    with pytest.raises(InputError, match="98.00"):
        world.do("approve", number, amount=Money(fen) if fen else Money(0), actor=ANNA)
    assert world.case(number).state is S.PLATFORM_REVIEW


def test_what_another_case_refunded_is_owed_no_more(make_world):
    keys = tuple(CardKey(n, f"K{n}****", KeyState.REVEALED, NOW - hours(2), KeyCheck.UNKNOWN) for n in (1, 2))
    both = order(
        platform="binghui", keys=keys, quantity=2, status=OrderStatus.DELIVERED, delivered_at=NOW - hours(2)
    )
    world = make_world(both)
    first = world.file(claim=Claim(Reason.INVALID_CARD_KEY, affected_keys=(1,)), evidence=KEY_PICTURES)
    world.do("approve", first.case_no, actor=ANNA)
    world.run()
    second = world.file(claim=Claim(Reason.INVALID_CARD_KEY, affected_keys=(2,)), evidence=KEY_PICTURES)
    with pytest.raises(InputError):
        world.do("approve", second.case_no, amount=Money(4901), actor=ANNA)
    world.do("approve", second.case_no, amount=Money(4900), actor=ANNA)
    world.run()
    assert world.paid_out() == [4900, 4900]


def test_a_rejection_is_told_with_what_remains(make_world):
    world, number = reviewed(make_world)
    case = world.do("reject", number, reason="截图看不清报错", actor=ANNA)
    assert (case.state, case.reject_reason) == (S.REJECTED, "截图看不清报错")
    said = world.heard.says[-1][2]
    assert "截图看不清报错" in said.text and "申诉一次" in said.text
    assert "appeal_rejection" in [r.payload.data.get("intent") for r in said.quick_replies]


def test_a_rejection_needs_a_reason(make_world):
    world, number = reviewed(make_world)
    with pytest.raises(InputError):
        world.do("reject", number, reason="  ", actor=ANNA)


def test_an_appeal_needs_new_evidence_and_another_reviewer_and_happens_once(make_world):
    world, number = reviewed(make_world)
    world.do("reject", number, reason="不符", actor=ANNA)
    with pytest.raises(Conflict, match="新材料"):
        world.do("appeal", number, text="不服", refs=KEY_PICTURES, actor=BUYER)
    case = world.do("appeal", number, text="不服", refs=CHAT, actor=BUYER)
    assert (case.state, case.appealed) == (S.APPEALED, True)
    for step, more in (("approve", {}), ("reject", {"reason": "不符"})):
        with pytest.raises(Conflict, match="另一位"):
            world.do(step, number, actor=ANNA, **more)
    world.do("reject", number, reason="仍不符", actor=BEN)
    with pytest.raises(Conflict, match="已经申诉过"):
        world.do("appeal", number, text="", refs=(picture(EvidenceKind.OTHER),), actor=BUYER)
    assert "申诉一次" not in world.heard.texts[-1]


def test_the_owner_of_a_shop_of_one_decides_his_own_appeals(make_world):
    world, number = reviewed(make_world, platform="solo")
    world.do("reject", number, reason="不符", actor=ANNA)
    world.do("appeal", number, text="不服", refs=CHAT, actor=BUYER)
    assert world.do("approve", number, actor=ANNA).state is S.APPROVED


def test_asking_for_evidence_returns_the_case_to_where_it_was(make_world):
    world, number = reviewed(make_world)
    case = world.do("request_evidence", number, kinds=(EvidenceKind.ORDER_PAGE,), actor=ANNA)
    assert (case.state, case.evidence_wanted) == (S.NEEDS_EVIDENCE, (EvidenceKind.ORDER_PAGE,))
    assert "订单详情页截图" in world.heard.texts[-1]
    with pytest.raises(Conflict):
        world.do("approve", number, actor=ANNA)
    with pytest.raises(Conflict, match="期限内"):
        world.do("reject", number, reason="没交", actor=ANNA)
    case = world.do("add_evidence", number, (picture(EvidenceKind.ORDER_PAGE, "2"),), actor=BUYER)
    assert case.state is S.PLATFORM_REVIEW


def test_an_appeal_that_wants_evidence_stays_an_appeal(make_world):
    world, number = reviewed(make_world)
    world.do("reject", number, reason="不符", actor=ANNA)
    world.do("appeal", number, text="", refs=CHAT, actor=BUYER)
    world.do("request_evidence", number, kinds=(EvidenceKind.OTHER,), actor=BEN)
    case = world.do("add_evidence", number, (picture(EvidenceKind.OTHER),), actor=BUYER)
    assert case.state is S.APPEALED
    with pytest.raises(Conflict, match="另一位"):
        world.do("approve", number, actor=ANNA)


@pytest.mark.parametrize(
    "step", ["approve", "reject", "request_evidence", "negotiate", "mark_paid", "withdraw"]
)
def test_a_closed_case_refuses_every_step(make_world, step):
    world, number = reviewed(make_world)
    world.do("withdraw", number, actor=BUYER)
    more = {
        "reject": {"reason": "x"},
        "request_evidence": {"kinds": (EvidenceKind.CHAT,)},
        "negotiate": {"kind": OfferKind.EXTENSION},
        "mark_paid": {"trade_no": "T9", "amount": Money(1)},
    }.get(step, {})
    with pytest.raises(Conflict):
        world.do(step, number, actor=ANNA, **more)
    assert world.case(number).events[-1].type == E.WITHDRAWN


def test_a_payout_by_hand(make_world):
    world = make_world(order(), manual=frozenset({"generic"}))
    number = world.file().case_no
    case = world.do("mark_paid", number, trade_no="T9", amount=Money(9800), actor=ANNA)
    assert (case.state, case.paid_amount, case.trade_no) == (S.PAID, Money(9800), "T9")
    assert world.heard.tickets == [] and "T9" in world.heard.texts[-1]


def test_a_short_payout_is_recorded_as_it_is(make_world):
    world = make_world(order(), manual=frozenset({"generic"}))
    number = world.file().case_no
    with pytest.raises(InputError):
        world.do("mark_paid", number, trade_no="T9", amount=Money(9801), actor=ANNA)
    case = world.do("mark_paid", number, trade_no="T9", amount=Money(9000), actor=ANNA)
    assert (case.state, case.paid_amount) == (S.PAID, Money(9000))
    assert [reason for _, reason, _ in world.heard.tickets] == ["退款少打"]
    assert "少 8.00 元" in world.heard.texts[-1]


def test_a_person_pays_first_and_the_system_does_not_pay_again(make_world):
    world = make_world(order())
    number = world.file().case_no
    world.do("mark_paid", number, trade_no="T9", amount=Money(9800), actor=ANNA)
    world.run()
    assert world.paid_out() == []
    assert world.case(number).state is S.PAID


def test_nobody_pays_by_hand_what_may_be_under_way(make_world):
    world = make_world(order())
    number = world.file().case_no
    world.faults.fail("pay", when="after")
    world.run()
    with pytest.raises(Conflict, match="重复"):
        world.do("mark_paid", number, trade_no="T9", amount=Money(9800), actor=ANNA)
    world.jump(hours(1))
    assert (world.case(number).state, world.paid_out()) == (S.PAID, [9800])


def test_money_on_its_way_is_not_paid_again_by_hand(make_world):
    """Found by the crash suite: an agent in a hurry paid what the bank was carrying already."""
    world = make_world(order(pay_channel=PayChannel.BANK_CARD))
    number = world.file().case_no
    world.run()
    case = world.case(number)
    assert case.state is S.PAYING
    with pytest.raises(Conflict, match="退两次"):
        world.do("mark_paid", number, trade_no="T9", amount=Money(9800), actor=ANNA)
    case = world.do("mark_paid", number, trade_no=case.trade_no, amount=Money(9800), actor=ANNA)
    assert (case.state, world.paid_out()) == (S.PAID, [9800])


def test_money_that_nobody_can_follow_is_registered_by_a_person(make_world):
    world = make_world(order(), payouts={"KM1": NEVER_ARRIVES})
    number = world.file().case_no
    world.run()
    assert world.case(number).state is S.PAYING
    assert world.do("mark_paid", number, trade_no="T9", amount=Money(9800), actor=ANNA).state is S.PAID


def test_actors_are_written_in_full():
    assert [str(a) for a in (ANNA, BUYER, SYSTEM, Actor.merchant("m1"))] == [
        "agent:anna",
        "buyer:b1",
        "system",
        "merchant:m1",
    ]
