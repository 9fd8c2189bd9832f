"""掉单: the order says unpaid, the buyer's bill says otherwise; a person asks the gateway."""

from __future__ import annotations

import pytest

from .goods import NO, card, unpaid
from .harness import Stack, expect

SERIAL = "2026112222001400000000110001"


@pytest.mark.parametrize("platform", ["generic", "binghui", "zhongshang", "solo"])
def test_a_serial_is_enough(shop: Stack, platform: str) -> None:
    shop.load(unpaid(), platform=platform)
    buyer = shop.buyer()
    buyer.say(f"{NO} 支付宝钱都扣了，你们这还显示待付款")
    assert buyer.awaiting == "evidence"
    buyer.say(f"流水号{SERIAL}")
    assert buyer.awaiting == "confirm"
    buyer.confirm()
    expect(shop.case(NO), reason="unrecorded_payment", route="platform_review", state="platform_review")


def test_a_picture_is_enough(shop: Stack) -> None:
    shop.load(unpaid())
    buyer = shop.buyer()
    buyer.say(f"{NO} 付完钱页面卡死了，现在订单说没付，货也没有")
    assert buyer.upload()["kind"] == "payment_record"
    buyer.confirm()
    case = shop.case(NO)
    expect(
        case, reason="unrecorded_payment", route="platform_review", amount_fen=14200, state="platform_review"
    )
    assert [e["kind"] for e in case["evidence"]] == ["payment_record"]


def test_without_either_the_records_are_explained(shop: Stack) -> None:
    shop.load(unpaid())
    buyer = shop.buyer()
    buyer.say(f"{NO} 怎么还不发货")
    buyer.say("没有扣款，我还没付")
    assert "付款" in buyer.heard
    shop.nothing_happened()


def test_the_order_is_found_by_the_serial_alone(shop: Stack) -> None:
    shop.load(unpaid(), card("KM202611230002"))
    buyer = shop.buyer()
    buyer.say(f"钱被扣走了但订单还是未支付，交易号 {SERIAL}")
    assert "Xbox" in buyer.heard
    if buyer.awaiting == "evidence":
        buyer.upload()
    buyer.confirm()
    expect(shop.case(NO), reason="unrecorded_payment", route="platform_review", state="platform_review")


def test_a_payment_on_record_is_no_lost_order(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say(f"{NO} 扣了款没到货，是不是掉单了")
    assert buyer.awaiting != "confirm"
    shop.nothing_happened()
