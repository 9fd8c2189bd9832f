from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuika.shops.demo.offsets import parse_duration, parse_moment

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("-45m", timedelta(minutes=-45)),
        ("-3d", timedelta(days=-3)),
        ("+2h", timedelta(hours=2)),
        ("45m", timedelta(minutes=45)),
        ("-90s", timedelta(seconds=-90)),
        ("0s", timedelta(0)),
        ("-0m", timedelta(0)),
    ],
)
def test_an_offset_counts_from_now(text: str, step: timedelta) -> None:
    assert parse_moment(text, now=NOW) == NOW + step


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T12:00:00+08:00",
        "2026-11-21T04:00:00Z",
        "2026-11-21t04:00:00.000z",
        "2026-11-21 12:00:00+08:00",
    ],
)
def test_an_absolute_time_is_itself(text: str) -> None:
    moment = parse_moment(text, now=NOW + timedelta(days=9))
    assert moment == NOW
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    ["", "m", "45", "-45", "1h30m", "-1.5h", "-45M", "- 45m", "1w", "now", "昨天", "２h", "--3d", "-3d "]
    + ["2026-11-21", "2026-11-21T12:00:00", "2026-11-21T12:00+08:00", "2026-13-21T12:00:00Z", "12:00:00Z"]
    + ["2026-11-21T25:00:00Z", "-999999999d", "9999999999s", "0001-01-01T00:00:00+08:00"],
)
def test_what_is_no_moment_is_refused_in_chinese(text: str) -> None:
    with pytest.raises(ValueError, match="[应没差]"):
        parse_moment(text, now=NOW)


@pytest.mark.parametrize("text", ["-2h", "-0s", "", "2", "2026-11-21T04:00:00Z", "999999999d", "never"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="时长"):
        parse_duration(text)


@given(count=st.integers(0, 3660), unit=st.sampled_from("smhd"))
def test_a_duration_is_the_offset_of_the_same_text(count: int, unit: str) -> None:
    step = parse_duration(f"{count}{unit}")
    assert parse_duration(f"+{count}{unit}") == step
    assert parse_moment(f"-{count}{unit}", now=NOW) == NOW - step
    assert parse_moment(f"+{count}{unit}", now=NOW) == NOW + step
