"""The demo clock: one row that every process reads."""

from __future__ import annotations

from datetime import timedelta

from tuika.clock import at_instant
from tuika.storage.demo_clock import DemoClock

from .build import NOW

HOUR = timedelta(hours=1)


class Watch:
    """Real time and ticks, moved by hand."""

    def __init__(self) -> None:
        self.real, self.tick = NOW, 0.0

    def step(self, seconds: float) -> None:
        self.real += timedelta(seconds=seconds)
        self.tick += seconds


def two(database):
    watch = Watch()
    return watch, *[DemoClock(database, real=lambda: watch.real, ticks=lambda: watch.tick) for _ in range(2)]


def test_it_is_real_time_until_moved_and_runs_on(database):
    watch, clock, _ = two(database)
    assert clock.now() == NOW
    clock.set(NOW + 5 * HOUR)
    assert clock.now() == NOW + 5 * HOUR
    watch.step(60)
    assert clock.now() == NOW + 5 * HOUR + timedelta(minutes=1)
    clock.advance(HOUR)
    assert clock.now() == NOW + 6 * HOUR + timedelta(minutes=1)
    clock.reset()
    assert clock.now() == watch.real


def test_another_process_sees_it_within_a_tenth_of_a_second(database):
    watch, mine, other = two(database)
    assert other.now() == NOW
    mine.set(NOW + HOUR)
    watch.step(0.11)
    assert other.now() == mine.now() == NOW + HOUR + timedelta(seconds=0.11)


def test_a_pinned_instant_wins(database):
    _, clock, _ = two(database)
    with at_instant(NOW - HOUR):
        assert clock.now() == NOW - HOUR
    assert clock.now() == NOW


def test_one_jump_at_a_time_and_a_dead_jumper_is_forgotten(database):
    watch, mine, other = two(database)
    assert mine.begin_jump()
    assert other.jumping() and not other.begin_jump()
    watch.step(59)
    mine.renew_jump()
    watch.step(59)
    assert other.jumping()
    mine.end_jump(NOW + HOUR)
    assert not other.jumping() and mine.now() == NOW + HOUR
    assert other.begin_jump()
    watch.step(61)
    assert not mine.jumping() and mine.begin_jump()
    mine.end_jump(None)
    assert mine.now() == NOW + HOUR + timedelta(seconds=61)


def test_the_clock_goes_back_and_far(database):
    _, clock, _ = two(database)
    for target in (NOW - timedelta(days=400), NOW + timedelta(days=4000)):
        clock.set(target)
        assert clock.now() == target
