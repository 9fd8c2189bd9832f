"""Short signed links to evidence, for a desk page's ``img`` and ``video``.

Invariants: a link names one piece, one look of it and the desk user it was made for, and dies after five minutes of
real time; it opens only in a session of that user; the answer is sandboxed, so that nothing in it can run or
reach anything.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tuika.errors import NotFound
from tuika.safety.vault import derive

LIFE = timedelta(minutes=5)
MAX_LINK = 300
SANDBOX = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'none'; "
    "script-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Look(StrEnum):
    VIEW = "view"  # as people at the desk see it: secrets painted over
    STILL = "still"  # one image of a video
    ORIGINAL = "original"  # as the buyer sent it; needs a reason


@dataclass(frozen=True, slots=True)
class Link:
    evidence_id: str
    look: Look
    username: str


class EvidenceLinks:
    def __init__(self, secret: str) -> None:
        self._key = derive(secret, "evidence-links")

    def make(self, link: Link, now: datetime) -> str:
        """What follows ``/api/v1/desk/evidence-files/``."""
        body = "\x1f".join(
            (link.evidence_id, link.look.value, link.username, str(int((now + LIFE).timestamp())))
        )
        return f"{_text(body.encode())}.{_text(self._mac(body.encode()))}"

    def read(self, token: str, now: datetime) -> Link:
        """Raises NotFound for a link that is forged, broken or past its time."""
        try:
            body, mac = (_bytes(part) for part in token[:MAX_LINK].split("."))
            if not hmac.compare_digest(mac, self._mac(body)):
                raise NotFound("这个链接已经失效，请刷新页面")
            evidence_id, look, username, until = body.decode().split("\x1f")
            link, alive = Link(evidence_id, Look(look), username), now.timestamp() < int(until)
        except ValueError:
            raise NotFound("这个链接已经失效，请刷新页面") from None
        if not alive:
            raise NotFound("这个链接已经失效，请刷新页面")
        return link

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()[:18]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
