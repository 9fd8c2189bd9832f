"""Splitting long texts and reading numbered choices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuika.channels.menus import chosen, numbered
from tuika.channels.model import Limits, MenuItem
from tuika.channels.splitting import split

MENU = (MenuItem("没收到货", "qr_1"), MenuItem("卡密用不了", "qr_2"), MenuItem("2", "qr_3"))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


@given(st.text(max_size=400), st.integers(min_value=8, max_value=60))
def test_nothing_is_lost_and_nothing_is_too_long(text: str, limit: int) -> None:
    for measure in (len, _bytes):
        parts = split(text, limit, measure)
        assert all(0 < measure(part) <= limit for part in parts)
        assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("第一句话说完了。第二句话也说完了。", 12, ["第一句话说完了。", "第二句话也说完了。"]),
        (
            "他说：“退款已打出。”然后就走了，没有再说。",
            14,
            ["他说：“退款已打出。”", "然后就走了，没有再说。"],
        ),
        ("第一行\n第二行很长很长很长", 10, ["第一行", "第二行很长很长很长"][:1] + ["第二行很长很长很长"]),
        ("没有标点的一长串文字没有标点", 8, ["没有标点的一长串", "文字没有标点"]),
        ("一二三，四五六七八九十", 8, ["一二三，", "四五六七八九十"]),
        ("abcd👨‍👩‍👧efgh", 8, ["abcd", "👨‍👩‍👧efg", "h"]),
        ("", 10, []),
    ],
)
def test_a_cut_falls_where_a_reader_pauses(text: str, limit: int, parts: list[str]) -> None:
    assert split(text, limit) == parts


def test_a_limit_that_leaves_no_room_is_a_mistake() -> None:
    with pytest.raises(ValueError):
        split("abc", 7)


@pytest.mark.parametrize(
    "typed", ["1", "１", " 1 ", "①", "一", "1.", "1、", "选1", "第1个", "回复1", "没收到货"]
)
def test_a_number_in_many_ways(typed: str) -> None:
    assert chosen(typed, MENU) == MENU[0]


@pytest.mark.parametrize(
    "typed", ["0", "4", "12", "1 2", "一百", "1元", "", "没收到", "KM202611210001", "-1"]
)
def test_what_is_no_choice_is_a_text(typed: str) -> None:
    assert chosen(typed, MENU) is None


def test_a_title_that_is_a_number_wins_over_its_place() -> None:
    assert chosen("2", MENU) == MENU[2]


def test_without_a_menu_nothing_is_chosen() -> None:
    assert chosen("1", ()) is None and numbered("文字", ()) == "文字"


def test_numbers_run_from_one() -> None:
    assert numbered("哪种？", MENU[:1]) == "哪种？\n\n回复数字选择：\n1  没收到货"


def test_bytes_are_counted_where_the_channel_counts_them() -> None:
    assert Limits(text=10, in_bytes=True).measure("退款a") == 7
    assert Limits(text=10).measure("退款a") == 3
