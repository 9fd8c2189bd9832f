"""The webhook channel's way out: answers are posted, signed, to the address of the settings."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from tuika.channels.base import PlainChannel
from tuika.channels.calls import Calls
from tuika.channels.errors import Refused
from tuika.channels.menus import numbered
from tuika.channels.model import Limits, Link, Media, Outgoing
from tuika.channels.webhook.signing import OUT, headers
from tuika.clock import Clock
from tuika.settings.channels import WebhookSettings


class WebhookChannel(PlainChannel):
    def __init__(self, name: str, settings: WebhookSettings, calls: Calls, wall: Clock) -> None:
        self.name = name
        self.platform = settings.platform
        self.settings = settings
        self._calls = calls
        self._wall = wall
        self.limits = Limits(text=settings.text)

    @property
    def secret(self) -> str:
        return self.settings.secret.get_secret_value()

    async def send(self, link: Link, outgoing: Outgoing, *, key: str, image: bytes | None = None) -> str:
        """``id`` in the body stays the same when it is sent again."""
        number = f"{link.id}-{key}"
        shown = outgoing.text if self.settings.buttons else numbered(outgoing.text, outgoing.menu)
        body = {
            "id": number,
            "user": link.peer,
            "text": shown,
            "menu": [{"title": item.title, "action": item.action} for item in outgoing.menu],
            "image": base64.b64encode(image).decode() if image is not None else None,
        }
        await self._post(body)
        return number

    async def probe(self) -> int:
        """An empty signed message, marked as a probe; the answer's status. Raises ChannelError."""
        return await self._post(
            {"id": "probe", "user": "", "text": "", "menu": [], "image": None, "probe": True}
        )

    async def _post(self, body: Mapping[str, object]) -> int:
        content = json.dumps(body, ensure_ascii=False).encode()
        signed = headers(self.secret, OUT, content, self._wall.now())
        kind = {"Content-Type": "application/json"}
        answer = await self._calls.raw_post(self.settings.deliver_url, content, {**signed, **kind})
        return answer.status_code

    async def fetch(self, media: Media) -> bytes:
        try:
            return base64.b64decode(media.inline, validate=True)
        except ValueError:
            raise Refused("image is not base64") from None
