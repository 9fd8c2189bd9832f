"""The webhook channel's way in: one signed JSON message a request.

Invariants: nothing is read before the signature was checked; the same ``id`` again changes nothing; a
``user_token`` is checked at the door, so that a bad one is refused and never taken for a guest.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tuika.channels.gateway import Gateway
from tuika.channels.model import Arrival, ArrivalKind, Media
from tuika.channels.webhook.channel import WebhookChannel
from tuika.channels.webhook.signing import SIGNATURE, TIME, check
from tuika.clock import Clock
from tuika.conversations.model import Buyer
from tuika.errors import InputError


class Incoming(BaseModel):
    """One message. Exactly one of ``text``, ``action`` and ``image`` leads; a picture may have a ``text``."""

    model_config = ConfigDict(extra="forbid")
    id: str = Field(min_length=1, max_length=100)
    user: str = Field(min_length=1, max_length=100)
    sequence: int | None = Field(default=None, ge=0, lt=10**18)
    text: str = Field(default="", max_length=20_000)
    action: str = Field(default="", max_length=100)
    image: str = ""
    user_token: str = Field(default="", max_length=8192)

    @model_validator(mode="after")
    def _one_leads(self) -> Incoming:
        if bool(self.action) + bool(self.image) > 1 or (self.action and self.text):
            raise ValueError("text、action、image 只能有一个（图片可以带 text）")
        if not (self.text or self.action or self.image):
            raise ValueError("text、action、image 要有一个")
        return self


class WebhookDoor:
    def __init__(
        self,
        channel: WebhookChannel,
        *,
        gateway: Gateway,
        wall: Clock,
        read_token: Callable[[str, str], Buyer],
    ) -> None:
        self._channel = channel
        self._gateway = gateway
        self._wall = wall
        self._read_token = read_token

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        path = f"/channels/{self._channel.name}"
        router.add_api_route(path, self.receive, methods=["POST"], status_code=202)
        return router

    async def receive(self, request: Request) -> dict[str, Any]:
        body = await request.body()
        given = request.headers
        check(
            self._channel.secret,
            timestamp=given.get(TIME, ""),
            signature=given.get(SIGNATURE, ""),
            body=body,
            now=self._wall.now(),
        )
        incoming = _read(body)
        if incoming.user_token:
            self._read_token(self._channel.platform, incoming.user_token)  # raises Unauthenticated
        (receipt,) = await self._gateway.accept([self._arrival(incoming)])
        return {"accepted": True, "repeated": not receipt.fresh}

    def _arrival(self, incoming: Incoming) -> Arrival:
        order = incoming.sequence
        if order is None:
            order = int(self._wall.now().timestamp() * 1_000_000)
        kind, text = ArrivalKind.TEXT, incoming.text
        if incoming.action:
            kind, text = ArrivalKind.PRESS, incoming.action
        elif incoming.image:
            kind = ArrivalKind.IMAGE
        return Arrival(
            channel=self._channel.name,
            peer=incoming.user,
            message_id=incoming.id,
            order_key=f"{order:020d}",
            kind=kind,
            text=text,
            media=Media(inline=incoming.image) if incoming.image else None,
            user_token=incoming.user_token,
        )


def _read(body: bytes) -> Incoming:
    try:
        incoming = Incoming.model_validate(json.loads(body))
        base64.b64decode(incoming.image, validate=True)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise InputError(f"{place}: {first['msg']}", field=place) from None
    except (ValueError, RecursionError):
        raise InputError("请求体不是有效的 JSON，或 image 不是 base64") from None
    return incoming
