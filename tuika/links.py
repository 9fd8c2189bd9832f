"""Signed links: what they are for, about what, and until when.

Invariants: a link is good for one purpose only (its audience); its key is derived from the session secret, so that no other
token of ours can be taken for one; it lives by the real clock; a link that fails in any way is one refusal, which does not
say why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import digest

import jwt

from tuika.errors import Unauthenticated

LONGEST = 2048
_TOKEN = re.compile(r"eyJ[\w\-]+\.[\w\-]+\.[\w\-]+", re.ASCII)


class Purpose(StrEnum):
    RESUME = "resume"
    NOTIFY = "notify"
    PAYEE = "payee"
    MERCHANT = "merchant"
    KEY = "key"


LIVES: Mapping[Purpose, timedelta] = {
    Purpose.RESUME: timedelta(days=7),
    Purpose.NOTIFY: timedelta(days=7),
    Purpose.PAYEE: timedelta(days=7),
    Purpose.MERCHANT: timedelta(days=14),
    Purpose.KEY: timedelta(days=7),
}


class Links:
    """``base``: where people reach the hub, without a slash at its end."""

    def __init__(self, secret: str, base: str) -> None:
        self._key = digest(secret.encode(), b"tuika signed links", sha256)
        self.base = base.rstrip("/")

    def sign(self, purpose: Purpose, *, now: datetime, **about: str) -> str:
        """A token that says ``about``; ``now`` is real time."""
        claims = {**about, "aud": _audience(purpose), "exp": now + LIVES[purpose]}
        return jwt.encode(claims, self._key, algorithm="HS256")

    def read(self, purpose: Purpose, token: str, *, now: datetime) -> dict[str, str]:
        """What the token says. Raises Unauthenticated."""
        if len(token) > LONGEST:
            raise Unauthenticated("链接无效或已过期，请重新获取")
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["HS256"],
                audience=_audience(purpose),
                options={"require": ["aud", "exp"], "verify_exp": False},
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise Unauthenticated("链接无效或已过期，请重新获取") from None
        if not isinstance(claims["exp"], int | float) or claims["exp"] <= now.timestamp():
            raise Unauthenticated("链接无效或已过期，请重新获取")
        return {name: str(value) for name, value in claims.items() if name not in ("aud", "exp")}


def without_links(text: str) -> str:
    """The text for eyes other than its receiver's: a link of ours opens for whoever holds it."""
    return _TOKEN.sub("…（链接已隐去）", text)


def is_link(token: str, purpose: Purpose) -> bool:
    """Whether a token claims to be a link of this purpose; says nothing about its being good."""
    if len(token) > LONGEST:
        return False
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        return False
    return claims.get("aud") == _audience(purpose)


def _audience(purpose: Purpose) -> str:
    return f"tuika-link:{purpose.value}"
