"""Lock-out after failed proofs: of an order by a guest, of a desk account by a password.

Invariants: failures are counted per (thing, who); the fifth within the window locks that pair for 15 minutes of
the product's clock, and nobody else; a success forgets them. The logged-in owner of an order proves nothing and
so is never asked here. Texts do not tell whether the thing exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tuika.audit.events import AuditEventType
from tuika.audit.ports import AuditLog
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
    @property
    def audit(self) -> AuditLog: ...


class Lockout:
    def __init__(
        self, clock: Clock, *, scope: str = "order", limit: int = LIMIT, lock: timedelta = LOCK
    ) -> None:
        self._clock = clock
        self._scope = scope
        self._limit = limit
        self._lock = lock

    def check(self, uow: LockStore, order_no: str, who: str) -> None:
        """Raises TooMany while the pair is locked."""
        lock = uow.locks.get(self._scope, _key(order_no), who)
        if lock is None or lock.locked_until is None:
            return
        left = (lock.locked_until - self._clock.now()).total_seconds()
        if left > 0:
            minutes = max(1, -int(-left // 60))
            raise TooMany(f"验证失败次数太多，请 {minutes} 分钟后再试", retry_after=-int(-left // 1))

    def failed(self, uow: LockStore, order_no: str, who: str) -> None:
        """Count a failure; the last one allowed locks the pair and is recorded."""
        now, key = self._clock.now(), _key(order_no)
        before = uow.locks.get(self._scope, key, who)
        failures = before.failures + 1 if before is not None and self._counts(before, now) else 1
        if before is not None and before.locked_until is not None and before.locked_until > now:
            uow.locks.put(self._scope, key, who, Lock(failures, now, before.locked_until))
            return
        locks = failures >= self._limit
        uow.locks.put(self._scope, key, who, Lock(failures, now, now + self._lock if locks else None))
        if locks:
            subject = f"{self._scope}:{key}"
            uow.audit.append(
                type=_EVENTS[self._scope], actor=who, subject=subject, detail={"failures": failures}, at=now
            )

    def succeeded(self, uow: LockStore, order_no: str, who: str) -> None:
        uow.locks.drop(self._scope, _key(order_no), who)

    def _counts(self, before: Lock, now: datetime) -> bool:
        """Whether earlier failures still count: not after a quarter of an hour, not after a lock ran out."""
        if before.locked_until is not None:
            return before.locked_until > now
        return now - before.last_at < self._lock


_EVENTS = {
    "order": AuditEventType.ORDER_LOCKED,
    "desk": AuditEventType.USER_LOCKED,
    "bind": AuditEventType.PEER_LOCKED,
}


def _key(thing: str) -> str:
    """Order numbers count as one however they are typed."""
    return normalise_reference(thing).replace("-", "")[:120]
