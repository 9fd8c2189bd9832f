"""Redis as a neighbour that may go away.

Invariants: no call waits longer than its time-out and none is repeated by the client; going away and coming back are
each logged once; the address, which may hold a password, is never logged.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)
CONNECT_S = 1.0
ANSWER_S = 1.0
REST_S = 1.0  # after a failure nobody tries again for so long


def connect(url: str, *, answer_s: float = ANSWER_S) -> Redis:
    """A client of ``redis://``, ``rediss://`` or ``unix://``. Connects with its first command."""
    return Redis.from_url(
        url,
        socket_connect_timeout=CONNECT_S,
        socket_timeout=answer_s,
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),  # whoever calls knows better what to do instead
    )


class Presence:
    """Whether Redis is there, as one user of it last saw; tells the log of changes only."""

    def __init__(self, what: str, *, now: Callable[[], float] = time.monotonic) -> None:
        self._what = what
        self._now = now
        self._lock = threading.Lock()
        self._away_since: float | None = None
        self._rest_until = 0.0

    @property
    def is_there(self) -> bool:
        return self._away_since is None

    def may_try(self) -> bool:
        """False for a short while after a failure, so that not every caller waits for the same time-out."""
        return self._now() >= self._rest_until

    def lost(self, error: BaseException) -> None:
        with self._lock:
            self._rest_until = self._now() + REST_S
            if self._away_since is not None:
                return
            self._away_since = self._now()
        log.warning("redis.away", what=self._what, error=type(error).__name__, instead="rows are looked at")

    def back(self) -> None:
        with self._lock:
            if self._away_since is None:
                return
            away, self._away_since = self._now() - self._away_since, None
        log.info("redis.back", what=self._what, away_s=round(away, 1))
