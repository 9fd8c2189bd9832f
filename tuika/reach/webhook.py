"""SMS and any other way behind a webhook: the operator's own gateway sends, we tell it what.

Invariants: the body is signed (HMAC-SHA256 over time and body, in a header) and carries the notice's key as
``Idempotency-Key``; 2xx is sent, 4xx but 408/425/429 is final, everything else is tried again; redirects are not followed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

import requests

from tuika.errors import InputError, Unavailable
from tuika.refunds.reach import Outreach

TIMEOUT_S = 5
SMS_CHARS = 140
_AGAIN = frozenset({408, 425, 429})


class WebhookMessenger:
    """``way``: the name that the body carries, such as ``sms``."""

    def __init__(self, url: str, secret: str, *, way: str) -> None:
        self._url = url
        self._secret = secret.encode()
        self._way = way

    def send(self, address: str, outreach: Outreach, *, key: str) -> None:
        body = json.dumps(
            {
                "way": self._way,
                "to": address,
                "case_no": outreach.case_no,
                "text": short(outreach) if self._way == "sms" else outreach.text,
                "link": outreach.link,
            },
            ensure_ascii=False,
        ).encode()
        stamp = str(int(datetime.now(UTC).timestamp()))
        try:
            answer = requests.post(
                self._url,
                data=body,
                timeout=TIMEOUT_S,
                allow_redirects=False,
                headers={
                    "Content-Type": "application/json",
                    "Idempotency-Key": key,
                    "X-Tuika-Timestamp": stamp,
                    "X-Tuika-Signature": signature(self._secret, stamp, body),
                },
            )
        except requests.RequestException as away:
            raise Unavailable("短信网关暂时不可用") from away
        if answer.ok and answer.status_code < 300:
            return
        if 400 <= answer.status_code < 500 and answer.status_code not in _AGAIN:
            raise InputError(f"短信网关拒绝了这条通知（{answer.status_code}）")
        raise Unavailable(f"短信网关没有收下（{answer.status_code}）")


def signature(secret: bytes, stamp: str, body: bytes) -> str:
    """What a receiver computes to know that it is us."""
    return hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def short(outreach: Outreach) -> str:
    """A text message's worth, whole sentences where possible; number and link come after it."""
    text = outreach.text.replace("\n", " ")
    if len(text) > SMS_CHARS:
        cut = text[:SMS_CHARS]
        text = cut[: cut.rfind("。") + 1] or cut + "…"
    return f"{text} 详情：{outreach.link}"
