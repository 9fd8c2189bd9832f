"""Jobs on both databases: asked once, worked by one, ended once; and a queue that may lose every message."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.redises import REDIS, redis_prefix, require_redis
from tests.switch import switched
from tuika.clock import FixedClock
from tuika.errors import Conflict, InputError, Unavailable
from tuika.ids import RandomIds
from tuika.jobs.model import Job, JobKind, JobState
from tuika.jobs.service import LEASE, TRIES, Jobs
from tuika.nodes.lookout import Lookout
from tuika.nodes.queue import WorkQueue, open_queue
from tuika.storage.uow import UnitOfWorkFactory

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SECRET = "a-secret-of-the-queue-long-enough"


class Shop:
    """Jobs whose work can be told to fail, to be silent, to say how far it is."""

    def __init__(self, units: UnitOfWorkFactory) -> None:
        self.units = units
        self.wall = NOW
        self.worked: list[str] = []
        self.fails: list[Exception] = []
        self.woken = 0
        self.clock = FixedClock(NOW)

    def jobs(self) -> Jobs:
        """A worker's or a hub's own."""
        return Jobs(
            clock=self.clock,
            ids=RandomIds(),
            units=self.units,
            works={JobKind.BACKTEST: self._work},
            wake=self._wake,
            wall=lambda: self.wall,
            ticks=lambda: 0.0,
        )

    def ask(self, subject: str = "generic", file: bytes | None = None) -> Job:
        with self.units() as uow:
            return self.jobs().ask(
                uow, JobKind.BACKTEST, subject, by="sue", given={"document": "x"}, file=file
            )

    def now(self, job: Job) -> Job:
        with self.units.reading() as uow:
            return self.jobs().get(uow, job.id)

    def _wake(self) -> None:
        self.woken += 1

    def _work(self, job: Job, tell: Any) -> dict[str, Any]:
        self.worked.append(job.subject)
        tell(1, 2)
        if self.fails:
            raise self.fails.pop()
        return {"seen": 2, "file": len(job.file or b"")}


@pytest.fixture
def shop(units: UnitOfWorkFactory) -> Shop:
    return Shop(units)


def test_a_job_is_worked_once_and_forgets_what_it_was_given(shop: Shop) -> None:
    job = shop.ask(file=b"13800000001")
    assert shop.woken == 1 and shop.now(job).state is JobState.WAITING
    assert [shop.jobs().work_due(), shop.jobs().work_due()] == [1, 0]
    done = shop.now(job)
    assert (done.state, dict(done.result), dict(done.given)) == (JobState.DONE, {"seen": 2, "file": 11}, {})
    assert (done.done, done.total, done.attempts) == (1, 2, 1)
    with shop.units.reading() as uow:
        kept = uow.connection.exec_driver_sql("SELECT file FROM jobs").scalar()
        types = [event.type for event in uow.audit.list()]
    assert kept is None
    assert types == ["policy.backtest.ended", "policy.backtest.asked"]


def test_many_workers_at_once_do_each_job_once(shop: Shop) -> None:
    subjects = [f"pack-{n}" for n in range(12)]
    for subject in subjects:
        shop.ask(subject)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: shop.jobs().work_due(), range(4))) == 12
    assert sorted(shop.worked) == sorted(subjects)


def test_one_open_job_of_a_subject(shop: Shop) -> None:
    first = shop.ask()
    with pytest.raises(Conflict):
        shop.ask()
    shop.ask("binghui")
    shop.jobs().work_due()
    assert shop.now(first).state is JobState.DONE
    shop.ask()


def test_two_who_ask_at_once_get_one_job(shop: Shop) -> None:
    start = threading.Barrier(6)

    def ask(_: int) -> bool:
        start.wait()
        try:
            shop.ask()
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(ask, range(6))) == 1


def test_a_mistake_is_told_and_not_tried_again(shop: Shop) -> None:
    job = shop.ask()
    shop.fails = [InputError("第 3 行：没有这个条款")]
    shop.jobs().work_due()
    assert (shop.now(job).state, shop.now(job).problem) == (JobState.FAILED, "第 3 行：没有这个条款")
    assert shop.worked == ["generic"]


@pytest.mark.parametrize("failure", [Unavailable("店铺不在"), RuntimeError("a bug")])
def test_anything_else_is_tried_three_times(shop: Shop, failure: Exception) -> None:
    job = shop.ask()
    shop.fails = [failure] * (TRIES - 1)
    shop.jobs().work_due()
    assert shop.now(job).state is JobState.DONE and len(shop.worked) == TRIES
    again = shop.ask()
    shop.fails = [failure] * TRIES
    shop.jobs().work_due()
    assert shop.now(again).state is JobState.FAILED and "重新提交" in shop.now(again).problem


def test_a_worker_that_died_is_followed_by_another(shop: Shop) -> None:
    job = shop.ask()
    with shop.units() as uow:
        dead = uow.jobs.claim(lease="dead", wall=shop.wall, lease_for=LEASE)
    assert dead is not None and shop.jobs().work_due() == 0 and not shop.jobs().is_waiting()
    shop.wall += LEASE + timedelta(seconds=1)
    assert shop.jobs().is_waiting() and shop.jobs().work_due() == 1
    with shop.units() as uow:  # it was not dead: what it says now counts for nothing
        assert not uow.jobs.progress(dead, done=9, total=9, lease_until=shop.wall)
        assert not uow.jobs.end(dead, JobState.FAILED, at=NOW, result={}, problem="late")
    assert (shop.now(job).state, shop.now(job).problem) == (JobState.DONE, "")


def test_old_jobs_are_forgotten(shop: Shop) -> None:
    job = shop.ask()
    shop.jobs().work_due()
    assert shop.jobs().expire() == 0
    shop.clock.advance(timedelta(days=31))
    assert shop.jobs().expire() == 1
    with shop.units.reading() as uow:
        assert uow.jobs.get(job.id) is None


# -- the queue --


class Looks:
    """Counts looks; a test waits for them."""

    def __init__(self) -> None:
        self.count = 0
        self.changed = threading.Event()

    def __call__(self) -> None:
        self.count += 1
        self.changed.set()

    def wait(self) -> None:
        assert self.changed.wait(20), "nobody looked"
        self.changed.clear()


@pytest.fixture(params=["file", "redis"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, Any]]:
    common = {"file": tmp_path / "queue.db", "secret": SECRET}
    if request.param == "file":
        yield {"redis_url": "", "prefix": "x", **common}
        return
    require_redis()
    with redis_prefix() as prefix:
        yield {"redis_url": REDIS, "prefix": prefix, **common}
        open_queue(redis_url=REDIS, prefix=prefix, **common).clear()


def test_a_message_makes_a_worker_look(where: dict[str, Any]) -> None:
    looks = Looks()
    asking, working = open_queue(**where), open_queue(**where, looks={"jobs": looks})
    with working.working():
        assert asking.wake("jobs")
        looks.wait()
        asking.wake("of a newer version")
        asking.wake("jobs")
        looks.wait()


def test_a_nudge_adds_nothing_to_what_waits(where: dict[str, Any]) -> None:
    queue = open_queue(**where)
    for _ in range(5):
        assert queue.nudge("jobs")
    assert queue._huey.pending_count() == 1


def test_a_forged_message_runs_nothing(where: dict[str, Any]) -> None:
    """huey reads messages with pickle: one that we did not sign must not be read at all."""
    looks = Looks()
    other = open_queue(**{**where, "secret": "another-secret-of-somebody-else"})
    assert other.wake("jobs")
    queue = open_queue(**where, looks={"jobs": looks})
    queue._huey.storage.enqueue(b"cos\nsystem\n(S'touch /tmp/tuika-forged'\ntR.")
    with queue.working():
        assert queue.wake("jobs")
        looks.wait()
    assert looks.count == 1 and not Path("/tmp/tuika-forged").exists()


def test_a_lost_queue_loses_nothing(shop: Shop, where: dict[str, Any]) -> None:
    """Every message is gone; the worker's round finds the rows."""
    asking = open_queue(**where)
    subjects = [f"pack-{n}" for n in range(5)]
    for subject in subjects:
        shop.ask(subject)
        asking.wake("jobs")
    asking.clear()
    done = threading.Event()
    jobs = shop.jobs()

    def look() -> None:
        jobs.work_due()
        done.set()

    working = open_queue(**where, looks={"jobs": look})
    lookout = Lookout("jobs", working, is_waiting=jobs.is_waiting, look=look)
    with working.working():
        lookout()
        assert done.wait(20)
    assert sorted(shop.worked) == subjects and not jobs.is_waiting()
    lookout()
    assert working._huey.pending_count() == 0, "nothing waits, nothing is asked"


def test_without_the_queue_the_work_is_done_all_the_same(shop: Shop, tmp_path: Path) -> None:
    require_redis()
    jobs, done = shop.jobs(), threading.Event()

    def look() -> None:
        jobs.work_due()
        done.set()

    with redis_prefix() as prefix, switched(REDIS, 6379) as (switch, url), capture_logs() as logs:
        queue: WorkQueue = open_queue(redis_url=url, prefix=prefix, file=tmp_path / "q", secret=SECRET)
        lookout = Lookout("jobs", queue, is_waiting=jobs.is_waiting, look=look)
        switch.cut()
        shop.ask()
        assert queue.wake("jobs") is False
        for _ in range(20):
            lookout()
        assert done.wait(20)
        assert shop.worked == ["generic"]
    assert [each["event"] for each in logs].count("redis.away") == 1
