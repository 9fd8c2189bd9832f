"""Passwords of the desk: argon2id, checked in the same time whether the account exists or not.

Invariants: at most :data:`AT_ONCE` hashes are computed at a time, since each takes 64 MiB.
"""

from __future__ import annotations

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tuika.errors import InputError

AT_ONCE = 4
LEAST = 10
MOST = 200


class Passwords:
    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._slots = BoundedSemaphore(AT_ONCE)
        self._decoy: str | None = None

    def hash(self, password: str) -> str:
        """Raises InputError for a password that is too short or too long."""
        if not LEAST <= len(password) <= MOST:
            raise InputError(f"密码要 {LEAST} 到 {MOST} 个字符", field="password")
        with self._slots:
            return self._hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password is right; ``None`` (no such account) takes as long and is never right."""
        if len(password) > MOST:
            return False
        with self._slots:
            try:
                right = self._hasher.verify(stored or self._unmatched(), password)
            except (VerificationError, InvalidHashError):
                return False
        return right and stored is not None

    def _unmatched(self) -> str:
        if self._decoy is None:
            self._decoy = self._hasher.hash("nobody has this password")
        return self._decoy
