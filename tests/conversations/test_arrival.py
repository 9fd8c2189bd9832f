"""到账: where the money goes, and whether it came."""

from __future__ import annotations

import pytest

from .goods import NO, cancelled, card, membership, past, undelivered
from .harness import Stack, expect


def test_to_the_balance_where_the_platform_offers_it(shop: Stack) -> None:
    shop.load(undelivered(pay_channel="bank_card"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 三小时没发货，退款")
    buyer.say("别退银行卡了，退到我平台余额里吧")
    assert buyer.awaiting == "confirm"
    assert "余额" in buyer.heard
    assert shop.filed() == []
    buyer.confirm()
    shop.clock()
    expect(shop.case(NO), state="paid")  # at once, where the card would take a day
    assert "余额" in buyer.news()


def test_only_the_original_route_elsewhere(shop: Stack) -> None:
    shop.load(cancelled(pay_channel="bank_card"), platform="binghui")
    buyer = shop.buyer()
    buyer.say(f"{NO} 店家关单了退款，退到余额行不行")
    assert "原路" in buyer.heard or "原支付方式" in buyer.heard
    buyer.confirm()
    shop.clock()
    expect(shop.case(NO), state="paying")


@pytest.mark.parametrize(
    ("words", "tickets"),
    [("收到了，谢谢", 0), ("钱根本没到我账上", 1), ("不对呀应该98，我只收到60块", 1)],
)
def test_did_it_arrive(shop: Stack, words: str, tickets: int) -> None:
    shop.load(cancelled())
    buyer = shop.buyer()
    buyer.say(f"{NO} 店家关单了，退钱")
    buyer.confirm()
    shop.clock()
    buyer.news()
    buyer.say(words)
    found = shop.handoffs()
    assert [(t["kind"], t["urgent"]) for t in found] == [("ticket", True)] * tickets
    expect(shop.case(NO), state="paid")
    assert len(shop.cases(NO)) == 1
    if not tickets:
        assert any("arrival.confirmed" in event["type"] for event in shop.case(NO)["events"])


@pytest.mark.parametrize(("title", "tickets"), [("到账了", 0), ("没收到", 1)])
def test_did_it_arrive_by_button(shop: Stack, title: str, tickets: int) -> None:
    shop.load(cancelled())
    buyer = shop.buyer()
    buyer.say(f"{NO} 店家关单了，退钱")
    buyer.confirm()
    shop.clock()
    buyer.news()
    buyer.press(title)
    assert len(shop.handoffs()) == tickets


def test_reported_missing_days_later(shop: Stack) -> None:
    shop.load(card(), refunds=[past(NO, filed="-3d", reason="invalid_card_key")])
    buyer = shop.buyer()
    buyer.say("上面显示退款成功三天了，我支付宝一分钱没见着")
    (ticket,) = shop.handoffs()
    assert (ticket["kind"], ticket["urgent"]) == ("ticket", True)
    buyer.say("那我再等等看吧，谢谢")
    assert buyer.last["role"] == "bot"


def test_reported_missing_before_it_was_paid(shop: Stack) -> None:
    shop.load(
        membership(), refunds=[past(NO, state="platform_review", reason="not_as_described", filed="-3h")]
    )
    buyer = shop.buyer()
    buyer.say("退款没到账啊")
    assert shop.handoffs() == []
    assert "审核" in buyer.heard
