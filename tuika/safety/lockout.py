"""Lock-out after failed proofs: of an order by a guest, of a desk account by a password.

Invariants: failures are counted per (thing, who); the fifth within the window locks that pair for 15 minutes of
the product's clock, and nobody else; a success forgets them. The logged-in owner of an order proves nothing and
so is never asked here. Texts do not tell whether the thing exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tuika.clock import Clock
from tuika.errors import TooMany
from tuika.orders.references import normalise_reference

LIMIT = 5
LOCK = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Lock:
    failures: int
    last_at: datetime
    locked_until: datetime | None = None


class LockRepository(Protocol):
    def get(self, scope: str, thing: str, who: str) -> Lock | None: ...
    def put(self, scope: str, thing: str, who: str, lock: Lock) -> None: ...
    def drop(self, scope: str, thing: str, who: str) -> None: ...


class LockStore(Protocol):
    @property
    def locks(self) -> LockRepository: ...


class Lockout:
    def __init__(
        self, clock: Clock, *, scope: str = "order", limit: int = LIMIT, lock: timedelta = LOCK
    ) -> None:
        self._clock = clock
        self._scope = scope
        self._limit = limit
        self._lock = lock

    def check(self, uow: LockStore, thing: str, who: str) -> None:
        """Raises TooMany while the pair is locked."""
        lock = uow.locks.get(self._scope, _key(thing), who)
        if lock is None or lock.locked_until is None:
            return
        left = (lock.locked_until - self._clock.now()).total_seconds()
        if left > 0:
            minutes = max(1, -int(-left // 60))
            raise TooMany(f"验证失败次数太多，请 {minutes} 分钟后再试", retry_after=-int(-left // 1))

    def failed(self, uow: LockStore, thing: str, who: str) -> bool:
        """Count a failure; True when this one locks the pair."""
        now = self._clock.now()
        before = uow.locks.get(self._scope, _key(thing), who)
        fresh = before is None or now - before.last_at >= self._lock or before.locked_until is not None
        failures = 1 if before is None or fresh else before.failures + 1
        locks = failures >= self._limit
        until = now + self._lock if locks else None
        if before is not None and before.locked_until is not None and before.locked_until > now:
            failures, until, locks = before.failures + 1, before.locked_until, False
        uow.locks.put(self._scope, _key(thing), who, Lock(failures, now, until))
        return locks

    def succeeded(self, uow: LockStore, thing: str, who: str) -> None:
        uow.locks.drop(self._scope, _key(thing), who)


def _key(thing: str) -> str:
    """Order numbers count as one however they are typed."""
    return normalise_reference(thing).replace("-", "")[:120]
