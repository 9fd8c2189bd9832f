"""The queue of long work: huey, in a file of its own or in Redis.

Invariants: a message says only which kind of work to look for; rows say what it is, so a message that is lost, doubled or
forged starts a look and nothing else. Messages are signed, because huey reads them with pickle. Putting one in never fails
its caller; the worker's own look finds what a lost message meant.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from huey import RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer
from redis.exceptions import RedisError

from tuika.nodes.redis import ANSWER_S, Presence, connect

log = structlog.get_logger(__name__)
AWAY = (RedisError, sqlite3.Error, OSError)
LONGEST_PAUSE_S = 1.0  # between two looks at an empty file
POP_S = 1  # how long one question to Redis waits for a message
Look = Callable[[], object]


class WorkQueue:
    """``looks``: what to do for each kind of work. A process that only asks needs none."""

    def __init__(self, huey: Any, looks: Mapping[str, Look] | None = None) -> None:
        self._huey = huey
        self._looks = dict(looks or {})
        self._presence = Presence("the job queue")
        self._task = huey.task(name="look")(self._look)
        logging.getLogger("huey").setLevel(logging.CRITICAL)  # it would tell of each try while Redis is away

    def wake(self, kind: str) -> bool:
        """Ask any worker to look for work of this kind. False when the queue is away."""
        return self._tried(lambda: self._task(kind))

    def nudge(self, kind: str) -> bool:
        """The same where no message waits already: for a look that comes every second."""
        return self._tried(lambda: self._huey.pending_count() or self._task(kind))

    def _tried(self, step: Callable[[], object]) -> bool:
        if not self._presence.may_try():
            return False
        try:
            step()
        except AWAY as error:
            self._presence.lost(error)
            return False
        self._presence.back()
        return True

    def clear(self) -> None:
        """Lose every message."""
        self._huey.flush()

    @contextmanager
    def working(self, threads: int = 1) -> Iterator[None]:
        """Works messages in threads of this process while the block runs; what has begun is finished at its end."""
        consumer = self._huey.create_consumer(
            workers=threads, periodic=False, max_delay=LONGEST_PAUSE_S, check_worker_health=False
        )
        consumer._set_signal_handlers = lambda: None  # signals are the worker's own
        consumer.start()
        try:
            yield
        finally:
            consumer.stop(graceful=True)

    def _look(self, kind: str) -> None:
        look = self._looks.get(kind)
        if look is None:  # of a newer version; its own worker will look
            return
        try:
            look()
        except Exception:
            log.exception("queue.look_failed", kind=kind)


def open_queue(
    *, redis_url: str, prefix: str, file: Path, secret: str, looks: Mapping[str, Look] | None = None
) -> WorkQueue:
    """In Redis where there is one, else in ``file``, which is made when absent."""
    common: dict[str, Any] = {
        "results": False,
        "serializer": SignedSerializer(secret=secret, salt="tuika.queue"),
    }
    if redis_url:
        pool = connect(redis_url, answer_s=POP_S + ANSWER_S).connection_pool
        name = f"{prefix}-jobs"
        return WorkQueue(
            RedisHuey(name, connection_pool=pool, read_timeout=POP_S, clean_name=False, **common), looks
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    return WorkQueue(SqliteHuey("tuika-jobs", filename=str(file), **common), looks)
