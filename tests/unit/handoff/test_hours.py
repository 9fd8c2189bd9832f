"""Opening times, the next opening, and support time that passes only while people are there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuika.clock import SHANGHAI
from tuika.errors import SettingsError
from tuika.handoff.brief import MAX_BRIEF, compose
from tuika.handoff.hours import SupportHours, beijing
from tuika.refunds.calendar import WorkDays

DAY = SupportHours.from_settings("09:00", "21:00")
NIGHT = SupportHours.from_settings("20:00", "02:00")
ALWAYS = SupportHours.from_settings("00:00", "24:00")


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("hours", "moment", "open_"),
    [
        (DAY, at(9), True),
        (DAY, at(8, 59), False),
        (DAY, at(20, 59), True),
        (DAY, at(21), False),
        (NIGHT, at(23), True),
        (NIGHT, at(1, 59), True),
        (NIGHT, at(2), False),
        (NIGHT, at(12), False),
        (ALWAYS, at(3), True),
    ],
)
def test_opening_is_inclusive_and_closing_exclusive(
    hours: SupportHours, moment: datetime, open_: bool
) -> None:
    assert hours.is_open(moment) is open_
    assert hours.is_open(moment.astimezone(UTC)) is open_


def test_the_next_opening_is_now_or_the_coming_one() -> None:
    assert DAY.next_opening(at(12)) == at(12)
    assert DAY.next_opening(at(7)) == at(9)
    assert DAY.next_opening(at(22)) == at(9, day=24)
    assert NIGHT.closing(at(23)) == at(2, day=24)


def test_support_time_stands_still_at_night() -> None:
    assert DAY.add(at(20, 45), timedelta(minutes=30)) == at(9, 15, day=24)
    assert DAY.add(at(22), timedelta(minutes=30)) == at(9, 30, day=24)
    assert DAY.add(at(10), timedelta(hours=24)) == at(10, day=25)
    assert ALWAYS.add(at(22), timedelta(hours=3)) == at(1, day=24)


@given(st.integers(0, 60 * 48), st.integers(1, 60 * 40), st.sampled_from([DAY, NIGHT, ALWAYS]))
def test_what_is_promised_is_later_and_in_hours(minutes: int, working: int, hours: SupportHours) -> None:
    now = at(0) + timedelta(minutes=minutes)
    promised = hours.add(now, timedelta(minutes=working))
    assert promised >= now + timedelta(minutes=working)
    assert hours.is_open(promised - timedelta(seconds=1))


@pytest.mark.parametrize("text", ["", "9", "24:01", "12:60", "ab:cd", "-1:00"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        SupportHours.from_settings(text, "21:00")


def test_words_for_people() -> None:
    assert DAY.text == "每天 9:00–21:00（北京时间）"
    assert SupportHours.from_settings("12:00", "24:00").text == "每天 12:00–24:00（北京时间）"
    assert ALWAYS.text.startswith("全天")
    assert beijing(at(21), now=at(9)) == "今天 21:00"
    assert beijing(at(9, 30, day=24), now=at(22)) == "明天 09:30"
    assert beijing(at(9, day=28), now=at(22)) == "11月28日 09:00"


def test_a_brief_is_bounded_and_leaves_out_what_is_unknown() -> None:
    text = compose(wants="转人工", last_words=["买家：卡用不了\n真的", "客服：请稍等"])
    assert text.splitlines() == [
        "买家想要：转人工",
        "已传材料：无",
        "最近对话：买家：卡用不了 真的 / 客服：请稍等",
    ]
    long = compose(wants="w" * 9000, order="o" * 9000, why=["y" * 9000], last_words=["z" * 9000] * 40)
    assert len(long) <= MAX_BRIEF


def rest(day: date) -> bool:
    return not WorkDays().is_working(day)[0]


SHORT = SupportHours.from_settings("09:00", "21:00", rest="10:00-18:00", is_rest=rest)
SHUT = SupportHours.from_settings("09:00", "21:00", rest="closed", is_rest=rest)
OVER = SupportHours.from_settings("20:00", "02:00", rest="closed", is_rest=rest)


def test_days_of_rest_follow_the_chinese_calendar() -> None:
    saturday, monday = at(9, 30, day=28), at(9, 30, day=30)
    assert not SHORT.is_open(saturday) and SHORT.is_open(saturday + timedelta(hours=1))
    assert SHORT.next_opening(saturday) == at(10, day=28) and SHORT.closing(saturday) == at(18, day=28)
    assert SHUT.next_opening(saturday) == at(9, day=30) and SHUT.is_open(monday)
    assert SHUT.add(at(20, 45, day=27), timedelta(minutes=30)) == at(9, 15, day=30)
    assert OVER.is_open(at(1, day=28)) and not OVER.is_open(
        at(1, day=29)
    )  # Friday's night runs into Saturday
    national = datetime(2026, 10, 1, 12, tzinfo=SHANGHAI)  # a holiday on a Thursday
    assert not SHUT.is_open(national)
    makeup = datetime(2026, 10, 10, 12, tzinfo=SHANGHAI)  # a Saturday that is worked to make up for it
    assert SHUT.is_open(makeup)


def test_rest_hours_are_said_and_checked() -> None:
    assert SHORT.text == "工作日 9:00–21:00，休息日 10:00–18:00（北京时间）"
    assert SHUT.text == "工作日 9:00–21:00，休息日不上班（北京时间）"
    assert SupportHours.from_settings("09:00", "21:00", rest="09:00-21:00", is_rest=rest).text == DAY.text
    for wrong in ("shut", "10:00", "10:00-", "25:00-26:00"):
        with pytest.raises(SettingsError):
            SupportHours.from_settings("09:00", "21:00", rest=wrong, is_rest=rest)


def test_nobody_ever_there_promises_something_finite() -> None:
    never = SupportHours.from_settings("09:00", "21:00", rest="closed", is_rest=lambda day: True)
    assert never.add(at(12), timedelta(minutes=30)) > at(12)
