"""未发货: the records see it, so nothing is to be proved; what differs is the time and the platform."""

from __future__ import annotations

import pytest

from .goods import NO, card, membership, order, past, service, topup, undelivered
from .harness import Stack, clauses, deadline, expect


def test_three_hours_without_delivery_is_refunded_by_itself(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say("钱付了仨小时了，货影子都没见着")
    assert buyer.awaiting == "order_no"
    assert "Q币 100" in buyer.heard
    buyer.say("嗯，就这个")
    summary = buyer.heard
    assert buyer.awaiting == "confirm"
    assert "98" in summary
    assert shop.filed() == []
    buyer.confirm()
    assert "已退款" not in buyer.heard
    shop.clock()
    case = shop.case(NO)
    expect(case, reason="no_delivery", route="approve", amount_fen=9800, state="paid")
    assert "第二十条" in clauses(case)
    assert "98" in buyer.news()


def test_forty_five_minutes_late_asks_the_merchant_and_is_decided_again_at_two_hours(shop: Stack) -> None:
    shop.load(undelivered(paid="-45m"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 这单四十多分钟了还没发给我，不等了要退")
    buyer.confirm()
    case = shop.case(NO)
    expect(case, reason="no_delivery", route="merchant_review", state="merchant_review", amount_fen=9800)
    assert case["deadline"] is not None
    shop.clock("PT70M")
    expect(shop.case(NO), state="merchant_review")
    shop.clock("PT10M")
    expect(shop.case(NO), state="paid")
    assert "已退款" in buyer.news()


def test_the_merchant_may_agree_before_the_two_hours(shop: Stack) -> None:
    quick = [{"id": "quick", "name": "秒回小店", "answers": {"approve_after": "20m"}}]
    shop.load(undelivered(paid="-45m", merchant="quick"), merchants=quick)
    buyer = shop.buyer()
    buyer.say(f"{NO} 说好五分钟，现在快一个钟了都没动静，退钱")
    buyer.confirm()
    shop.clock("PT25M")
    expect(shop.case(NO), state="paid", route="merchant_review")
    assert any("merchant_approved" in event["type"] for event in shop.case(NO)["events"])


def test_within_the_promise_the_buyer_is_told_when_to_come_back(shop: Stack) -> None:
    shop.load(undelivered(paid="-3m"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 刚付完款，怎么还不给我卡")
    assert "10:02" in buyer.heard
    assert buyer.awaiting != "confirm"
    shop.nothing_happened()


def test_after_the_promise_passed_the_same_complaint_is_filed(shop: Stack) -> None:
    shop.load(undelivered(paid="-3m"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 刚付的钱，咋还没给我")
    shop.nothing_happened()
    shop.clock("PT15M")
    buyer.say("过点了还是没到")
    buyer.confirm()
    expect(shop.case(NO), state="merchant_review", route="merchant_review", reason="no_delivery")


def test_whoever_was_told_to_wait_is_told_when_the_time_has_come(shop: Stack) -> None:
    shop.load(undelivered(paid="-3m"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 刚付款，咋还没发货")
    shop.clock("PT5M")
    assert NO in buyer.news()
    assert shop.filed() == []
    buyer.press("申请退款")
    buyer.confirm()
    expect(shop.case(NO), reason="no_delivery", route="merchant_review")


def test_an_unknown_time_of_payment_asks_the_merchant(shop: Stack) -> None:
    shop.load(
        undelivered(paid=None, payments=[{"trade_no": "2026112322001400000000990001", "amount_fen": 9800}])
    )
    buyer = shop.buyer()
    buyer.say(f"{NO} 一直没收到货，给我退了吧")
    buyer.confirm()
    expect(shop.case(NO), state="merchant_review", route="merchant_review")


@pytest.mark.parametrize("paid", ["-20m", "-3h"])
def test_binghui_reviews_at_once(shop: Stack, paid: str) -> None:
    shop.load(undelivered(paid=paid, promised=None), platform="binghui")
    buyer = shop.buyer()
    buyer.say(f"你好 {NO} 到现在没发货，申请退款")
    buyer.confirm()
    expect(shop.case(NO), route="platform_review", state="platform_review", amount_fen=9800)
    shop.clock("PT3H")
    expect(shop.case(NO), state="platform_review")


def test_binghui_gives_scheduled_goods_a_day(shop: Stack) -> None:
    shop.load(undelivered(product={"delivery": "scheduled"}, promised=None), platform="binghui")
    buyer = shop.buyer()
    buyer.say(f"{NO} 三个钟头了没收到，退款")
    assert "11月24日" in buyer.heard
    shop.nothing_happened()


def test_zhongshang_reviews_at_once(shop: Stack) -> None:
    shop.load(undelivered(promised=None), platform="zhongshang")
    buyer = shop.buyer()
    buyer.say(f"单号{NO}，等了三个小时还没给货")
    buyer.confirm()
    expect(shop.case(NO), route="platform_review", state="platform_review")


def test_solo_owner_reviews_but_two_hours_still_decide(shop: Stack) -> None:
    shop.load(undelivered(paid="-45m"), platform="solo")
    buyer = shop.buyer()
    buyer.say(f"{NO} 老板怎么还不发货啊，想退掉")
    buyer.confirm()
    expect(shop.case(NO), route="platform_review", state="platform_review")
    shop.clock("PT80M")
    expect(shop.case(NO), state="paid")


def test_delivered_goods_are_explained_with_time_and_place(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say(f"{NO} 没收到卡密啊，我要退款")
    assert "11月22日" in buyer.heard
    assert "订单" in buyer.heard
    shop.nothing_happened()


def test_a_late_service_is_reviewed_with_seven_days_more(shop: Stack) -> None:
    shop.load(service(), merchants=[{"id": "silent", "name": "代练工作室", "answers": "never"}])
    buyer = shop.buyer()
    buyer.say(f"{NO} 说两天打完，这都第三天了，人都没上线，退钱")
    buyer.confirm()
    case = shop.case(NO)
    expect(case, route="platform_review", state="platform_review", reason="no_delivery")
    assert deadline(case).startswith("2026-12-07")  # ten working days after Monday the 23rd


def test_above_the_automatic_limit_a_person_decides(shop: Stack) -> None:
    shop.load(undelivered(amount_fen=88800, name="黄金会员点卡 900"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 八百多块的东西三小时不发货！退钱")
    buyer.confirm()
    case = shop.case(NO)
    expect(case, route="platform_review", state="platform_review", amount_fen=88800)
    assert "500" in clauses(case)


def test_the_fourth_refund_in_thirty_days_is_decided_by_a_person(shop: Stack) -> None:
    earlier = [f"KM20261101000{n}" for n in (1, 2, 3)]
    shop.load(
        undelivered(),
        *(order(no, paid="-15d") for no in earlier),
        refunds=[past(no, filed="-12d") for no in earlier],
    )
    buyer = shop.buyer()
    buyer.say(f"{NO} 三个小时没发货 退")
    buyer.confirm()
    expect(shop.case(NO), route="platform_review", state="platform_review")


def test_refunds_older_than_thirty_days_do_not_count(shop: Stack) -> None:
    earlier = [f"KM20261001000{n}" for n in (1, 2, 3)]
    shop.load(
        undelivered(),
        *(order(no, paid="-45d") for no in earlier),
        refunds=[past(no, filed="-40d") for no in earlier],
    )
    buyer = shop.buyer()
    buyer.say(f"{NO} 付款仨小时啥也没发来 退款")
    buyer.confirm()
    expect(shop.case(NO), route="approve")


def test_no_time_limit_stands_against_goods_that_never_came(shop: Stack) -> None:
    shop.load(undelivered(paid="-20d"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 快三个礼拜了，这单一直没给我发货")
    buyer.confirm()
    expect(shop.case(NO), route="approve", reason="no_delivery")


def test_a_top_up_that_has_not_arrived(shop: Stack) -> None:
    shop.load(topup())
    buyer = shop.buyer()
    buyer.say(f"话费五个小时了还没到账 {NO} 不要了退给我")
    buyer.confirm()
    expect(shop.case(NO), route="approve", reason="no_delivery", amount_fen=9800)


def test_a_membership_that_was_never_opened(shop: Stack) -> None:
    shop.load(membership(status="paid", delivered=None, opened=None))
    buyer = shop.buyer()
    buyer.say(f"{NO} 会员前天买的到现在都没开通")
    buyer.confirm()
    expect(shop.case(NO), route="approve", reason="no_delivery", amount_fen=15800)


def test_a_payout_by_bank_card_takes_a_day(shop: Stack) -> None:
    shop.load(undelivered(pay_channel="bank_card"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 仨小时没发货 退")
    buyer.confirm()
    shop.clock()
    expect(shop.case(NO), state="paying")
    assert "已退款" not in buyer.texts()
    buyer.say("退的钱到哪了")
    assert "已退款" not in buyer.heard
    shop.clock("P1D")
    expect(shop.case(NO), state="paid")
