"""Beats on both databases: who is alive, who was killed, who went."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tuika.heartbeat import EVERY, FORGOTTEN, SILENCE, Heart
from tuika.ids import SequentialIds
from tuika.storage.uow import UnitOfWorkFactory

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


class Times:
    def __init__(self) -> None:
        self.passed = 0.0

    def wall(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed


def heart_of(units: UnitOfWorkFactory, times: Times, kind: str = "worker") -> Heart:
    return Heart(kind, ids=SequentialIds(), units=units, wall=times.wall, monotonic=times.monotonic)


def test_a_process_is_one_row_beaten_every_ten_seconds(units: UnitOfWorkFactory) -> None:
    times = Times()
    heart = heart_of(units, times)
    beats = []
    for second in range(25):
        times.passed = float(second)
        beats.append(heart.beat())
    assert beats.count(True) == 3
    with units.reading() as uow:
        (row,) = uow.processes.all()
    assert (row.kind, row.pid, row.seen_at) == ("worker", os.getpid(), NOW + timedelta(seconds=2 * EVERY))
    assert row.is_alive(times.wall())
    heart.stop()
    with units.reading() as uow:
        assert uow.processes.all() == []


def test_the_killed_are_dead_at_once_here_and_after_a_while_elsewhere(units: UnitOfWorkFactory) -> None:
    times = Times()
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    killed = replace(heart_of(units, times).process, pid=ended.pid)
    assert not killed.is_alive(NOW)
    elsewhere = replace(killed, host="another-machine")
    assert elsewhere.is_alive(NOW + SILENCE)
    assert not elsewhere.is_alive(NOW + SILENCE + timedelta(seconds=1))


def test_rows_of_the_killed_go_after_a_day(units: UnitOfWorkFactory) -> None:
    times = Times()
    old = replace(heart_of(units, times).process, id="pr_old")
    with units() as uow:
        uow.processes.beat(old)
    times.passed = FORGOTTEN.total_seconds() + 1
    heart_of(units, times, "hub").beat()
    with units.reading() as uow:
        assert [each.kind for each in uow.processes.all()] == ["hub"]
