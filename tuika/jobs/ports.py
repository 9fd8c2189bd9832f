"""What jobs need from storage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from tuika.jobs.model import Job, JobKind, JobState


class JobRepository(Protocol):
    def add(self, job: Job) -> None: ...
    def get(self, job_id: str) -> Job | None: ...
    def newest(self, kind: JobKind, *, subject: str | None = None, limit: int = 20) -> Sequence[Job]: ...
    def open_one(self, kind: JobKind, subject: str) -> Job | None:
        """The one that has not ended, if there is one."""
        ...

    def claim(self, *, lease: str, wall: datetime, lease_for: timedelta) -> Job | None:
        """The oldest that waits and is in nobody's hands, now in ours."""
        ...

    def progress(self, job: Job, *, done: int, total: int, lease_until: datetime) -> bool:
        """How far it is, and a longer lease. False when it is no longer ours."""
        ...

    def end(
        self, job: Job, state: JobState, *, at: datetime, result: dict[str, Any], problem: str = ""
    ) -> bool:
        """Its end, what it was given forgotten. False when it is no longer ours."""
        ...

    def put_back(self, job: Job) -> bool: ...
    def is_waiting(self, wall: datetime) -> bool:
        """Whether one waits in nobody's hands."""
        ...

    def purge(self, before: datetime) -> int: ...
