"""How requests between Tuika and a platform are signed (docs/platform-api.yaml, securitySchemes).

Signature = lower-case hex of HMAC-SHA256(secret, METHOD + "\\n" + path with query + "\\n" + unix seconds + "\\n" +
SHA-256 hex of the body). Invariants: compared in constant time; a time outside ±``WINDOW_S`` is refused; a repeated
request is harmless by its Idempotency-Key, not by remembering signatures.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from tuika.errors import Unauthenticated

WINDOW_S = 300
KEY, TIME, SIGNATURE = "Tuika-Key", "Tuika-Timestamp", "Tuika-Signature"


def signed_headers(
    method: str, target: str, body: bytes, *, key_id: str, secret: str, now: int
) -> dict[str, str]:
    """``target``: path with query exactly as sent; ``now``: unix seconds."""
    return {KEY: key_id, TIME: str(now), SIGNATURE: _signature(method, target, body, str(now), secret)}


def check_signature(
    method: str, target: str, body: bytes, headers: Mapping[str, str], *, secrets: Mapping[str, str], now: int
) -> str:
    """The key's id. ``secrets`` by key id. Raises Unauthenticated, alike for whatever is wrong but the time."""
    stamp, key_id = headers.get(TIME, ""), headers.get(KEY, "")
    expected = _signature(method, target, body, stamp, secrets.get(key_id, ""))
    same = hmac.compare_digest(expected.encode(), headers.get(SIGNATURE, "").encode())
    if not same or key_id not in secrets:
        raise Unauthenticated("签名不对：检查密钥、请求方法、带查询串的路径和原样的请求体")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12) or abs(now - int(stamp)) > WINDOW_S:
        raise Unauthenticated(f"Tuika-Timestamp 与服务器时间相差超过 {WINDOW_S} 秒，请校时")
    return key_id


def _signature(method: str, target: str, body: bytes, stamp: str, secret: str) -> str:
    said = "\n".join((method.upper(), target, stamp, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()
