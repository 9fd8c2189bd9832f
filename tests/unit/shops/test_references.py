"""What is an order number, what is a payment serial, and what only looks like one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuika.orders.references import ReferenceKind, find_references, normalise_reference

ALIPAY = "2026112122001400000000010001"
WECHAT = "4200002611202611210000000002"


def values(text: str) -> list[str]:
    return [found.value for found in find_references(text)]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("KM202611210001", "KM202611210001", "order_no"),
        ("km202611210001", "KM202611210001", "order_no"),
        ("DJ20261121080000123456", "DJ20261121080000123456", "order_no"),
        ("DJ20261121080000123456-01", "DJ20261121080000123456-01", "order_no"),
        ("A1B2C3D4E5F6G7H8", "A1B2C3D4E5F6G7H8", "order_no"),
        ("123456789012345678", "123456789012345678", "order_no"),
        ("20261121080000aB3dE", "20261121080000AB3DE", "order_no"),
        ("k9f3a1c7e5b2d8k9f3a1c7e5b2d", "K9F3A1C7E5B2D8K9F3A1C7E5B2D", "order_no"),
        ("zlkb2026112108000012345", "ZLKB2026112108000012345", "order_no"),
        ("HD2024071500231", "HD2024071500231", "order_no"),
        ("DD7730215", "DD7730215", "order_no"),
        ("DD 7730215", "DD7730215", "order_no"),
        ("DD-7730215", "DD7730215", "order_no"),
        ("ORD-20261121-001", "ORD20261121001", "order_no"),
        (ALIPAY, ALIPAY, "payment_serial"),
        (WECHAT, WECHAT, "payment_serial"),
        ("2026112122001", "2026112122001", "number"),
    ],
)
def test_each_format(text: str, value: str, kind: str) -> None:
    for sentence in (text, f"我的订单{text}一直没到", f"单号：{text}，麻烦查下", f"（{text}）"):
        found = find_references(sentence)
        assert [(f.value, f.kind.value) for f in found] == [(value, kind)], sentence


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ＫＭ２０２６１１２１０００１", "KM202611210001"),
        ("KM 2026 1121 0001", "KM202611210001"),
        ("KM-2026-1121-0001", "KM202611210001"),
        ("km2026–1121–0001", "KM202611210001"),
        ("KM\u30002026\u300011210001", "KM202611210001"),
        ("KM2026\u200b11210001", "KM202611210001"),
        ("DJ 20261121 080000 123456-01", "DJ20261121080000123456-01"),
        ("2026 1121 2200 1400 0000 0001 0001", ALIPAY),
        ("4200-0026-1120-2611-2100-0000-0002", WECHAT),
        ("123456 789012 345678", "123456789012345678"),
    ],
)
def test_full_width_blanks_and_dashes(text: str, value: str) -> None:
    assert values(f"订单 {text} 没发货") == [value]


@pytest.mark.parametrize(
    "text",
    [
        "13800000001",
        "+86 13800000001",
        "8613800000001",
        "138 0000 0001",
        "138-0000-0001",
        "电话13800000001，98元",
        "QQ123456789",
        "qq 123456789",
        "qq-123456789",
        "vx13800000001",
        "Tel 13800000001",
        "ABCD-1234-EFGH-5678",
        "ABCD1234-EFGH5678",
        "THISISNODIGITSAT",
        "abcd1234efgh5678",
        "RF7KQ2M9XD",
        "RF23456789",
        "lin20261121@qq.com",
        "12345678901",
        "2026-11-21 08:00:00",
        "两百块 100元 50",
        "",
        "paid 20261121",
    ],
)
def test_what_is_none(text: str) -> None:
    assert values(text) == []


def test_the_number_ends_where_it_ends() -> None:
    assert values("KM202611210001 100元") == ["KM202611210001"]
    assert values("KM202611210001,2件") == ["KM202611210001"]
    assert values("KM2026112100012") == ["KM2026112100012"]  # one digit more: another shop's format


def test_a_phone_beside_a_number_is_not_joined_to_it() -> None:
    assert values("13800000001 1234567") == []
    assert values("KM202611210001 13800000001") == ["KM202611210001"]


def test_most_specific_first_then_as_written() -> None:
    text = f"流水 2026112122001 和 {ALIPAY}，订单 DD7730215、DD7730216 还是 km202611210001？"
    assert values(text) == ["KM202611210001", ALIPAY, "DD7730215", "DD7730216", "2026112122001"]


@pytest.mark.parametrize(
    "text", ["看看ＫＭ２０２６ １１２１ ０００１吧", "a\u200bKM2026 11210001", "㍿ KM202611210001"]
)
def test_spans_point_into_the_text_as_given(text: str) -> None:
    for found in find_references(text):
        start, end = found.span
        assert normalise_reference(text[start:end]).replace("-", "") == found.value


@given(st.text(alphabet="KMDJ0123456789 -－ＫＭ１２３abAB单号,@", max_size=60))
def test_candidates_never_overlap_and_stay_in_the_text(text: str) -> None:
    spans = sorted(found.span for found in find_references(text))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))


@given(st.from_regex("KM[0-9]{12}|DJ20[0-9]{18}|4200[0-9]{24}", fullmatch=True), st.data())
def test_a_number_survives_any_single_separators(number: str, data: st.DataObject) -> None:
    cut = data.draw(st.sets(st.integers(3, len(number) - 1), max_size=4))
    written = "".join((" " if i in cut else "") + c for i, c in enumerate(number))
    parts = written.split(" ")
    if any(part.isdigit() and len(part) in (11, 13) for part in parts):
        return  # a group that reads as a phone number is left alone
    assert values(written) == [number]


def test_every_kind_is_a_word() -> None:
    assert {kind.value for kind in ReferenceKind} == {"order_no", "payment_serial", "number"}
