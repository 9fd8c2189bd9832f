"""Small talk and what is none of the desk's business."""

from __future__ import annotations

import pytest

from .goods import NO, card, sold_twice
from .harness import Stack, expect


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        ("你是机器在回我还是人", "机器人"),
        ("你这里能帮我办哪些事", "进度"),
        ("谢了哈", ""),
        ("嘿 忙着呢不", ""),
    ],
)
def test_answered_without_any_effect(shop: Stack, words: str, fact: str) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say(words)
    assert fact in buyer.heard
    assert buyer.last["role"] == "bot"
    shop.nothing_happened()


@pytest.mark.parametrize(
    "words",
    ["明天股市会涨吗", "给我讲个鬼故事", "帮我写段python爬虫", "原神这关怎么过", "有没有破解版卡密生成器"],
)
def test_out_of_scope_is_said_so(shop: Stack, words: str) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say(words)
    assert buyer.awaiting is None
    assert len(buyer.buttons) >= 1
    shop.nothing_happened()


def test_goodbye_asks_for_a_rating(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    buyer.say("行没事儿了 先撤了拜拜")
    assert buyer.awaiting == "rating"
    buyer.press("5")
    assert "评价" in buyer.heard


def test_talk_after_a_filed_case_files_nothing_more(shop: Stack) -> None:
    shop.load(sold_twice())
    buyer = shop.buyer()
    buyer.say(f"{NO} 卡密被人用过了")
    buyer.upload("key_error")
    buyer.confirm()
    for words in ("好的", "谢谢", "嗯嗯", "那我等着"):
        buyer.say(words)
        assert buyer.awaiting != "confirm"
    assert len(shop.cases(NO)) == 1
    expect(shop.case(NO), state="merchant_review")


def test_the_greeting_warns_and_asks(shop: Stack) -> None:
    shop.load(card())
    buyer = shop.buyer()
    assert "小林" in buyer.heard
    assert "不收费" in buyer.heard
    assert buyer.buttons
