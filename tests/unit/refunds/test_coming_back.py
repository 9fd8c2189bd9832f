"""Coming back to buyers: watches, follow-ups, shops that cannot be asked."""

from __future__ import annotations

from datetime import timedelta

from tuika.conversations.model import Awaiting
from tuika.errors import ShopUnavailable
from tuika.orders.model import KeyCheck, OrderStatus
from tuika.policy.model import Reason
from tuika.refunds.events import CaseEventType as E
from tuika.refunds.states import CaseState as S

from .market import BUYER, INVALID, KEY_PICTURES, NOW, hours, order, with_key


def test_a_watch_calls_back_when_the_promise_passes(make_world):
    young = order(paid_at=NOW)
    world = make_world(young)
    with world.units() as uow:
        for _ in range(2):
            world.refunds.watch(
                uow,
                order=young,
                reason=Reason.NO_DELIVERY,
                conversation_id="cv_1",
                at=NOW + timedelta(minutes=5),
            )
    world.jump(timedelta(minutes=5))
    (said,) = [say for _, _, say in world.heard.says]
    assert "承诺的发货时间已经过了" in said.text
    payload = said.quick_replies[0].payload
    assert (payload.kind, payload.data) == ("refile_order", {"order_no": "KM1", "reason": "no_delivery"})


def test_a_watch_of_a_delivered_order_says_so_and_of_a_filed_one_nothing(make_world):
    young = order(paid_at=NOW)
    world = make_world(young, order("KM2", paid_at=NOW))
    at = NOW + timedelta(minutes=5)
    with world.units() as uow:
        for each in ("KM1", "KM2"):
            world.refunds.watch(
                uow,
                order=world.shelf.by_number[each],
                reason=Reason.NO_DELIVERY,
                conversation_id="cv_1",
                at=at,
            )
    world.change("KM1", status=OrderStatus.DELIVERED, delivered_at=NOW + timedelta(minutes=3))
    world.clock.set(at)
    world.file("KM2")
    world.run()
    watched = [text for text in world.heard.texts if "您问的" in text]
    assert len(watched) == 1 and "已经在 11月23日 12:03 发货" in watched[0]


def test_a_shop_that_cannot_be_asked_does_not_turn_into_silence(make_world):
    world = make_world(with_key(check=KeyCheck.EXPIRED))
    case = world.file(claim=INVALID, evidence=KEY_PICTURES)
    world.run()
    world.faults.fail("answer", error=ShopUnavailable(), times=3)
    world.jump(hours(48))
    assert world.case(case.case_no).state is S.MERCHANT_REVIEW
    world.jump(timedelta(minutes=5))
    assert world.case(case.case_no).state is S.PAID


def test_a_shop_that_is_away_for_good_leaves_it_to_the_platform(make_world):
    world = make_world(with_key(check=KeyCheck.EXPIRED))
    case = world.file(claim=INVALID, evidence=KEY_PICTURES)
    world.run()
    world.faults.fail("answer", error=ShopUnavailable(), times=100)
    world.jump(hours(50))
    case = world.case(case.case_no)
    assert case.state is S.PLATFORM_REVIEW
    assert "没能取得商家的答复" in world.heard.texts[-1]


def test_an_open_case_is_followed_up_once_in_48_hours(make_world):
    world = make_world(with_key(platform="binghui"))
    case = world.file(claim=INVALID, evidence=KEY_PICTURES)
    world.jump(timedelta(days=9))
    told = [e.at - NOW for e in world.case(case.case_no).events if e.type == E.BUYER_REMINDED]
    assert told == [hours(48), hours(96), hours(144), hours(192)]


def test_a_follow_up_asks_for_what_the_buyer_must_bring(make_world):
    world = make_world(with_key())
    world.file(claim=INVALID, evidence=KEY_PICTURES[:1])
    world.jump(hours(24))
    ((_, _, said),) = world.heard.says
    assert said.awaiting is Awaiting.EVIDENCE
    assert "订单详情页截图" in said.text and "11月25日 12:00 前" in said.text


def test_deadlines_of_a_state_that_was_left_do_nothing(make_world):
    world = make_world(with_key())
    case = world.file(claim=INVALID, evidence=KEY_PICTURES)
    world.do("withdraw", case.case_no, actor=BUYER)
    world.jump(timedelta(days=30))
    assert world.case(case.case_no).state is S.WITHDRAWN
    assert world.heard.says == [] and world.heard.tickets == []
