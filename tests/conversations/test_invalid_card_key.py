"""卡密无效: the issuer's check decides what stands; what it cannot tell, a picture must show."""

from __future__ import annotations

import pytest

from .goods import NO, card, membership, sold_twice, undelivered
from .harness import Stack, clauses, deadline, expect

DEAD = f"{NO} 兑换的时候弹出来说这卡早被别人用掉了"


def test_a_key_sold_twice_goes_to_the_merchant_whose_silence_approves(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(DEAD)
    assert buyer.awaiting == "evidence"
    attachment = buyer.upload()
    assert attachment["kind"] == "key_error"
    buyer.confirm()
    case = shop.case(NO)
    expect(case, reason="invalid_card_key", route="merchant_review", state="merchant_review", amount_fen=9800)
    assert "第二十四条" in clauses(case)
    assert [e["kind"] for e in case["evidence"]] == ["key_error"]
    assert deadline(case).startswith("2026-11-25 10:0")
    shop.clock("PT48H1M")
    expect(shop.case(NO), state="paid")


@pytest.mark.parametrize("platform", ["binghui", "zhongshang"])
def test_a_key_sold_twice_is_reviewed_by_other_platforms(shop: Stack, platform: str) -> None:
    shop.load(sold_twice(paid="-20h", delivered="-20h", key={"revealed": "-19h"}), platform=platform)
    buyer = shop.buyer()
    buyer.say(DEAD)
    buyer.upload()
    buyer.confirm()
    case = shop.case(NO)
    expect(case, route="platform_review", state="platform_review")
    assert deadline(case).startswith("2026-11-26")  # three working days after Monday


def test_solo_owner_reviews_and_silence_never_approves(shop: Stack) -> None:
    shop.load(sold_twice(), platform="solo")
    buyer = shop.buyer()
    buyer.say(DEAD)
    buyer.upload()
    buyer.confirm()
    expect(shop.case(NO), route="platform_review", state="platform_review")
    shop.clock("P14D")
    expect(shop.case(NO), state="platform_review")


def test_an_expired_key(shop: Stack) -> None:
    shop.load(card(key={"check": "expired"}, merchant="kind"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密一输就提示过期了，才买一天")
    buyer.upload()
    buyer.confirm()
    expect(shop.case(NO), route="merchant_review", state="merchant_review", reason="invalid_card_key")
    shop.clock("PT2H1M")
    expect(shop.case(NO), state="paid")


def test_a_key_that_nobody_looked_at_but_somebody_used(shop: Stack) -> None:
    shop.load(card(key={"state": "unseen", "revealed": None, "check": "used", "used": "-2h"}))
    buyer = shop.buyer()
    buyer.say(f"{NO} 我都没点开看过，怎么显示卡被用了")
    buyer.upload()
    buyer.confirm()
    expect(shop.case(NO), route="merchant_review", reason="invalid_card_key")


def test_a_valid_key_is_explained_and_exchange_offered(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say(f"{NO} 这个点卡我怎么输都不行，充不进去")
    assert "有效" in buyer.heard
    assert any("换" in title for title in buyer.buttons)
    shop.nothing_happened()


def test_a_key_that_the_issuer_cannot_check_needs_two_pictures(shop: Stack) -> None:
    shop.load(card(key={"check": "unknown"}))
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡号密码输进去说不存在")
    first = buyer.upload()
    assert buyer.awaiting == "evidence"
    second = buyer.upload()
    assert {first["kind"], second["kind"]} == {"key_error", "order_page"}
    buyer.confirm()
    expect(shop.case(NO), route="merchant_review", state="merchant_review")
    shop.clock("PT48H1M")
    expect(shop.case(NO), state="platform_review")  # silence proves nothing here


def test_used_at_an_unknown_time_needs_pictures(shop: Stack) -> None:
    shop.load(card(key={"check": "used", "used": None}), platform="binghui")
    buyer = shop.buyer()
    buyer.say(f"{NO} 充值提示该卡已使用")
    buyer.upload("key_error")
    buyer.upload("order_page")
    buyer.confirm()
    expect(shop.case(NO), route="platform_review", reason="invalid_card_key")


@pytest.mark.parametrize("platform", ["generic", "binghui"])
def test_a_key_used_after_it_was_seen_is_consumed(shop: Stack, platform: str) -> None:
    shop.load(card(key={"check": "used", "used": "-20h", "state": "redeemed"}), platform=platform)
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密提示已被兑换 我要退")
    assert "使用" in buyer.heard
    shop.nothing_happened()


def test_redeemed_at_an_unknown_time_is_consumed(shop: Stack) -> None:
    shop.load(card(key={"check": "used", "state": "redeemed", "used": None}))
    buyer = shop.buyer()
    buyer.say(f"{NO} 这张卡用不了，说用过了")
    shop.nothing_happened()
    assert buyer.awaiting is None


def test_eight_days_after_delivery_is_too_late(shop: Stack) -> None:
    shop.load(sold_twice(paid="-8d", delivered="-8d"))
    buyer = shop.buyer()
    buyer.say(DEAD)
    assert "7 天" in buyer.heard or "七天" in buyer.heard or "7天" in buyer.heard
    shop.nothing_happened()


@pytest.mark.parametrize(("completed", "filed"), [("-20h", True), ("-30h", False)])
def test_zhongshang_counts_a_day_from_completion(shop: Stack, completed: str, filed: bool) -> None:
    shop.load(
        sold_twice(paid="-3d", delivered="-3d", completed=completed, status="completed"),
        platform="zhongshang",
    )
    buyer = shop.buyer()
    buyer.say(DEAD)
    if not filed:
        assert "24" in buyer.heard
        shop.nothing_happened()
        return
    buyer.upload()
    buyer.confirm()
    expect(shop.case(NO), route="platform_review", state="platform_review")


def test_goods_without_a_key_are_looked_at_by_a_person(shop: Stack) -> None:
    shop.load(membership())
    buyer = shop.buyer()
    buyer.say(f"{NO} 激活码是坏的，输进去提示无效")
    assert buyer.awaiting == "evidence"
    assert buyer.upload()["kind"] == "order_page"
    buyer.confirm()
    expect(shop.case(NO), route="platform_review", state="platform_review")


def test_a_dead_key_that_never_came_is_no_delivery(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密用不了，输啥都报错")
    buyer.confirm()
    expect(shop.case(NO), reason="no_delivery", route="approve")


def test_evidence_may_come_later_and_the_case_goes_on(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(DEAD)
    buyer.press("稍后")
    assert buyer.awaiting == "confirm"
    buyer.confirm()
    case = shop.case(NO)
    expect(case, state="needs_evidence")
    assert deadline(case).startswith("2026-11-25 10:0")
    shop.clock("PT20H")
    buyer.upload()
    expect(shop.case(NO), state="merchant_review")


def test_evidence_that_never_comes_ends_the_case(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(DEAD)
    buyer.say("手机不在身边没法截图")
    buyer.confirm()
    expect(shop.case(NO), state="needs_evidence")
    shop.clock("PT48H1M")
    expect(shop.case(NO), state="rejected")
    assert "材料" in buyer.news()


def test_words_are_no_evidence(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(DEAD)
    buyer.say("就是红字写着“该卡已失效”，我没骗你")
    assert buyer.awaiting == "evidence"
    assert shop.filed() == []
    buyer.upload(text="看这个红字")
    buyer.confirm()
    expect(shop.case(NO), state="merchant_review")


def test_a_merchant_who_says_no_brings_in_the_platform(shop: Stack) -> None:
    shop.load(sold_twice(merchant="hard"))
    buyer = shop.buyer()
    buyer.say(DEAD)
    buyer.upload()
    buyer.confirm()
    shop.clock("PT3H1M")
    expect(shop.case(NO), state="platform_review")
    assert "平台" in buyer.news()


def test_a_picture_serves_one_case_only(shop: Stack) -> None:
    second = "KM202611230002"
    shop.load(sold_twice(), sold_twice(second, name="Steam 充值卡 50"))
    buyer = shop.buyer()
    buyer.say(DEAD)
    buyer.upload()
    buyer.confirm()
    buyer.say(f"{second} 这张也一样，提示已被使用")
    assert buyer.awaiting == "evidence"
    buyer.upload()
    buyer.confirm()
    assert [len(shop.case(no)["evidence"]) for no in (NO, second)] == [1, 1]


def test_the_time_limit_is_judged_at_the_first_filing(shop: Stack) -> None:
    shop.load(sold_twice(paid="-6d", delivered="-6d"))
    buyer = shop.buyer()
    buyer.say(DEAD)
    buyer.press("稍后")
    buyer.confirm()
    shop.clock("PT49H")
    expect(shop.case(NO), state="rejected")
    buyer.upload("key_error")
    buyer.say(DEAD)
    if buyer.awaiting == "evidence":
        buyer.upload("key_error")
    buyer.confirm()
    assert sorted(case["state"] for case in shop.cases(NO)) in (["merchant_review", "rejected"], ["appealed"])
