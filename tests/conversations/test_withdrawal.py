"""撤销: before a yes nothing changes, after approval nothing can."""

from __future__ import annotations

from .goods import NO, undelivered
from .harness import Stack, expect
from .steps import file_dead_key


def test_withdrawn_at_the_buyers_wish_and_filed_anew(shop: Stack) -> None:
    buyer = file_dead_key(shop)
    buyer.say("商家私下补给我了，这个退款帮我撤掉")
    assert buyer.awaiting == "confirm"
    expect(shop.case(NO), state="merchant_review")
    buyer.confirm()
    expect(shop.case(NO), state="withdrawn")
    shop.clock("PT1H")
    buyer.say(f"{NO} 补的那张也是被别人用过的，还是退吧")
    if buyer.awaiting == "evidence":
        buyer.upload("key_error")
    buyer.confirm()
    assert sorted(case["state"] for case in shop.cases(NO)) == ["merchant_review", "withdrawn"]


def test_not_withdrawn_after_a_second_thought(shop: Stack) -> None:
    buyer = file_dead_key(shop)
    buyer.say("退款申请我想取消")
    buyer.say("等等，先别撤")
    expect(shop.case(NO), state="merchant_review")


def test_not_withdrawn_once_approved(shop: Stack) -> None:
    shop.load(undelivered(pay_channel="bank_card"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 三小时没发货 退款")
    buyer.confirm()
    shop.clock()
    buyer.say("不退了，把申请撤销")
    assert buyer.awaiting != "confirm"
    expect(shop.case(NO), state="paying")
