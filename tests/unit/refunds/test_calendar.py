"""Working days with holidays and make-up days, hours of support."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuika.clock import SHANGHAI, shanghai
from tuika.handoff.hours import SupportHours
from tuika.refunds.calendar import ChineseWorkCalendar, WorkDays

CALENDAR = ChineseWorkCalendar(SupportHours.from_settings("09:00", "21:00"))
MOMENTS = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001 hypothesis adds the zone itself
    datetime(2028, 12, 1),  # noqa: DTZ001
    timezones=st.just(SHANGHAI),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-23T12:00", 3, "2026-11-26T12:00"),
        ("2026-11-27T18:30", 3, "2026-12-02T18:30"),  # over a weekend
        ("2026-11-28T10:00", 1, "2026-11-30T10:00"),  # begun on a Saturday
        ("2026-09-30T12:00", 1, "2026-10-08T12:00"),  # National Day
        ("2026-10-09T12:00", 1, "2026-10-10T12:00"),  # a Saturday that is worked
    ],
)
def test_working_days(start, days, end):
    assert CALENDAR.add_working_days(at(start), days) == (at(end), False)


def test_a_year_without_published_holidays_is_an_estimate():
    end, estimate = CALENDAR.add_working_days(at("2026-12-31T12:00"), 2)
    assert estimate
    assert end == at("2027-01-04T12:00")


@given(MOMENTS, st.integers(1, 12))
def test_a_working_deadline_falls_on_a_working_day_at_the_same_time(moment, days):
    end, _ = CALENDAR.add_working_days(moment, days)
    assert shanghai(end).time() == shanghai(moment).time()
    assert WorkDays().is_working(shanghai(end).date())[0]
    assert end - moment >= timedelta(days=days)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-23T12:00", 12, "2026-11-24T12:00"),
        ("2026-11-23T07:00", 2, "2026-11-23T11:00"),
        ("2026-11-23T22:00", 1, "2026-11-24T10:00"),
        ("2026-11-23T20:00", 1, "2026-11-23T21:00"),
        ("2026-11-28T20:30", 13, "2026-11-30T09:30"),  # weekends are manned
    ],
)
def test_support_hours(start, hours, end):
    assert CALENDAR.add_support_hours(at(start), hours) == at(end)


@given(MOMENTS, st.integers(0, 100))
def test_support_ends_while_somebody_is_there(moment, hours):
    end = shanghai(CALENDAR.add_support_hours(moment, hours))
    assert 9 <= end.hour < 21 or (end.hour, end.minute, end.second, end.microsecond) == (21, 0, 0, 0)


def test_around_the_clock():
    calendar = ChineseWorkCalendar(SupportHours.from_settings("00:00", "00:00"))
    assert calendar.add_support_hours(at("2026-11-23T20:00"), 30) == at("2026-11-25T02:00")


@pytest.mark.parametrize(
    ("rest", "start", "hours", "end"),
    [
        ("closed", "2026-11-27T20:00", 2, "2026-11-30T10:00"),  # Friday evening, then Monday
        ("closed", "2026-09-30T20:30", 1, "2026-10-08T09:30"),  # over National Day
        ("closed", "2026-10-09T20:00", 2, "2026-10-10T10:00"),  # a Saturday that is worked
        ("10:00-18:00", "2026-11-27T20:00", 2, "2026-11-28T11:00"),
    ],
)
def test_hours_of_support_on_days_of_rest_are_the_desks(rest, start, hours, end):
    hours_of = SupportHours.from_settings(
        "09:00", "21:00", rest=rest, is_rest=lambda day: not WorkDays().is_working(day)[0]
    )
    assert ChineseWorkCalendar(hours_of).add_support_hours(at(start), hours) == at(end)
