"""Merchants at the door of their inbox: accounts, login with lock-out. Apart from the desk's accounts.

Invariants: as at the desk: a wrong name and a wrong password are answered alike and in the same time, five failures lock
that name for that address for 15 minutes; hashing never happens inside a transaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tuika.clock import Clock
from tuika.desks.passwords import Passwords
from tuika.errors import InputError, Unauthenticated
from tuika.safety.lockout import Lockout

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class MerchantUser:
    username: str
    platform: str
    merchant_id: str
    password_hash: str
    disabled: bool = False


class MerchantAccess:
    """``units``: write transactions."""

    def __init__(self, units: Callable[[], Any], clock: Clock, passwords: Passwords | None = None) -> None:
        self._units = units
        self._clock = clock
        self._passwords = passwords or Passwords()
        self._lockout = Lockout(clock, scope="desk")

    def create_user(self, username: str, password: str, *, platform: str, merchant_id: str) -> MerchantUser:
        """Raises InputError for a bad name or password, Conflict for a name that is taken."""
        name = username.strip().lower()
        if not _NAME.fullmatch(name):
            raise InputError("用户名要 2 到 40 位，只能用小写字母、数字和 . _ -", field="username")
        user = MerchantUser(name, platform, merchant_id, self._passwords.hash(password))
        with self._units() as uow:
            uow.merchants.add(user, self._clock.now())
            detail = {"platform": platform, "merchant": merchant_id}
            now = self._clock.now()
            uow.audit.append(
                type="merchant.user.created",
                actor="system",
                subject=f"merchant_user:{name}",
                detail=detail,
                at=now,
            )
        return user

    def login(self, username: str, password: str, *, address: str) -> MerchantUser:
        """Raises Unauthenticated, or TooMany after five failures."""
        name = username.strip().lower()[:80]
        with self._units() as uow:
            self._lockout.check(uow, f"merchant {name}", address)
            user: MerchantUser | None = uow.merchants.get(name)
        right = self._passwords.matches(user.password_hash if user else None, password)
        with self._units() as uow:
            if user is not None and right and not user.disabled:
                self._lockout.succeeded(uow, f"merchant {name}", address)
                return user
            self._lockout.failed(uow, f"merchant {name}", address)
        raise Unauthenticated("用户名或密码不对")
