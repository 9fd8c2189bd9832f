"""Jobs in SQL. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from tuika.errors import Conflict
from tuika.jobs.model import Job, JobKind, JobState
from tuika.storage.tables.jobs import jobs

_C = jobs.c
_WAITING = JobState.WAITING.value
_LISTED = [column for column in jobs.columns if column.name != "file"]  # a list needs no files


class SqlJobRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, job: Job) -> None:
        values = {
            "id": job.id,
            "kind": job.kind.value,
            "subject": job.subject,
            "asked_by": job.asked_by,
            "asked_at": job.asked_at,
            "given": dict(job.given),
            "file": job.file,
            "state": job.state.value,
            "done": job.done,
            "total": job.total,
            "result": dict(job.result),
            "problem": job.problem,
            "attempts": job.attempts,
            "lease": "",
        }
        try:
            with self._db.begin_nested():
                self._db.execute(insert(jobs).values(values))
        except IntegrityError:
            raise Conflict("同样的任务正在进行，请等它完成") from None

    def get(self, job_id: str) -> Job | None:
        return self._one(select(*_LISTED).where(_C.id == job_id))

    def newest(self, kind: JobKind, *, subject: str | None = None, limit: int = 20) -> Sequence[Job]:
        query = select(*_LISTED).where(_C.kind == kind.value)
        if subject is not None:
            query = query.where(_C.subject == subject)
        query = query.order_by(_C.asked_at.desc(), _C.id).limit(limit)
        return [_job(row) for row in self._db.execute(query).mappings()]

    def open_one(self, kind: JobKind, subject: str) -> Job | None:
        query = select(*_LISTED).where(_C.kind == kind.value, _C.subject == subject, _C.state == _WAITING)
        return self._one(query)

    def claim(self, *, lease: str, wall: datetime, lease_for: timedelta) -> Job | None:
        first = (
            select(_C.id)
            .where(_C.state == _WAITING, _free(wall))
            .order_by(_C.asked_at, _C.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        job_id = self._db.execute(first).scalar()
        if job_id is None:
            return None
        taken = (
            update(jobs)
            .where(_C.id == job_id, _C.state == _WAITING, _free(wall))
            .values(lease=lease, lease_until=wall + lease_for, attempts=_C.attempts + 1)
            .returning(jobs)
        )
        return self._one(taken)

    def progress(self, job: Job, *, done: int, total: int, lease_until: datetime) -> bool:
        return self._change(job, done=done, total=total, lease_until=lease_until)

    def end(
        self, job: Job, state: JobState, *, at: datetime, result: dict[str, Any], problem: str = ""
    ) -> bool:
        return self._change(
            job,
            state=state.value,
            ended_at=at,
            result=result,
            problem=problem,
            file=None,
            given={},
            lease_until=None,
        )

    def put_back(self, job: Job) -> bool:
        return self._change(job, lease="", lease_until=None)

    def is_waiting(self, wall: datetime) -> bool:
        query = select(_C.id).where(_C.state == _WAITING, _free(wall)).limit(1)
        return self._db.execute(query).first() is not None

    def purge(self, before: datetime) -> int:
        return self._db.execute(delete(jobs).where(_C.ended_at < before)).rowcount

    def _change(self, job: Job, **values: Any) -> bool:
        mine = (_C.id == job.id) & (_C.lease == job.lease) & (_C.state == _WAITING)
        return self._db.execute(update(jobs).where(mine).values(**values)).rowcount == 1

    def _one(self, query: Any) -> Job | None:
        row = self._db.execute(query).mappings().first()
        return _job(row) if row else None


def _free(wall: datetime) -> Any:
    return or_(_C.lease_until.is_(None), _C.lease_until < wall)


def _job(row: RowMapping) -> Job:
    return Job(
        id=row["id"],
        kind=JobKind(row["kind"]),
        subject=row["subject"],
        asked_by=row["asked_by"],
        asked_at=row["asked_at"],
        given=row["given"],
        file=row.get("file"),
        state=JobState(row["state"]),
        done=row["done"],
        total=row["total"],
        result=row["result"],
        problem=row["problem"],
        attempts=row["attempts"],
        lease=row["lease"],
        lease_until=row["lease_until"],
        ended_at=row["ended_at"],
    )
