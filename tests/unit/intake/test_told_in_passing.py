"""What words tell beside what they ask: wishes, own cases, payments, names of several goods."""

from __future__ import annotations

import pytest

from tuika.intake import payment_words, reading, replies
from tuika.intake.gibberish import gibberish
from tuika.intake.scam_words import speaks_of_fraud


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("win11的码别人用过了 给我换个新的就行 不用退钱", "exchange"),
        ("打不开，补发一张吧", "exchange"),
        ("换个新的不如退钱给我", None),
        ("写的年卡开出来是季卡 你补我差价也行", "partial"),
        ("卡密被人用了，退款", None),
    ],
)
def test_a_wish_in_a_report(words: str, wish: str | None) -> None:
    assert reading.wish_in_words(words) == wish


def test_a_question_with_a_story_is_told_from_a_general_one() -> None:
    assert reading.tells_own_case("流量卡激活了但是我不想用了 能不能退")
    assert reading.tells_own_case("我买了张网飞的卡 家里人说已经有了 这种能退不")
    assert not reading.tells_own_case("买错了一般能退吗")
    assert not reading.tells_own_case("如果我买错了能退吗")
    assert not reading.tells_own_case("什么情况下可以退款")


def test_traditional_characters_are_read_as_simplified() -> None:
    assert reading.wants_money("請退錢給我")
    assert reading.normal("幾時到帳") == "几时到账"


def test_only_a_plain_yes_says_that_money_arrived() -> None:
    assert replies.says_arrived("到账了", "affirm") is True
    assert replies.says_arrived("是的", "affirm") is True
    for words in ("对的 提交", "好的", "可以", "确认提交"):
        assert replies.says_arrived(words, "affirm") is None, words
    assert replies.says_arrived("没收到", "deny") is False
    assert replies.says_arrived("还没有呢", "deny") is False
    for words in ("另一个呢", "手头没有图，先提交", "没问题"):
        assert replies.says_arrived(words, "deny") is None, words


def test_an_unpaid_order_and_the_word_that_it_was_paid() -> None:
    assert payment_words.says_paid("已经扣款了呀")
    assert not payment_words.says_paid("还没付呢，怎么付")


def test_a_question_about_money_is_no_complaint() -> None:
    assert reading.asks_whether("钱退了没，退了多少")
    assert reading.asks_whether("到账了没有")
    assert not reading.asks_whether("退款还没到账")
    assert not reading.asks_whether("钱退了吗，我没收到")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("卖家失联，不发卡，我要我的钱", "no_delivery"),
        ("我没拿到东西", "no_delivery"),
        ("tk 没fahuo", "no_delivery"),
        ("迅雷卡是用过的", "invalid_card_key"),
    ],
)
def test_reasons_in_more_words(words: str, reason: str) -> None:
    assert reading.reason_in_words(words) == reason


def test_keys_hit_at_random_are_told_from_pinyin_and_english() -> None:
    assert gibberish("qwwqeq")
    assert not gibberish("qingwen") and not gibberish("quick")


def test_mere_words_are_no_fraud() -> None:
    assert not speaks_of_fraud("先交吧后面补")
    assert speaks_of_fraud("有人加我让我先交钱")


def test_a_bare_wish_tells_no_reason() -> None:
    for words in (
        "你好，KM202611230001'; DROP TABLE orders;-- 退款。",
        "KM202612010001 申请退款",
        "麻烦帮我退一下",
    ):
        assert reading.bare_wish(words), words
    for words in (
        "扣了两次 退款",
        "没发货退钱",
        "不想要了退款",
        "charged twice 退款",
        "卡密 退款",
        "你好",
        "不退款",
    ):
        assert not reading.bare_wish(words), words
