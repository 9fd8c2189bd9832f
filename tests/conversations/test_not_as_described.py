"""与描述不符: two pictures beside each other, and a person who compares them."""

from __future__ import annotations

import pytest

from .goods import NO, card, membership, service, topup, undelivered
from .harness import Stack, clauses, deadline, expect


def test_a_year_that_was_a_month(shop: Stack) -> None:
    shop.load(membership())
    buyer = shop.buyer()
    buyer.say(f"{NO} 买的是年卡，登上去一看到期日就下个月，这不是月卡吗")
    kinds = [buyer.upload()["kind"]]
    assert buyer.awaiting == "evidence"
    kinds.append(buyer.upload()["kind"])
    assert set(kinds) == {"listing", "received"}
    buyer.confirm()
    case = shop.case(NO)
    expect(
        case, reason="not_as_described", route="merchant_review", state="merchant_review", amount_fen=15800
    )
    assert "第十七条" in clauses(case)
    assert "第四十九条" not in clauses(case)
    shop.clock("PT48H1M")
    expect(shop.case(NO), state="platform_review")  # a quality dispute is never approved by silence


@pytest.mark.parametrize("platform", ["binghui", "zhongshang", "solo"])
def test_reviewed_at_once_elsewhere(shop: Stack, platform: str) -> None:
    shop.load(membership(), platform=platform)
    buyer = shop.buyer()
    buyer.say(f"{NO} 页面写的豪华版，给我开的是基础版，货不对板")
    buyer.upload("listing")
    buyer.upload("received")
    buyer.confirm()
    expect(shop.case(NO), reason="not_as_described", route="platform_review", state="platform_review")


def test_one_picture_is_not_enough(shop: Stack) -> None:
    shop.load(membership())
    buyer = shop.buyer()
    buyer.say(f"{NO} 会员时长跟介绍的不一样，少了好几个月")
    buyer.upload("received")
    assert buyer.awaiting == "evidence"
    buyer.press("稍后")
    buyer.confirm()
    expect(shop.case(NO), state="needs_evidence")
    assert shop.buyer(resume=True).upload("listing")
    expect(shop.case(NO), state="merchant_review")


def test_what_was_credited_is_how_the_buyer_saw_it(shop: Stack) -> None:
    shop.load(topup(credited="13900008888"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 标的充100实际只到了50，面值不对")
    buyer.upload("listing")
    buyer.upload("received")
    buyer.confirm()
    expect(shop.case(NO), reason="not_as_described", route="merchant_review")


def test_a_begun_service_has_ten_working_days(shop: Stack) -> None:
    shop.load(service())
    buyer = shop.buyer()
    buyer.say(f"{NO} 代练说好打到星耀，打的跟承诺的根本不是一回事，还用脚本")
    buyer.upload("listing")
    buyer.upload("received")
    buyer.confirm()
    case = shop.case(NO)
    expect(case, reason="not_as_described", route="platform_review", state="platform_review")
    assert deadline(case).startswith("2026-12-07")


def test_goods_that_never_came_cannot_differ(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say(f"{NO} 跟商品描述的完全不一样")
    buyer.confirm()
    expect(shop.case(NO), reason="no_delivery", route="approve")


def test_too_late(shop: Stack) -> None:
    shop.load(membership(paid="-9d", delivered="-9d"))
    buyer = shop.buyer()
    buyer.say(f"{NO} 开的会员版本不对，写的超级会员给的普通会员")
    assert "7" in buyer.heard
    shop.nothing_happened()


def test_a_used_card_of_the_wrong_face_value(shop: Stack) -> None:
    shop.load(card(key={"state": "redeemed", "check": "used", "used": "-20h"}))
    buyer = shop.buyer()
    buyer.say(f"{NO} 写着200点，充进去只有100点，面值缩水一半")
    buyer.upload("listing")
    buyer.upload("received")
    buyer.confirm()
    expect(shop.case(NO), reason="not_as_described", route="merchant_review")
