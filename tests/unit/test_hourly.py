"""A chore once an hour of the clock that it goes by."""

from __future__ import annotations

from tuika.bootstrap.hourly import Hourly


class Chore:
    def __init__(self) -> None:
        self.runs, self.left, self.at = 0, 0, 1_000.0
        self.hourly = Hourly(self.work, now=lambda: self.at)

    def work(self) -> int:
        self.runs += 1
        self.left = max(0, self.left - 1)
        return self.left

    def after(self, seconds: float) -> int:
        self.at += seconds
        self.hourly()
        return self.runs


def test_it_works_at_once_then_each_hour() -> None:
    chore = Chore()
    assert [chore.after(s) for s in (0, 1, 3_598, 1)] == [1, 1, 1, 2]


def test_as_long_as_there_is_something_it_goes_on() -> None:
    chore = Chore()
    chore.left = 3
    assert [chore.after(s) for s in (0, 1, 1, 1)] == [1, 2, 3, 3]


def test_a_jump_of_the_clock_is_followed_both_ways() -> None:
    """Two hundred days forward at the demo page, and back again: neither makes anybody wait."""
    chore = Chore()
    assert [chore.after(s) for s in (0, 200 * 86_400, 1, -200 * 86_400, 1)] == [1, 2, 2, 3, 3]
