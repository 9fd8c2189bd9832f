"""Events that a platform sends to Tuika (docs/platform-api.yaml, webhooks): their form, and sending one.

Invariants: signed like every other request, in the platform's own direction; an event says that something may have changed
and is never believed beyond that.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ConfigDict, Field, model_validator

from tuika.shops.platform_api.signing import signed_headers

_TIMEOUT_S = 5.0


class EventType(StrEnum):
    ORDER_CHANGED = "order.changed"
    REFUND_ANSWERED = "refund.answered"
    PAYOUT_CHANGED = "payout.changed"


ABOUT = {
    EventType.ORDER_CHANGED: "order_no",
    EventType.REFUND_ANSWERED: "case_no",
    EventType.PAYOUT_CHANGED: "payout_key",
}


class Event(BaseModel):
    """``id`` is the platform's own, for its logs and ours: the same event twice is harmless."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    id: str = Field(min_length=1, max_length=100)
    type: EventType
    order_no: str = Field(default="", max_length=64)
    case_no: str = Field(default="", max_length=40)
    payout_key: str = Field(default="", max_length=128)

    @model_validator(mode="after")
    def _says_about_what(self) -> Event:
        if not self.about:
            raise ValueError(f"{self.type.value} needs {ABOUT[self.type]}")
        return self

    @property
    def about(self) -> str:
        value: str = getattr(self, ABOUT[self.type])
        return value


def send_event(
    url: str, event: Event, *, key_id: str, secret: str, wall: Callable[[], float]
) -> requests.Response:
    """Post ``event`` to ``url``, which is Tuika's ``/platforms/<name>/events``. Raises requests' errors."""
    sent = json.dumps(event.model_dump(mode="json"), ensure_ascii=False).encode()
    headers = signed_headers(
        "POST", urlsplit(url).path, sent, key_id=key_id, secret=secret, now=int(wall())
    ) | {"Content-Type": "application/json"}
    return requests.post(url, data=sent, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False)
