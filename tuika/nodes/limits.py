"""A rate limit that all hubs share.

Invariants: one command of Redis counts and judges, so that two hubs never both let the last one in; while Redis is away
each hub keeps the limit by itself; keys hold a digest, so that Redis has no address of anybody.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any, Protocol
from uuid import uuid4

from redis.exceptions import RedisError

from tuika.errors import TooMany
from tuika.nodes.redis import Presence

# a set of moments for each key; answers 0, or in how many milliseconds there is room again
_COUNT = """
local now = tonumber(ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then
  local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  return math.max(1, tonumber(first[2]) + tonumber(ARGV[2]) - now)
end
redis.call('ZADD', KEYS[1], now, ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 0
"""


class OneHubsLimit(Protocol):
    """The limit that a hub keeps alone."""

    def check(self, key: str) -> None: ...
    def clear(self) -> None: ...


class SharedLimit:
    """At most ``limit`` times in ``seconds`` for each key, in all processes together."""

    def __init__(
        self,
        client: Any,
        name: str,
        *,
        limit: int,
        seconds: float = 60.0,
        alone: OneHubsLimit,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._name = name
        self._limit = limit
        self._ms = int(seconds * 1000)
        self._alone = alone
        self._now = now
        self._count = client.register_script(_COUNT)
        self._presence = Presence("rate limits")

    def check(self, key: str) -> None:
        """Counts one use. Raises TooMany."""
        if not self._presence.may_try():
            self._alone.check(key)
            return
        moment = int(self._now() * 1000)
        try:
            wait_ms = int(
                self._count(keys=[self._key(key)], args=[moment, self._ms, self._limit, uuid4().hex])
            )
        except RedisError as error:
            self._presence.lost(error)
            self._alone.check(key)
            return
        self._presence.back()
        if wait_ms:
            raise TooMany("操作太频繁，请稍后再试", retry_after=-(-wait_ms // 1000))

    def clear(self) -> None:
        """Forget all keys; for demo mode and tests."""
        self._alone.clear()
        try:
            for key in self._client.scan_iter(match=f"{self._name}:*", count=500):
                self._client.delete(key)
        except RedisError as error:
            self._presence.lost(error)

    def _key(self, key: str) -> str:
        return f"{self._name}:{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
