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
