"""退款进度: told from what is stored, with what comes next and by when."""

from __future__ import annotations

import pytest

from .goods import NO, card, order, past, sold_twice, undelivered
from .harness import Stack, deadline, expect

ASK = "我那个退款现在弄得咋样了"
STATES = {
    "merchant_review": "商家",
    "platform_review": "审核",
    "needs_evidence": "材料",
    "negotiating": "协商",
    "paying": "打款",
    "paid": "已退",
    "rejected": "通过",
    "appealed": "申诉",
    "withdrawn": "撤",
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_told(shop: Stack, state: str) -> None:
    shop.load(card(), refunds=[past(NO, state=state, reason="invalid_card_key", filed="-2h")])
    buyer = shop.buyer()
    buyer.say(ASK)
    assert shop.case(NO)["case_no"] in buyer.heard
    assert STATES[state] in buyer.heard
    if state != "paid":
        assert "已退款" not in buyer.heard
    assert shop.handoffs() == []


def test_with_the_day_by_which_the_merchant_answers(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡给人用过了")
    buyer.upload("key_error")
    buyer.confirm()
    buyer.say(ASK)
    assert "11月25日" in buyer.heard
    assert "商家" in buyer.heard


def test_working_days_know_the_national_holiday(shop: Stack) -> None:
    shop.fresh("2026-09-30T10:00:00+08:00")
    shop.load(sold_twice(), platform="binghui")
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被别人用过了")
    buyer.upload("key_error")
    buyer.confirm()
    buyer.say("审核还得等几天，到哪了")
    assert "10月10日" in buyer.heard  # 1–7 October rest, Saturday the 10th is worked
    assert deadline(shop.case(NO)).startswith("2026-10-10")


def test_nothing_was_ever_filed(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("查下我的退款审到哪了")
    assert "没有" in buyer.heard
    shop.nothing_happened()


def test_of_several_the_buyer_picks_one(shop: Stack) -> None:
    second = "KM202611230002"
    shop.load(
        card(),
        order(second, name="Steam 充值卡 50"),
        refunds=[
            past(NO, state="platform_review", reason="invalid_card_key", filed="-3h"),
            past(second, state="merchant_review", reason="no_delivery", filed="-2h"),
        ],
    )
    buyer = shop.buyer()
    buyer.say("退款处理得怎么样啦")
    assert buyer.awaiting == "order_no"
    buyer.say(second)
    assert shop.case(second)["case_no"] in buyer.heard
    assert shop.case(NO)["case_no"] not in buyer.heard


def test_by_order_number(shop: Stack) -> None:
    second = "KM202611230002"
    shop.load(
        card(),
        order(second),
        refunds=[
            past(NO, state="platform_review", reason="invalid_card_key", filed="-3h"),
            past(second, state="rejected", filed="-2h"),
        ],
    )
    buyer = shop.buyer()
    buyer.say(f"{NO} 这笔的退款有下文没")
    assert shop.case(NO)["case_no"] in buyer.heard
    assert "审核" in buyer.heard


def test_another_buyers_case_is_not_told(shop: Stack) -> None:
    shop.load(card(buyer="b2"), refunds=[past(NO, state="platform_review", filed="-2h")])
    buyer = shop.buyer("b1")
    buyer.say(f"{NO} 退款到哪步了")
    assert shop.case(NO)["case_no"] not in buyer.texts()
    assert "审核中" not in buyer.texts()
    assert "网易" not in buyer.texts()


def test_an_open_case_is_followed_up_within_two_days(shop: Stack) -> None:
    shop.load(sold_twice(), platform="binghui")
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被别人用过了")
    buyer.upload("key_error")
    buyer.confirm()
    shop.clock("PT48H1M")
    assert shop.case(NO)["case_no"] in buyer.news()
    expect(shop.case(NO), state="platform_review")


def test_asked_again_after_each_step(shop: Stack) -> None:
    shop.load(undelivered(paid="-45m"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 没发货，退")
    buyer.confirm()
    buyer.say("进度?")
    assert "商家" in buyer.heard
    shop.clock("PT2H")
    buyer.say("现在呢，退款到哪了")
    assert "退" in buyer.heard
    assert "商家最迟" not in buyer.heard
