"""Words that mean an order without naming it: its state, its price, or simply more of the story."""

from __future__ import annotations

import pytest

from tuika.intake.order_words import tells_on
from tuika.intake.reading import the_other


@pytest.mark.parametrize(
    "text",
    [
        "没充过 我刚买的我咋可能充过",
        "显示已使用",
        "没别的提示 就说兑换失败",
        "看过 没用",
        "退",
        "2025年就过期了",
        "你快点处理",
        "没拆",
        "换了手机也一样",
    ],
)
def test_more_of_the_story(text: str) -> None:
    assert tells_on(text)


@pytest.mark.parametrize(
    "text",
    [
        "不是这张卡",
        "另一单没发货",
        "没买过这个",
        "没有",
        "哪笔退款",
        "要多久退",
        "转人工",
        "之前那张卡",
        "错了 是话费",
        "",
    ],
)
def test_another_order_a_no_or_a_question(text: str) -> None:
    assert not tells_on(text)


def test_the_other_of_two() -> None:
    assert the_other("好了 另一个")
    assert not the_other("我还有问题")
