"""买错/不想要: nobody's fault; the merchant may agree, one platform has seven days for a first purchase."""

from __future__ import annotations

import pytest

from .goods import NO, card, membership, physical, service, undelivered
from .harness import Stack, clauses, expect

WORDS = f"{NO} 脑子一热买的，现在用不上了，能退掉不"
UNSEEN = {"state": "unseen", "revealed": None, "check": "valid"}


def test_the_first_purchase_within_seven_days(shop: Stack) -> None:
    shop.load(card(key=UNSEEN, first_purchase=True))
    buyer = shop.buyer()
    buyer.say(WORDS)
    assert buyer.awaiting == "evidence"
    assert buyer.upload()["kind"] == "unused_proof"
    buyer.confirm()
    case = shop.case(NO)
    expect(case, reason="changed_mind", route="platform_review", state="platform_review")
    assert "七天" in clauses(case) or "7 天" in clauses(case)


@pytest.mark.parametrize(
    ("merchant", "end"), [("kind", "paid"), ("hard", "rejected"), ("silent", "rejected")]
)
def test_any_other_purchase_needs_consent_and_the_bot_says_so_first(
    shop: Stack, merchant: str, end: str
) -> None:
    shop.load(card(merchant=merchant))
    buyer = shop.buyer()
    buyer.say(WORDS)
    buyer.upload()
    assert buyer.awaiting == "confirm"
    assert "同意" in buyer.heard
    assert "48" in buyer.heard
    buyer.confirm()
    expect(shop.case(NO), reason="changed_mind", route="ask_consent", state="merchant_review")
    shop.clock("PT48H1M")
    expect(shop.case(NO), state=end)
    if end == "rejected":
        assert "没有通过" in buyer.news() or "同意" in buyer.heard


@pytest.mark.parametrize("platform", ["binghui", "zhongshang"])
@pytest.mark.parametrize("first", [True, False])
def test_refused_elsewhere(shop: Stack, platform: str, first: bool) -> None:
    shop.load(card(key=UNSEEN, first_purchase=first), platform=platform)
    buyer = shop.buyer()
    buyer.say(WORDS)
    assert buyer.awaiting not in ("confirm", "evidence")
    assert "不能退" in buyer.heard or "不在" in buyer.heard
    assert "转人工" in "".join(buyer.buttons)  # what remains is offered
    shop.nothing_happened()


def test_solo_owner_decides(shop: Stack) -> None:
    shop.load(card(), platform="solo")
    buyer = shop.buyer()
    buyer.say(WORDS)
    buyer.upload()
    buyer.confirm()
    expect(shop.case(NO), reason="changed_mind", route="platform_review", state="platform_review")


@pytest.mark.parametrize(("platform", "route"), [("generic", "ask_consent"), ("binghui", "ask_consent")])
def test_not_yet_delivered(shop: Stack, platform: str, route: str) -> None:
    shop.load(undelivered(paid="-2m"), platform=platform)
    buyer = shop.buyer()
    buyer.say(f"{NO} 刚点错拍下的，趁没发货给我撤了退钱吧")
    buyer.confirm()
    expect(shop.case(NO), reason="changed_mind", route=route, state="merchant_review")


def test_not_yet_delivered_at_zhongshang(shop: Stack) -> None:
    shop.load(undelivered(paid="-2m"), platform="zhongshang")
    buyer = shop.buyer()
    buyer.say(f"{NO} 不想要了，还没发呢，给退吧")
    assert buyer.awaiting != "confirm"
    shop.nothing_happened()


def test_used_at_an_unknown_time(shop: Stack) -> None:
    shop.load(card(key={"check": "used", "used": None}))
    buyer = shop.buyer()
    buyer.say(WORDS)
    assert "使用" in buyer.heard
    shop.nothing_happened()


def test_an_opened_membership_is_consumed(shop: Stack) -> None:
    shop.load(membership())
    buyer = shop.buyer()
    buyer.say(f"{NO} 会员开了但我不想看了，退了吧")
    assert buyer.awaiting != "confirm"
    shop.nothing_happened()


def test_a_service_that_is_done(shop: Stack) -> None:
    shop.load(service(percent=100, status="delivered", delivered="-1d"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 代练我后悔了不想要了，给退钱")
    assert buyer.awaiting != "confirm"
    shop.nothing_happened()


@pytest.mark.parametrize("platform", ["generic", "binghui", "zhongshang"])
def test_an_activated_physical_card(shop: Stack, platform: str) -> None:
    shop.load(physical(activated=True), platform=platform)
    buyer = shop.buyer()
    buyer.say(f"{NO} 油卡买多了用不完，想退这张")
    if platform != "generic":
        assert buyer.awaiting != "confirm"
        shop.nothing_happened()
        return
    assert "折价" in buyer.heard or "折旧" in buyer.heard
    buyer.confirm()
    expect(
        shop.case(NO), reason="changed_mind", route="ask_consent", state="merchant_review", amount_fen=49500
    )


def test_a_closed_physical_card(shop: Stack) -> None:
    shop.load(physical())
    buyer = shop.buyer()
    buyer.say(f"{NO} 加油卡没拆封没激活，车卖了用不着了，想退")
    assert buyer.upload()["kind"] == "unused_proof"
    buyer.confirm()
    expect(shop.case(NO), reason="changed_mind", route="ask_consent")


def test_a_product_note_closes_it(shop: Stack) -> None:
    note = {"refund_note": {"refundable": False, "text": "限时折扣，非质量问题不退"}}
    shop.load(card(key=UNSEEN, first_purchase=True, product=note))
    buyer = shop.buyer()
    buyer.say(WORDS)
    assert "商品页" in buyer.heard
    shop.nothing_happened()


def test_a_product_note_does_not_touch_a_dead_key(shop: Stack) -> None:
    note = {"refund_note": {"refundable": False, "text": "一经售出概不退换"}}
    shop.load(card(key={"check": "expired"}, product=note))
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密是过期的，你页面写概不退换也不行吧")
    buyer.upload("key_error")
    buyer.confirm()
    expect(shop.case(NO), reason="invalid_card_key", route="merchant_review")


def test_eight_days_late(shop: Stack) -> None:
    shop.load(card(paid="-8d", delivered="-8d", first_purchase=True, key=UNSEEN))
    buyer = shop.buyer()
    buyer.say(WORDS)
    assert buyer.awaiting != "confirm"
    shop.nothing_happened()


def test_a_wish_to_call_off_an_undelivered_order(shop: Stack) -> None:
    shop.load(undelivered(paid="-2m"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 这个订单帮我取消掉，不要了")
    assert "同意" in buyer.heard
    buyer.confirm()
    expect(shop.case(NO), reason="changed_mind", route="ask_consent")
