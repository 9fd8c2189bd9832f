"""An order of several keys: only those with a fault are asked back, with their share of what was paid."""

from __future__ import annotations

from typing import Any

from .goods import NO, card
from .harness import Stack, expect


def five(**changes: Any) -> dict[str, Any]:
    """Two used by the buyer, one used before he saw it, one unseen, one never handed over."""
    keys = [
        {
            "value": "WM30-0001-KLPQ-7731",
            "state": "redeemed",
            "revealed": "-23h",
            "check": "used",
            "used": "-22h",
        },
        {
            "value": "WM30-0002-XXTR-9054",
            "state": "redeemed",
            "revealed": "-23h",
            "check": "used",
            "used": "-22h",
        },
        {
            "value": "WM30-0003-BNVC-1186",
            "state": "revealed",
            "revealed": "-23h",
            "check": "used",
            "used": "-6d",
        },
        {"value": "WM30-0004-QWMZ-6620", "state": "unseen", "check": "valid"},
        None,
    ]
    row = card(name="完美一卡通 30 ×5", amount_fen=14500, paid="-1d", delivered="-1d")
    del row["key"]
    return row | {"keys": keys} | changes


def test_the_third_key_is_dead(shop: Stack) -> None:
    shop.load(five())
    buyer = shop.buyer()
    buyer.say(f"{NO} 里面第三张卡是废的，别人早充走了")
    buyer.upload()
    assert "29" in buyer.heard
    buyer.confirm()
    case = shop.case(NO)
    expect(case, reason="invalid_card_key", route="merchant_review", amount_fen=2900)
    assert len(case["items"]) == 1


def test_which_ones_is_asked_when_it_was_not_said(shop: Stack) -> None:
    shop.load(five())
    buyer = shop.buyer()
    buyer.say(f"{NO} 买的几张点卡有打不开的")
    assert buyer.awaiting == "choice"
    assert "WM30-0003-BNVC-1186" not in buyer.heard
    buyer.say("第3张")
    buyer.upload()
    buyer.confirm()
    expect(shop.case(NO), amount_fen=2900, route="merchant_review")


def test_a_key_that_was_never_handed_over_is_no_delivery(shop: Stack) -> None:
    shop.load(five())
    buyer = shop.buyer()
    buyer.say(f"{NO} 买了五张只给四张，少发一张")
    buyer.confirm()
    expect(shop.case(NO), reason="no_delivery", route="approve", amount_fen=2900)


def test_a_good_one_among_them_stays_sold(shop: Stack) -> None:
    shop.load(five())
    buyer = shop.buyer()
    buyer.say(f"{NO} 第4张卡密兑换不了")
    assert "有效" in buyer.heard
    shop.nothing_happened()


def test_two_dead_keys_are_paid_by_their_share(shop: Stack) -> None:
    keys = [
        {"value": f"PF50-000{n}-KLPQ-773{n}", "state": "revealed", "revealed": "-23h", "check": "expired"}
        for n in range(1, 4)
    ]
    shop.load(five(keys=keys, amount_fen=15000))
    buyer = shop.buyer()
    buyer.say(f"{NO} 点卡过期了兑不了")
    buyer.say("1和3")
    buyer.upload()
    buyer.confirm()
    expect(shop.case(NO), amount_fen=10000, route="merchant_review")
