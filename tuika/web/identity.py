"""Who a buyer is: the marketplace's own signed token, and the session token that it is traded for.

Invariants: an algorithm belongs to a key (HS256 to the shared secret, ES256 to the public key) and the
token's header only picks among them; a token that fails in any way is refused, never read as a guest; of a
session token only the hash is kept; tokens live by the real clock, not by the demo's.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import jwt

from tuika.conversations.model import Buyer
from tuika.conversations.text import clean
from tuika.errors import Conflict, Unauthenticated
from tuika.settings import PlatformSettings

AUDIENCE = "tuika"
SESSION_LIFE = timedelta(days=7)
DEMO_LIFE = timedelta(hours=12)
MAX_USER_TOKEN = 8192
_MAX_NAME = 120
_REQUIRED = ["aud", "sub", "name", "exp"]


def read_user_token(token: str, platform: PlatformSettings) -> Buyer:
    """The buyer whom the marketplace names. Raises Unauthenticated."""
    if len(token) > MAX_USER_TOKEN:
        raise Unauthenticated
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
        key = _keys(platform).get(str(algorithm))
        if key is None:
            raise Unauthenticated
        claims = jwt.decode(
            token,
            key,
            algorithms=[str(algorithm)],
            audience=AUDIENCE,
            options={"require": _REQUIRED, "verify_iat": False},
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
        raise Unauthenticated from None
    return _buyer(claims.get("sub"), claims.get("name"))


def sign_user_token(buyer: Buyer, platform: PlatformSettings, *, now: datetime) -> str:
    """What a marketplace with a shared secret would sign; for demo mode."""
    if platform.jwt_secret is None:
        raise Conflict("这个平台用公钥验签，演示模式没有它的私钥，不能代签")
    claims = {"sub": buyer.id, "name": buyer.name, "aud": AUDIENCE, "iat": now, "exp": now + DEMO_LIFE}
    return jwt.encode(claims, platform.jwt_secret, algorithm="HS256")


def new_session_token() -> str:
    return secrets.token_urlsafe(32)


def hash_session_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _keys(platform: PlatformSettings) -> dict[str, str]:
    keys = {"HS256": platform.jwt_secret, "ES256": platform.jwt_public_key}
    return {algorithm: key for algorithm, key in keys.items() if key}


def _buyer(sub: object, name: object) -> Buyer:
    if not isinstance(sub, str) or not isinstance(name, str):
        raise Unauthenticated
    if not sub or len(sub) > _MAX_NAME or clean(sub) != sub:
        raise Unauthenticated
    return Buyer(sub, clean(name)[:_MAX_NAME])
