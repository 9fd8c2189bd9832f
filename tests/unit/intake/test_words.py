"""What plain words say, beside the engine: problems, wishes, drops, contests."""

from __future__ import annotations

import pytest

from tuika.intake import reading, replies
from tuika.intake.scam_words import asks_in_general, lost_money


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("等到十点还没动静", "no_delivery"),
        ("单子没打完就不管了", "no_delivery"),
        ("弹窗说该卡已被绑定，用不了", "invalid_card_key"),
        ("少给我了，30的卡就充了20", "not_as_described"),
        ("五张少发一张", "no_delivery"),
        ("今天真冷", None),
    ],
)
def test_a_problem_in_words(text: str, reason: str | None) -> None:
    assert reading.reason_in_words(text) == reason


@pytest.mark.parametrize(
    ("text", "dropped"),
    [("没事了不用了", True), ("算了不退了", True), ("算了直接退钱吧", False), ("截图算了，先提交吧", False)],
)
def test_dropped_in_a_few_words(text: str, dropped: bool) -> None:
    assert replies.drops(text) is dropped


def test_wishes_need_words() -> None:
    assert reading.names_part("退一半就行")
    assert not reading.names_part("卡过期了，退我")
    assert reading.names_other("给我换一张")
    assert not reading.names_other("三小时了退钱")


def test_several_numbers_together_or_one_for_another() -> None:
    assert reading.names_several("KM1和KM2都没发")
    assert not reading.names_several("不是KM1，是KM2")


def test_goods_missing_are_no_missing_refund() -> None:
    assert reading.misses_goods("没收到货退款")
    assert not reading.misses_goods("退款没收到")


def test_a_general_question_tells_of_nobody() -> None:
    assert asks_in_general("你们退款会叫我交保证金吗")
    assert not asks_in_general("有人说是你们客服要我交保证金，会是真的吗")


@pytest.mark.parametrize(
    ("text", "lost"),
    [("被转走1800块", True), ("已经给他转过去了", True), ("让我借3000再转给他", None), ("没转", False)],
)
def test_whether_money_is_gone(text: str, lost: bool | None) -> None:
    assert lost_money(text) is lost
