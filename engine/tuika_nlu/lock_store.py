"""One message of a sender at a time, in whichever Rasa.

Rasa's own Redis store reads and writes its tickets in seven round trips that are not atomic together. Here a lock is one
key that is set when absent and deleted by its owner: two round trips.

Invariants: the hub's turns are the order and the truth, and it sends one turn of a sender at a time, so this lock is a
second line: while Redis is away each Rasa keeps it by itself and no turn fails for it.
"""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, AsyncGenerator, Dict, Optional

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, LockError
from rasa.utils.endpoints import EndpointConfig

logger = logging.getLogger(__name__)
IN_MEMORY = "memory"
ANSWER_S = 1.0
LOOK_S = 0.02  # how often a taken lock is tried again


class NodeLockStore(InMemoryLockStore):
    """`url` of the endpoint: `memory` for one Rasa, `redis://…` for many; `key_prefix`: one for each product on a Redis."""

    def __init__(self, endpoint_config: EndpointConfig) -> None:
        super().__init__()
        url = endpoint_config.url or IN_MEMORY
        self._prefix = str(endpoint_config.kwargs.get("key_prefix") or "tuika")
        self._url: Optional[str] = None if url == IN_MEMORY else url
        self._redis: Dict[int, Any] = {}
        self._away = False

    @asynccontextmanager
    async def lock(
        self,
        conversation_id: str,
        lock_lifetime: float = LOCK_LIFETIME,
        wait_time_in_seconds: float = 0.05,
    ) -> AsyncGenerator[Optional[TicketLock], None]:
        """Held while the block runs. Raises LockError when another message keeps it for `lock_lifetime` seconds."""
        async with AsyncExitStack() as held:
            if not await self._lock_everywhere(held, conversation_id, lock_lifetime):
                yield await held.enter_async_context(
                    super().lock(conversation_id, lock_lifetime, wait_time_in_seconds)
                )
            else:
                yield None

    async def _lock_everywhere(self, held: AsyncExitStack, conversation_id: str, lifetime: float) -> bool:
        """Whether Redis has given the lock; False where it is not used or away."""
        if self._url is None:
            return False
        from redis.exceptions import RedisError

        lock = self._client().lock(
            f"{self._prefix}:rasa:{conversation_id}",
            timeout=lifetime,
            sleep=LOOK_S,
            blocking_timeout=lifetime,
        )
        try:
            taken = await lock.acquire()
        except (RedisError, OSError) as error:
            self._tell(True, error)
            return False
        if not taken:
            raise LockError(f"Could not acquire lock for conversation_id '{conversation_id}'.")
        self._tell(False)
        held.push_async_callback(self._release, lock)
        return True

    async def _release(self, lock: Any) -> None:
        from redis.exceptions import RedisError

        try:
            await lock.release()
        except (RedisError, OSError) as error:  # it ends by itself
            self._tell(True, error)

    def _client(self) -> Any:
        """A client belongs to the loop that it was made in."""
        import asyncio

        from redis.asyncio import Redis

        loop = asyncio.get_running_loop()
        if id(loop) not in self._redis:
            self._redis[id(loop)] = Redis.from_url(
                self._url, socket_connect_timeout=ANSWER_S, socket_timeout=ANSWER_S
            )
        return self._redis[id(loop)]

    def _tell(self, away: bool, error: Optional[BaseException] = None) -> None:
        """Once for each change. The address may hold a password and stays out of the log."""
        if away != self._away:
            self._away = away
            if away:
                logger.warning(
                    "tuika.locks: Redis is away (%s), locks are kept in memory", type(error).__name__
                )
            else:
                logger.warning("tuika.locks: Redis is back")
