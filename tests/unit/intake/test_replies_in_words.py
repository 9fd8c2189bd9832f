"""Answers in a buyer's own words: to the summary, to the picture that is asked for."""

from __future__ import annotations

import pytest

from tuika.intake import replies


@pytest.mark.parametrize(
    "text",
    [
        "是的，提交",
        "嗯就这么办",
        "没毛病 交吧",
        "那好 提交",
        "可以，帮我提交",
        "提交",
        "确认提交",
        "对的，提交吧",
    ],
)
def test_a_plain_yes(text: str) -> None:
    assert replies.to_summary(text) is True


@pytest.mark.parametrize(
    "text", ["别交，我再等等看", "先等等，不提交", "先不提交了", "还是算了我再等会儿", "不提交了，算了"]
)
def test_a_plain_no(text: str) -> None:
    assert replies.to_summary(text) is False


@pytest.mark.parametrize(
    "text", ["提交吗", "确认提交吗", "那提交了之后多久到", "退到哪里", "要得", "原因写得不对"]
)
def test_neither_is_plainly_said(text: str) -> None:
    assert replies.to_summary(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "图在另一个手机上，晚上补给你",
        "等会儿再传，先帮我交了",
        "我现在手头没有，回家再拍行吗",
        "截图删了",
        "真没有，先这样交吧",
    ],
)
def test_going_on_without_the_picture(text: str) -> None:
    assert replies.goes_on_without(text)


def test_a_moment_is_not_a_no() -> None:
    assert replies.asks_patience("我再找找")
    assert not replies.goes_on_without("我再找找")
    assert not replies.drops("我再找找")


@pytest.mark.parametrize("text", ["不等了 退钱", "等不及了，退吧", "真的等不了了 直接退款"])
def test_who_has_had_enough_says_yes(text: str) -> None:
    assert replies.to_summary(text) is True


def test_a_threat_to_refund_is_no_no() -> None:
    assert replies.to_summary("再不发就退了") is None


@pytest.mark.parametrize("text", ["收到了 谢谢", "刚刚到货了", "已经收到了，不用退了"])
def test_goods_that_came_meanwhile(text: str) -> None:
    assert replies.goods_came(text)


@pytest.mark.parametrize("text", ["收到了吗", "没收到", "收到了一张 还差一张", "钱到了没"])
def test_goods_that_did_not_come(text: str) -> None:
    assert not replies.goods_came(text)


def test_not_used_is_no_word_about_pictures() -> None:
    assert replies.of_use("没激活 没刮")
    assert not replies.of_use("没有截图")
