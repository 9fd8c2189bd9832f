"""A job: what was asked, how far it is, what came of it.

Invariants: a job that is asked for is a row from that moment, so that a lost queue loses none; ``waiting`` with a live
lease means that somebody works it; it ends ``done`` with a result or ``failed`` with a problem in Chinese, and what it was
given (a file, maybe with buyers' contacts) is forgotten then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class JobKind(StrEnum):
    BACKTEST = "policy.backtest"
    IMPORT = "shop.import"


class JobState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """``subject``: the pack or the platform that it is about; ``given``/``file``: what it works on; ``done`` of ``total``:
    how far it is, in whatever it counts; ``result``: JSON by kind."""

    id: str
    kind: JobKind
    subject: str
    asked_by: str
    asked_at: datetime
    given: Mapping[str, Any] = field(default_factory=dict)
    file: bytes | None = field(default=None, repr=False)
    state: JobState = JobState.WAITING
    done: int = 0
    total: int = 0
    result: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""
    attempts: int = 0
    lease: str = ""
    lease_until: datetime | None = None
    ended_at: datetime | None = None
