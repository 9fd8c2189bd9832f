"""重复扣款: the platform sees payments; it cannot see what another channel took."""

from __future__ import annotations

import pytest

from .goods import NO, card, paid_twice, topup
from .harness import Stack, clauses, expect


@pytest.mark.parametrize("platform", ["generic", "binghui", "zhongshang", "solo"])
def test_two_payments_on_record_give_the_surplus_back(shop: Stack, platform: str) -> None:
    shop.load(paid_twice(), platform=platform)
    buyer = shop.buyer()
    buyer.say(f"{NO} 账单里这一单出现了两笔98，扣了我两遍钱")
    assert buyer.awaiting == "confirm"
    buyer.confirm()
    shop.clock()
    expect(shop.case(NO), reason="duplicate_charge", route="approve", amount_fen=9800, state="paid")


def test_the_surplus_alone_is_due_though_the_goods_are_used(shop: Stack) -> None:
    payments = [
        {"trade_no": "2026112222001400000000070001", "amount_fen": 9800, "at": "-8h"},
        {"trade_no": "2026112222001400000000070002", "amount_fen": 9900, "at": "-8h"},
    ]
    shop.load(paid_twice(payments=payments, key={"state": "redeemed", "check": "used", "used": "-6h"}))
    buyer = shop.buyer()
    buyer.say(f"{NO} 我就买了一次咋给我扣两次款")
    buyer.confirm()
    expect(shop.case(NO), route="approve", amount_fen=9900)


def test_the_rest_of_the_order_stays_open(shop: Stack) -> None:
    shop.load(paid_twice(key={"revealed": "-7h", "check": "expired"}))
    buyer = shop.buyer()
    buyer.say(f"{NO} 同一单付了两回钱")
    buyer.confirm()
    shop.clock()
    buyer.say(f"{NO} 还有 这张卡也是过期的根本没法兑")
    buyer.upload("key_error")
    buyer.confirm()
    both = {case["reason"]: case for case in shop.cases(NO)}
    expect(both["invalid_card_key"], state="merchant_review", amount_fen=9800)
    expect(both["duplicate_charge"], state="paid", amount_fen=9800)


def test_one_payment_credited_twice_took_nothing(shop: Stack) -> None:
    row = topup(topup={"requested_account": "13900008888", "credited_account": "13900008888", "times": 2})
    shop.load(row | {"status": "delivered", "delivered": "-290m"})
    buyer = shop.buyer()
    buyer.say(f"{NO} 话费给我充了两次，是不是扣了双份钱")
    assert "一次" in buyer.heard
    shop.nothing_happened()


@pytest.mark.parametrize("platform", ["binghui", "zhongshang"])
def test_credited_twice_is_reviewed_elsewhere(shop: Stack, platform: str) -> None:
    row = topup(topup={"requested_account": "13900008888", "credited_account": "13900008888", "times": 2})
    shop.load(row | {"status": "delivered", "delivered": "-290m"}, platform=platform)
    buyer = shop.buyer()
    buyer.say(f"{NO} 重复充值了，一单给充了两遍")
    assert buyer.upload()["kind"] == "payment_record"
    buyer.confirm()
    expect(shop.case(NO), reason="duplicate_charge", route="platform_review", state="platform_review")


@pytest.mark.parametrize("platform", ["generic", "binghui"])
def test_one_payment_on_record_is_checked_with_a_picture(shop: Stack, platform: str) -> None:
    shop.load(card(), platform=platform)
    buyer = shop.buyer()
    buyer.say(f"{NO} 银行短信来了两条扣款 重复扣了")
    assert buyer.awaiting == "evidence"
    assert buyer.upload()["kind"] == "payment_record"
    buyer.confirm()
    case = shop.case(NO)
    expect(case, reason="duplicate_charge", route="platform_review", state="platform_review")
    assert clauses(case)


def test_no_time_limit_stands_against_a_double_charge(shop: Stack) -> None:
    shop.load(paid_twice(paid="-25d", delivered="-25d"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 对账才发现上个月这单给扣了两份钱")
    buyer.confirm()
    expect(shop.case(NO), route="approve", amount_fen=9800)
