"""Questions: every number from the pack in force, the law only where it fits."""

from __future__ import annotations

import re

import pytest

from .goods import NO, card, sold_twice, undelivered
from .harness import Stack, expect

WRONG_ARTICLES = ("第四十九条", "第49条", "第五十八条")


@pytest.mark.parametrize(
    ("platform", "pattern"),
    [
        ("generic", r"支付宝.{0,4}1.2 ?小时"),
        ("generic", r"银行卡.{0,4}3.5 ?个工作日"),
        ("binghui", r"银行卡.{0,4}1.3 ?个工作日"),
        ("zhongshang", r"支付宝.{0,4}1.5 ?个工作日"),
    ],
)
def test_how_long_it_takes(shop: Stack, platform: str, pattern: str) -> None:
    shop.load(card(), platform=platform)
    buyer = shop.buyer()
    buyer.say("要是批下来，钱几天能回我卡里")
    assert re.search(pattern, buyer.heard), buyer.heard
    if platform == "generic":
        assert "48" in buyer.heard
    else:
        assert "商家答复" not in buyer.heard
    shop.nothing_happened()


@pytest.mark.parametrize(
    ("platform", "fact"), [("generic", "7 天"), ("binghui", "7 天"), ("zhongshang", "24 小时")]
)
def test_what_can_be_refunded(shop: Stack, platform: str, fact: str) -> None:
    shop.load(card(), platform=platform)
    buyer = shop.buyer()
    buyer.say("啥情况下你们给退啊，有没有啥限制")
    assert fact in buyer.heard
    shop.nothing_happened()


def test_a_fee(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("退回来会不会给我扣点手续费")
    assert "不收" in buyer.heard


def test_the_way(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("想问下退款在哪个地方点，怎么操作")
    assert "申请" in buyer.heard
    shop.nothing_happened()


def test_the_evidence(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("要退的话得准备哪些截图给你们")
    assert "截图" in buyer.heard
    assert "打码" in buyer.heard


def test_official_contacts_and_hours(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("你们官方电话多少，人工几点下班")
    assert "400-820-0001" in buyer.heard
    assert "21:00" in buyer.heard


def test_buying_safely(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("在你们这买点卡怎么才不会踩坑")
    assert "担保" in buyer.heard
    assert "截图" in buyer.heard


@pytest.mark.parametrize(
    "words", ["法律上虚拟商品到底支不支持七天无理由", "消法哪一条管卡密买到坏的", "商家写概不退换合法吗"]
)
def test_the_law(shop: Stack, words: str) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say(words)
    assert "第二十五条" in buyer.heard or "第二十四条" in buyer.heard or "第二十六条" in buyer.heard
    assert not any(article in buyer.heard for article in WRONG_ARTICLES)
    shop.nothing_happened()


def test_where_the_key_is_without_showing_it(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say(f"{NO} 这单的卡在哪儿看，发了没")
    assert "已发货" in buyer.heard or "已经发货" in buyer.heard
    assert "WY88-7Q2M-K9XD-4T6R" not in buyer.texts()
    shop.nothing_happened()


def test_order_status_of_an_undelivered_order(shop: Stack) -> None:
    shop.load(undelivered())
    buyer = shop.buyer()
    buyer.say("帮我瞅瞅我最近那单发货没有")
    assert "没有发货" in buyer.heard or "未发货" in buyer.heard
    assert shop.filed() == []


@pytest.mark.xfail(strict=False, reason="the ear takes this wording for a purchase by mistake")
def test_how_to_redeem(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("这个点卡买了往哪儿输啊，不会弄")
    assert "兑换" in buyer.heard
    assert "不要把卡密发给" in buyer.heard


def test_a_question_about_a_fee_someone_else_asks_is_answered_with_the_warning(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("退款是不是要先交押金")
    assert "不收" in buyer.heard or "骗" in buyer.heard


def test_a_question_then_the_matter(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say("退款要不要手续费")
    buyer.say("行，那我这个网易的卡密被人用过了，退吧")
    buyer.upload("key_error")
    buyer.confirm()
    expect(shop.case(NO), reason="invalid_card_key")
