"""订单取消: who cancelled and when; the money goes back by itself where it can."""

from __future__ import annotations

import pytest

from .goods import NO, cancelled, card, undelivered
from .harness import Stack, expect

WORDS = f"{NO} 店家说缺货把我单子关了，钱怎么还没退回来"


@pytest.mark.parametrize("by", ["merchant", "platform"])
@pytest.mark.parametrize("platform", ["generic", "binghui", "zhongshang"])
def test_cancelled_by_the_other_side(shop: Stack, by: str, platform: str) -> None:
    shop.load(cancelled(by=by), platform=platform)
    buyer = shop.buyer()
    buyer.say(WORDS)
    assert buyer.awaiting == "confirm"
    buyer.confirm()
    shop.clock()
    expect(shop.case(NO), reason="order_cancelled", route="approve", state="paid", amount_fen=9800)


def test_every_complaint_about_a_cancelled_order_is_read_as_that(shop: Stack) -> None:
    shop.load(cancelled())
    buyer = shop.buyer()
    buyer.say(f"{NO} 买完一直不给我发货！")
    buyer.confirm()
    expect(shop.case(NO), reason="order_cancelled", route="approve")


@pytest.mark.parametrize(("platform", "route"), [("generic", "approve"), ("binghui", "platform_review")])
def test_cancelled_by_the_buyer(shop: Stack, platform: str, route: str) -> None:
    shop.load(cancelled(by="buyer"), platform=platform)
    buyer = shop.buyer()
    buyer.say(f"{NO} 这单我昨天自己取消的，款没退给我")
    buyer.confirm()
    expect(shop.case(NO), reason="order_cancelled", route=route)


def test_not_cancelled_at_all(shop: Stack) -> None:
    shop.load(undelivered(paid="-2m"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 订单不是被取消了吗，退款呢")
    assert "没有被取消" in buyer.heard or "未取消" in buyer.heard or "没有取消" in buyer.heard
    shop.nothing_happened()


def test_cancelled_after_delivery_is_a_matter_for_people(shop: Stack) -> None:
    shop.load(card(status="cancelled", cancelled_by="merchant"))
    buyer = shop.buyer()
    buyer.say(WORDS)
    buyer.confirm()
    expect(shop.case(NO), route="platform_review", state="platform_review")


def test_nobody_knows_who_cancelled(shop: Stack) -> None:
    shop.load(cancelled(by=None))
    buyer = shop.buyer()
    buyer.say(WORDS)
    buyer.confirm()
    expect(shop.case(NO), route="platform_review", state="platform_review")


def test_what_was_paid_back_is_not_paid_twice(shop: Stack) -> None:
    shop.load(cancelled())
    buyer = shop.buyer()
    buyer.say(WORDS)
    buyer.confirm()
    shop.clock()
    expect(shop.case(NO), state="paid")
    buyer.say(f"{NO} 这单被取消了，再给我退一次款")
    assert buyer.awaiting != "confirm"
    expect(shop.case(NO), state="paid")  # still the only one


def test_a_payout_that_never_arrives_becomes_an_urgent_ticket(shop: Stack) -> None:
    shop.load(cancelled(payout="never"))
    buyer = shop.buyer()
    buyer.say(WORDS)
    buyer.confirm()
    shop.clock("PT1H")
    expect(shop.case(NO), state="paying")
    assert shop.handoffs() == []
    shop.clock("PT1H10M")  # alipay: two hours
    (ticket,) = shop.handoffs()
    assert (ticket["kind"], ticket["urgent"], ticket["state"]) == ("ticket", True, "waiting")
    assert "加急" in buyer.news()
    assert "已退款" not in buyer.texts()
    expect(shop.case(NO), state="paying")
    buyer.say("到底退到哪一步了")  # a ticket leaves the bot in charge
    assert buyer.last["role"] == "bot"


def test_a_long_jump_and_many_short_ones_end_alike(shop: Stack) -> None:
    ends = []
    for steps in (["P3D"], ["PT1H", "PT30M", "PT2H", "P1D", "P2D"]):
        shop.fresh()
        shop.load(cancelled(pay_channel="bank_card"))
        buyer = shop.buyer()
        buyer.say(WORDS)
        buyer.confirm()
        for step in steps:
            shop.clock(step)
        case = shop.case(NO)
        ends.append((case["state"], [(event["type"], event["at"][:13]) for event in case["events"]]))
    assert ends[0] == ends[1]
    assert ends[0][0] == "paid"
