"""充值错误: whose mistake it was decides; the records often know."""

from __future__ import annotations

import pytest

from .goods import NO, card, topup
from .harness import Stack, expect

OTHER = "13900008880"
SAME = "13900008888"


def test_credited_to_another_number_is_the_merchants_fault(shop: Stack) -> None:
    shop.load(topup(credited=OTHER))
    buyer = shop.buyer()
    buyer.say(f"{NO} 你们把话费给充到别人号上去了")
    assert buyer.awaiting == "confirm"  # the records show it: nothing to prove
    buyer.confirm()
    expect(shop.case(NO), reason="wrong_recharge", route="merchant_review", state="merchant_review")
    shop.clock("PT48H1M")
    expect(shop.case(NO), state="paid")


@pytest.mark.parametrize("platform", ["binghui", "zhongshang", "solo"])
def test_credited_to_another_number_elsewhere(shop: Stack, platform: str) -> None:
    shop.load(topup(credited=OTHER), platform=platform)
    buyer = shop.buyer()
    buyer.say(f"{NO} 号码不对啊 充到了一个我不认识的手机上")
    buyer.confirm()
    expect(shop.case(NO), reason="wrong_recharge", route="platform_review", state="platform_review")


@pytest.mark.parametrize(
    ("merchant", "end"), [("silent", "rejected"), ("kind", "paid"), ("hard", "rejected")]
)
def test_the_buyers_own_slip_needs_the_merchants_consent(shop: Stack, merchant: str, end: str) -> None:
    shop.load(topup(paid="-20m", merchant=merchant))
    buyer = shop.buyer()
    buyer.say(f"{NO} 完了我手滑号码最后一位按错了，能拦下来退不")
    assert buyer.awaiting == "confirm"
    assert "同意" in buyer.heard
    buyer.confirm()
    expect(shop.case(NO), reason="wrong_recharge", route="ask_consent", state="merchant_review")
    shop.clock("PT48H1M")
    expect(shop.case(NO), state=end)


@pytest.mark.parametrize("platform", ["binghui", "zhongshang"])
def test_the_own_slip_asks_consent_on_other_platforms_too(shop: Stack, platform: str) -> None:
    shop.load(topup(paid="-20m"), platform=platform)
    buyer = shop.buyer()
    buyer.say(f"{NO} 充值账号是我自己填错的，帮忙退回来行吗")
    assert "同意" in buyer.heard
    buyer.confirm()
    expect(shop.case(NO), route="ask_consent", state="merchant_review")


def test_solo_owner_decides_about_the_own_slip(shop: Stack) -> None:
    shop.load(topup(paid="-20m"), platform="solo")
    buyer = shop.buyer()
    buyer.say(f"{NO} 我填错号了，还没到账，退给我可以吗")
    buyer.confirm()
    expect(shop.case(NO), route="platform_review", state="platform_review")


def test_not_yet_credited_and_unsaid_whose_mistake_it_was_is_asked(shop: Stack) -> None:
    shop.load(topup(paid="-20m"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 充值的号码不对")
    assert buyer.awaiting == "choice"
    buyer.press("不是我")
    assert buyer.awaiting == "evidence"
    assert buyer.upload()["kind"] == "order_page"
    buyer.confirm()
    expect(shop.case(NO), route="merchant_review", state="merchant_review", reason="wrong_recharge")


def test_credited_as_ordered_is_a_matter_of_consent(shop: Stack) -> None:
    shop.load(topup(credited=SAME))
    buyer = shop.buyer()
    buyer.say(f"{NO} 充错号了，我是想给我妈充的，结果充我自己卡上了")
    assert "同意" in buyer.heard
    buyer.confirm()
    expect(shop.case(NO), route="ask_consent", state="merchant_review")
    shop.clock("PT48H1M")
    expect(shop.case(NO), state="rejected")


@pytest.mark.parametrize("platform", ["binghui", "zhongshang"])
def test_credited_as_ordered_is_refused_elsewhere(shop: Stack, platform: str) -> None:
    shop.load(topup(credited=SAME), platform=platform)
    buyer = shop.buyer()
    buyer.say(f"{NO} 账号填串了，充到旧号码了，给退一下")
    assert "填" in buyer.heard
    shop.nothing_happened()


def test_an_unknown_account_needs_the_order_page(shop: Stack) -> None:
    row = topup(credited=None, status="delivered", delivered="-290m", topup={"requested_account": SAME})
    shop.load(row, platform="binghui")
    buyer = shop.buyer()
    buyer.say(f"{NO} 没充到我的号上，充错人了吧，我号没填错")
    if buyer.awaiting == "choice":
        buyer.press("不是我")
    buyer.upload("order_page")
    buyer.confirm()
    expect(shop.case(NO), route="platform_review", state="platform_review")


def test_goods_without_an_account_are_looked_at_by_a_person(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say(f"{NO} 充错号了，应该充到大号的，充小号上了")
    assert buyer.awaiting == "evidence"
    assert buyer.upload()["kind"] == "order_page"
    buyer.confirm()
    expect(shop.case(NO), route="platform_review", reason="wrong_recharge")


def test_a_closed_refund_note_stands_only_against_the_buyers_own_mistake(shop: Stack) -> None:
    note = {"refund_note": {"refundable": False, "text": "充值商品填错不退"}}
    shop.load(
        topup(paid="-20m", product=note),
        topup("KM202611230002", credited=OTHER, product=note, name="流量包 30GB"),
    )
    own = shop.buyer()
    own.say(f"{NO} 号码是我打错的一个数，退了吧")
    assert shop.filed() == []
    theirs = shop.buyer()
    theirs.say("KM202611230002 这单充给了别人，号码我填的是对的")
    theirs.confirm()
    expect(shop.case("KM202611230002"), route="merchant_review", reason="wrong_recharge")
