"""Asking for jobs and working them.

Invariants: one open job of a kind and subject; a job is claimed with a lease on the real clock, renewed by its progress,
and ends in one transaction; a mistake in what was given ends it at once, anything else is tried three times. Works must
bear being repeated: a worker may die at any moment.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from tuika.clock import Clock, real_time
from tuika.errors import Conflict, NotFound, TuikaError, Unavailable
from tuika.ids import Ids
from tuika.jobs.model import Job, JobKind, JobState

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
TRIES = 3
KEPT = timedelta(days=30)
TELL_EVERY_S = 1.0

Tell = Callable[[int, int], None]
"""Takes how much is done, of how much."""
Work = Callable[[Job, Tell], dict[str, Any]]
"""Does a job; what came of it, as JSON. Raises TuikaError for what the person who asked can mend."""


class Lost(Exception):
    """The job is in other hands now."""


class Jobs:
    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        units: Callable[[], AbstractContextManager[Any]],
        works: Mapping[JobKind, Work],
        wake: Callable[[], object] = lambda: None,
        wall: Callable[[], datetime] = real_time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """``wake``: tells a worker that there is something; may be lost."""
        self._clock = clock
        self._ids = ids
        self._units = units
        self._works = works
        self._wake = wake
        self._wall = wall
        self._ticks = ticks

    def ask(
        self,
        uow: Any,
        kind: JobKind,
        subject: str,
        *,
        by: str,
        given: Mapping[str, Any] | None = None,
        file: bytes | None = None,
    ) -> Job:
        """A job for the workers. Raises Conflict while one about the same is under way."""
        if uow.jobs.open_one(kind, subject) is not None:
            raise Conflict("同样的任务正在进行，请等它完成")
        job = Job(
            id=self._ids.new("jb"),
            kind=kind,
            subject=subject,
            asked_by=by,
            asked_at=self._clock.now(),
            given=dict(given or {}),
            file=file,
        )
        uow.jobs.add(job)
        uow.audit.append(
            type=f"{kind.value}.asked",
            actor=f"desk:{by}",
            subject=subject,
            detail={"job": job.id},
            at=job.asked_at,
        )
        uow.after_commit(self._wake)
        return job

    def get(self, uow: Any, job_id: str) -> Job:
        """Raises NotFound."""
        job: Job | None = uow.jobs.get(job_id)
        if job is None:
            raise NotFound("没有这个任务")
        return job

    def is_waiting(self) -> bool:
        """Whether a job waits that nobody works."""
        with self._units() as uow:
            waiting: bool = uow.jobs.is_waiting(self._wall())
            return waiting

    def work_due(self, *, limit: int = 100) -> int:
        """Work what waits; how many were worked."""
        for worked in range(limit):
            with self._units() as uow:
                job = uow.jobs.claim(lease=self._ids.new("ls"), wall=self._wall(), lease_for=LEASE)
            if job is None:
                return worked
            self._work(job)
        return limit

    def expire(self) -> int:
        """Forget jobs that ended long ago; how many."""
        with self._units() as uow:
            forgotten: int = uow.jobs.purge(self._clock.now() - KEPT)
            return forgotten

    def _work(self, job: Job) -> None:
        try:
            result = self._works[job.kind](job, self._teller(job))
        except Lost:
            return
        except Unavailable as away:
            self._again(job, away)
        except TuikaError as mistake:
            self._end(job, JobState.FAILED, {}, mistake.detail)
        except Exception as error:
            log.exception("job failed", extra={"job": job.id, "kind": job.kind.value})
            self._again(job, error)
        else:
            self._end(job, JobState.DONE, result)

    def _teller(self, job: Job) -> Tell:
        """Writes progress down, once a second at most; the last word always. Of an unknown whole (0) none is the last."""
        told_at = self._ticks() - TELL_EVERY_S

        def tell(done: int, total: int) -> None:
            nonlocal told_at
            is_last = 0 < total <= done
            if not is_last and self._ticks() - told_at < TELL_EVERY_S:
                return
            told_at = self._ticks()
            with self._units() as uow:
                if not uow.jobs.progress(job, done=done, total=total, lease_until=self._wall() + LEASE):
                    raise Lost

        return tell

    def _again(self, job: Job, error: Exception) -> None:
        if job.attempts >= TRIES:
            self._end(job, JobState.FAILED, {}, "试了几次都没有完成，请稍后重新提交；还不行请看服务日志")
            return
        with self._units() as uow:
            uow.jobs.put_back(job)

    def _end(self, job: Job, state: JobState, result: dict[str, Any], problem: str = "") -> None:
        with self._units() as uow:
            if uow.jobs.end(job, state, at=self._clock.now(), result=result, problem=problem):
                uow.audit.append(
                    type=f"{job.kind.value}.ended",
                    actor="system",
                    subject=job.subject,
                    detail={"job": job.id, "state": state.value},
                    at=self._clock.now(),
                )
