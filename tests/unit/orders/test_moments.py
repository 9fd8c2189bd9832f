"""Times as buyers say them, counted from Wednesday 2026-11-25, 10:00 in Beijing."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from tuika.clock import SHANGHAI
from tuika.orders.moments import Precision, moments_in

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
MINUTE, HOUR, PART, DAY, STRETCH = (
    Precision.MINUTE,
    Precision.HOUR,
    Precision.PART,
    Precision.DAY,
    Precision.STRETCH,
)


def at(text: str) -> datetime:
    return datetime.strptime(text if len(text) > 11 else f"2026-{text}", "%Y-%m-%d %H:%M").replace(
        tzinfo=SHANGHAI
    )


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("上个礼拜三晚上八点多", "11-18 20:00", "11-18 21:00", HOUR),
        ("昨天下午", "11-24 12:00", "11-24 18:00", PART),
        ("11月3号", "11-03 00:00", "11-04 00:00", DAY),
        ("前天", "11-23 00:00", "11-24 00:00", DAY),
        ("大前天凌晨两点", "11-22 02:00", "11-22 03:00", HOUR),
        ("十一月三号晚上", "11-03 18:00", "11-04 00:00", PART),
        ("２１号下午三点半", "11-21 15:30", "11-21 15:31", MINUTE),
        ("昨晚10点左右", "11-24 21:30", "11-24 22:30", HOUR),
        ("昨天20:15", "11-24 20:15", "11-24 20:16", MINUTE),
        ("今天早上", "11-25 05:00", "11-25 11:00", PART),
        ("昨儿个晚上", "11-24 18:00", "11-25 00:00", PART),
        ("前天中午一点", "11-23 13:00", "11-23 14:00", HOUR),
        ("三天前", "11-22 00:00", "11-23 00:00", DAY),
        ("周一", "11-23 00:00", "11-24 00:00", DAY),
        ("星期四", "11-19 00:00", "11-20 00:00", DAY),
        ("上上周五", "11-13 00:00", "11-14 00:00", DAY),
        ("上周末", "11-21 00:00", "11-23 00:00", STRETCH),
        ("上个礼拜", "11-16 00:00", "11-23 00:00", STRETCH),
        ("上个月28号", "10-28 00:00", "10-29 00:00", DAY),
        ("上个月底", "10-21 00:00", "11-01 00:00", STRETCH),
        ("上个月", "10-01 00:00", "11-01 00:00", STRETCH),
        ("2026-11-03", "11-03 00:00", "11-04 00:00", DAY),
        ("11/3下午", "11-03 12:00", "11-03 18:00", PART),
        ("去年12月5日", "2025-12-05 00:00", "2025-12-06 00:00", DAY),
        ("12月30号", "2025-12-30 00:00", "2025-12-31 00:00", DAY),  # not yet this year
        ("30号", "10-30 00:00", "10-31 00:00", DAY),
        ("晚上八点多", "11-24 20:00", "11-24 21:00", HOUR),  # the last time that it was so late
        ("明天下午", "11-26 12:00", "11-26 18:00", PART),
    ],
)
def test_one_moment(text: str, start: str, end: str, precision: Precision) -> None:
    (moment,) = moments_in(text, NOW)
    assert (moment.start, moment.end, moment.precision) == (at(start), at(end), precision)


@pytest.mark.parametrize(("text", "minutes"), [("半小时前", 30), ("一个半小时前", 90), ("二十分钟前", 20)])
def test_so_long_ago_has_some_slack(text: str, minutes: int) -> None:
    (moment,) = moments_in(text, NOW)
    assert moment.holds(NOW - timedelta(minutes=minutes))
    assert not moment.holds(NOW) and not moment.holds(NOW - timedelta(minutes=2 * minutes))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "等了3天了",
        "退3块",
        "第三个",
        "3号楼",
        "QQ号",
        "有一点问题",
        "便宜一点",
        "3点券",
        "晚上",
        "2月30号",
        "订单号KM202611210001",
        "每周三次",
        "9.9元",
        "25点",
    ],
)
def test_no_moment(text: str) -> None:
    assert moments_in(text, NOW) == ()


def test_what_is_taken_back_is_marked() -> None:
    assert [moment.denied for moment in moments_in("不是昨天，是前天买的", NOW)] == [True, False]
    assert [moment.denied for moment in moments_in("是不是昨天那单", NOW)] == [False]


def test_offsets_are_those_of_the_folded_text() -> None:
    (moment,) = moments_in("我 上个 礼拜三 买的", NOW)
    assert (moment.at, moment.until) == (1, 6)


def test_the_day_is_the_one_in_beijing() -> None:
    late = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # 01:00 on the 25th
    assert moments_in("昨天", late)[0].start == at("11-24 00:00")


@pytest.mark.parametrize("unit", ["昨天", "11月3号", "十", "3", "上", "八点多", "周", "不是昨天"])
def test_no_text_makes_it_slow(unit: str) -> None:
    started = time.process_time()
    moments_in((unit * 2000)[:2000], NOW)
    assert time.process_time() - started < 0.2
