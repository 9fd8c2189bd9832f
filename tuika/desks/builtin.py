"""Access to the built-in desk: accounts, login with lock-out, sessions, CSRF.

Invariants: a wrong name and a wrong password are answered alike and in the same time; five failures lock that
name for that address for 15 minutes of the product's clock; sessions follow the real clock and end after 12
hours; the CSRF value is bound to the session; hashing never happens inside a transaction.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Protocol

from tuika.audit.events import AuditEventType
from tuika.clock import Clock, SystemClock
from tuika.desks.model import DeskRole, DeskSession, DeskUser, Grant
from tuika.desks.passwords import Passwords
from tuika.errors import Conflict, InputError, Unauthenticated
from tuika.safety.lockout import Lockout

SESSION_LIFE = timedelta(hours=12)
DEMO_USERS = ("demo", "demo2")
DEMO_PASSWORD = "demo-only-password"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_WRONG = "用户名或密码不对"


class Units(Protocol):
    """Called, a write transaction; ``reading()``, a snapshot."""

    def __call__(self) -> AbstractContextManager[Any]: ...
    def reading(self) -> AbstractContextManager[Any]: ...


class DeskAccess:
    def __init__(
        self,
        *,
        units: Units,
        clock: Clock,
        secret: str,
        demo: bool,
        wall: Clock | None = None,
        passwords: Passwords | None = None,
    ) -> None:
        self._units = units
        self._clock = clock
        self._wall = wall or SystemClock()
        self._secret = secret.encode()
        self._demo = demo
        self._passwords = passwords or Passwords()
        self._lockout = Lockout(clock, scope="desk")

    def create_user(self, username: str, password: str, role: DeskRole, *, demo: bool = False) -> DeskUser:
        """Raises InputError for a bad name or password, Conflict for a name that is taken."""
        name = username.strip().lower()
        if not _NAME.fullmatch(name):
            raise InputError("用户名要 2 到 40 位，只能用小写字母、数字和 . _ -", field="username")
        user = DeskUser(
            name, role, self._clock.now(), password_hash=self._passwords.hash(password), demo=demo
        )
        with self._units() as uow:
            if not uow.users.add(user):
                raise Conflict(f"用户名 {name} 已经有人用了")
            self._record(uow, AuditEventType.USER_CREATED, name, "system", role=role.value)
        return user

    def ensure_demo_users(self) -> None:
        """The two operators of demo mode; nothing in any other mode."""
        if not self._demo:
            return
        for name in DEMO_USERS:
            with self._units.reading() as uow:
                known = uow.users.get(name) is not None
            if not known:
                try:
                    self.create_user(name, DEMO_PASSWORD, DeskRole.OPERATOR, demo=True)
                except Conflict:
                    continue  # another process was faster

    def login(self, username: str, password: str, *, address: str) -> Grant:
        """Raises Unauthenticated, or TooMany after five failures."""
        name = username.strip().lower()[:80]
        with self._units.reading() as uow:
            self._lockout.check(uow, name, address)
            user: DeskUser | None = uow.users.get(name)
        right = self._passwords.matches(user.password_hash if user else None, password)
        if user is None or not right or user.disabled or (user.demo and not self._demo):
            with self._units() as uow:
                self._lockout.failed(uow, name, address)
            raise Unauthenticated(_WRONG)
        return self._open(user, address)

    def user_of(self, token: str | None) -> DeskUser:
        """Who holds this session. Raises Unauthenticated."""
        if not token or len(token) > 200:
            raise Unauthenticated("请先登录客服台")
        with self._units.reading() as uow:
            session: DeskSession | None = uow.users.session(_hash(token))
            user: DeskUser | None = uow.users.get(session.username) if session else None
        if session is None or user is None or session.expires_at <= self._wall.now():
            raise Unauthenticated("登录已过期，请重新登录")
        if user.disabled or (user.demo and not self._demo):
            raise Unauthenticated("这个账号已停用")
        return user

    def csrf_of(self, token: str) -> str:
        """The value that the session's changes must name."""
        return hmac.new(self._secret, b"csrf:" + token.encode(), hashlib.sha256).hexdigest()

    def is_csrf(self, token: str, value: str) -> bool:
        """Compared in constant time."""
        return hmac.compare_digest(self.csrf_of(token).encode(), value.encode("utf-8", "replace"))

    def logout(self, token: str) -> None:
        with self._units() as uow:
            session: DeskSession | None = uow.users.session(_hash(token))
            if session is not None:
                uow.users.drop_session(session.token_hash)
                self._record(
                    uow, AuditEventType.SESSION_CLOSED, session.username, f"agent:{session.username}"
                )

    def _open(self, user: DeskUser, address: str) -> Grant:
        token = secrets.token_urlsafe(32)
        now = self._wall.now()
        session = DeskSession(_hash(token), user.username, address[:64], now, now + SESSION_LIFE)
        with self._units() as uow:
            self._lockout.succeeded(uow, user.username, address)
            uow.users.purge_sessions(now)
            uow.users.add_session(session)
            self._record(
                uow, AuditEventType.SESSION_OPENED, user.username, f"agent:{user.username}", address=address
            )
        return Grant(user=user, life=SESSION_LIFE, token=token, csrf=self.csrf_of(token))

    def _record(self, uow: Any, event: AuditEventType, name: str, actor: str, **detail: str) -> None:
        uow.audit.append(
            type=event, actor=actor, subject=f"desk_user:{name}", detail=detail, at=self._clock.now()
        )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
