"""Five failures lock one order for one address, for a quarter of an hour of the product's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tuika.clock import FixedClock
from tuika.errors import TooMany
from tuika.safety.lockout import Lockout
from tuika.storage.uow import UnitOfWorkFactory

ORDER, HERE, THERE = "KM202611210001", "address:1.2.3.4", "address:5.6.7.8"


def fail(
    units: UnitOfWorkFactory, lockout: Lockout, times: int, *, order: str = ORDER, who: str = HERE
) -> None:
    for _ in range(times):
        with units() as uow:
            lockout.failed(uow, order, who)


def is_locked(units: UnitOfWorkFactory, lockout: Lockout, order: str = ORDER, who: str = HERE) -> bool:
    try:
        with units() as uow:
            lockout.check(uow, order, who)
    except TooMany:
        return True
    return False


def test_the_fifth_failure_locks_that_pair_only(clock: FixedClock, units: UnitOfWorkFactory) -> None:
    lockout = Lockout(clock)
    fail(units, lockout, 4)
    assert not is_locked(units, lockout)
    fail(units, lockout, 1)
    assert is_locked(units, lockout)
    assert is_locked(units, lockout, "km 2026 1121 0001")
    assert not is_locked(units, lockout, who=THERE)
    assert not is_locked(units, lockout, "KM202611210002")
    with units() as uow:
        assert [e.type for e in uow.audit.list()] == ["safety.order.locked"]


def test_the_lock_ends_after_a_quarter_of_an_hour(clock: FixedClock, units: UnitOfWorkFactory) -> None:
    lockout = Lockout(clock)
    fail(units, lockout, 5)
    clock.advance(timedelta(minutes=10))
    fail(units, lockout, 3)  # while locked: no longer, no second lock
    with pytest.raises(TooMany) as locked, units() as uow:
        lockout.check(uow, ORDER, HERE)
    assert locked.value.retry_after == 300
    clock.advance(timedelta(minutes=5))
    assert not is_locked(units, lockout)
    fail(units, lockout, 4)
    assert not is_locked(units, lockout)
    fail(units, lockout, 1)
    assert is_locked(units, lockout)


def test_a_success_and_time_forget_failures(clock: FixedClock, units: UnitOfWorkFactory) -> None:
    lockout = Lockout(clock)
    fail(units, lockout, 4)
    with units() as uow:
        lockout.succeeded(uow, ORDER, HERE)
    fail(units, lockout, 4)
    assert not is_locked(units, lockout)
    clock.advance(timedelta(minutes=15))
    fail(units, lockout, 4)
    assert not is_locked(units, lockout)


def test_scopes_are_apart(clock: FixedClock, units: UnitOfWorkFactory) -> None:
    fail(units, Lockout(clock, scope="desk"), 5)
    assert not is_locked(units, Lockout(clock))


def test_an_oversized_reference_is_cut(clock: FixedClock, units: UnitOfWorkFactory) -> None:
    lockout = Lockout(clock)
    fail(units, lockout, 5, order="9" * 5000, who="address:" + "x" * 5000)
    assert is_locked(units, lockout, "9" * 5000, "address:" + "x" * 5000)
