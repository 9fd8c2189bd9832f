"""How requests of the webhook channel are signed, both ways.

Invariants: HMAC-SHA256 over direction, time and the body as it is on the wire; what we send can therefore not be
sent back to us; a request older or newer than five minutes is refused; compared in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from tuika.errors import Unauthenticated

TIME, SIGNATURE = "X-Tuika-Timestamp", "X-Tuika-Signature"
TOLERANCE_S = 300
IN, OUT = "in", "out"


def sign(secret: str, direction: str, timestamp: str, body: bytes) -> str:
    """``v1=`` and the hexadecimal signature."""
    signed = f"tuika-{direction}.{timestamp}.".encode() + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def headers(secret: str, direction: str, body: bytes, now: datetime) -> dict[str, str]:
    stamp = str(int(now.timestamp()))
    return {TIME: stamp, SIGNATURE: sign(secret, direction, stamp, body)}


def check(secret: str, *, timestamp: str, signature: str, body: bytes, now: datetime) -> None:
    """Raises Unauthenticated."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise Unauthenticated(f"缺少 {TIME}，应为 Unix 时间（秒）")
    expected = sign(secret, IN, timestamp, body).encode()
    if not hmac.compare_digest(expected, signature.encode("utf-8", "replace")):
        raise Unauthenticated(f"{SIGNATURE} 不对：请用原始请求体计算，见 docs/channels.md")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_S:
        raise Unauthenticated(f"{TIME} 与服务器时间相差超过 {TOLERANCE_S // 60} 分钟，请校准时钟后重新签名")
