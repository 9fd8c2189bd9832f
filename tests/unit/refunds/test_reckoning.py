"""A deadline that was an estimate becomes certain when the holidays of its year are known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tuika.clock import FixedClock
from tuika.handoff.hours import SupportHours
from tuika.orders.model import KeyCheck
from tuika.refunds import telling
from tuika.refunds.calendar import ChineseWorkCalendar, WorkDays
from tuika.refunds.due import DueKind
from tuika.refunds.events import CaseEventType as E
from tuika.refunds.holidays import HolidayYear
from tuika.refunds.reckoning import Reckoning
from tuika.refunds.states import CaseState as S

from .market import INVALID, KEY_PICTURES, hours, with_key

BEGIN = datetime(2026, 12, 28, 4, 0, tzinfo=UTC)  # a Monday, noon in Beijing
SUPPORT = SupportHours.from_settings("09:00", "21:00")


def year(*, new_year: str = "2027-01-01..2027-01-03", workdays: tuple[str, ...] = ()) -> HolidayYear:
    days = [new_year, "2027-02-05..2027-02-12", "2027-05-01..2027-05-05", "2027-10-01..2027-10-07"]
    return HolidayYear(year=2027, holidays=days, workdays=list(workdays))


def reviewed(make_world):
    """A case whose review began on Wednesday the 30th: three days later by weekdays is Monday the 4th."""
    sold = with_key(check=KeyCheck.UNKNOWN, paid_at=BEGIN - hours(3))
    keys = (replace(sold.keys[0], revealed_at=BEGIN - hours(2)),)
    sold = replace(sold, delivered_at=BEGIN - hours(2), keys=keys)
    world = make_world(sold, clock=FixedClock(BEGIN))
    case = world.file(claim=INVALID, evidence=KEY_PICTURES)
    world.jump(hours(48))
    case = world.case(case.case_no)
    assert (case.state, case.deadline.estimate) == (S.PLATFORM_REVIEW, True)
    assert "预计 1月4日 12:00 前" in telling.progress(case, world.clock.now()).text
    return world, case


def publish(world, known: HolidayYear) -> int:
    calendar = ChineseWorkCalendar(SUPPORT, WorkDays({2027: known}))
    world.refunds.tools = replace(world.refunds.tools, calendar=calendar)
    return Reckoning(world.refunds, world.units).run()


def waiting(world, case_no: str):
    with world.units() as uow:
        return [row.due_at for row in uow.due.waiting(DueKind.REVIEW, case_no)]


def test_the_wording_and_the_due_row_follow_the_published_days(make_world):
    world, case = reviewed(make_world)
    assert publish(world, year()) == 1
    case = world.case(case.case_no)
    assert case.deadline.at == datetime(2027, 1, 5, 4, 0, tzinfo=UTC)
    assert waiting(world, case.case_no) == [case.deadline.at]
    assert "最迟 1月5日 12:00 前" in telling.progress(case, world.clock.now()).text
    assert "预计" not in telling.progress(case, world.clock.now()).text
    assert case.happened(E.DEADLINE_RECKONED)
    assert publish(world, year()) == 0


def test_the_same_day_only_loses_the_word_estimate(make_world):
    world, case = reviewed(make_world)
    at = case.deadline.at
    assert publish(world, year(new_year="2027-01-01", workdays=("2027-01-02",))) == 1
    case = world.case(case.case_no)
    assert (case.deadline.at, case.deadline.estimate, waiting(world, case.case_no)) == (at, False, [at])


def test_a_time_that_would_have_passed_stays(make_world):
    world, case = reviewed(make_world)
    late = case.deadline.at + timedelta(days=1)
    with world.units() as uow:
        moved = replace(case, deadline=replace(case.deadline, at=late))
        uow.cases.save(moved, expected=case.state)
    world.clock.set(case.deadline.at + hours(1))
    assert publish(world, year()) == 1
    assert world.case(case.case_no).deadline.at == late


def test_nothing_is_touched_while_the_year_is_unknown(make_world):
    world, case = reviewed(make_world)
    assert Reckoning(world.refunds, world.units).run() == 0
    assert world.case(case.case_no) == case


def test_the_file_wins_over_the_library():
    days = WorkDays({2026: HolidayYear(year=2026, holidays=[f"2026-{m:02d}-{d:02d}" for m, d in FIXED])})
    assert days.is_working(date(2026, 10, 6)) == (True, False)
    assert WorkDays().is_working(date(2026, 10, 6)) == (False, False)
    assert (WorkDays().knows(2026), WorkDays().knows(2099)) == (True, False)


FIXED = [
    (1, 1),
    (2, 16),
    (2, 17),
    (2, 18),
    (2, 19),
    (4, 5),
    (5, 1),
    (5, 2),
    (6, 19),
    (9, 25),
    (10, 1),
    (10, 2),
    (10, 3),
]


@pytest.mark.parametrize("days", [1, 3, 20])
def test_a_known_year_is_no_estimate(days: int):
    calendar = ChineseWorkCalendar(SUPPORT, WorkDays({2027: year()}))
    assert calendar.add_working_days(datetime(2027, 3, 1, tzinfo=UTC), days)[1] is False
