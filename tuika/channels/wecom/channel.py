"""WeCom customer service as a channel, with its own desk mapped to ours.

Invariants: five messages within 48 hours of the buyer's last one; 2048 bytes a text, 1024 above a menu of ten;
messages go out in WeCom's states 0 (new) and 1 (bot), and one more with the code of an event; with ``native``
a buyer who waits for a person is put into WeCom's queue (2), and one who calls the bot back ends that session
(4), because 2 and 3 never lead back to the bot.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from tuika.channels.base import PlainChannel
from tuika.channels.errors import ChannelError, OutOfWindow, Refused
from tuika.channels.menus import numbered
from tuika.channels.model import Arrival, ArrivalKind, Limits, Link, Media, Outgoing
from tuika.channels.wecom.api import WeComApi
from tuika.channels.wxcrypt import CallbackCrypt
from tuika.conversations.model import Conversation, Owner
from tuika.settings.channels import WeComSettings

log = structlog.get_logger(__name__)
NEW, BOT, POOL, PERSON, ENDED = range(5)
TEXT_BYTES, HEAD_BYTES, TITLE_BYTES, MENU_ITEMS = 2048, 1024, 128, 10


class WeComChannel(PlainChannel):
    def __init__(self, name: str, settings: WeComSettings, api: WeComApi) -> None:
        self.name = name
        self.platform = settings.platform
        self.settings = settings
        self.api = api
        self.limits = Limits(text=TEXT_BYTES, in_bytes=True, budget=5, window=timedelta(hours=48))

    @property
    def crypt(self) -> CallbackCrypt:
        return CallbackCrypt(
            token=self.settings.token.get_secret_value(),
            aes_key=self.settings.aes_key.get_secret_value(),
            receiver=self.settings.corp_id,
        )

    # -- WeCom's own desk --

    def renewed(self, link: Link, arrival: Arrival) -> Link:
        """A buyer who writes after the end begins a new session; a welcome code allows one message."""
        remote = {name: value for name, value in link.remote.items() if name != "refused"}
        if remote.get("state") == ENDED:
            remote["state"] = NEW
        if arrival.kind is ArrivalKind.START and arrival.extra.get("code"):
            remote["code"] = arrival.extra["code"]
        elif arrival.kind is not ArrivalKind.START:
            remote.pop("code", None)
        return replace(link, remote=remote)

    def may_send(self, link: Link) -> bool:
        return link.remote.get("state", NEW) in (NEW, BOT) or bool(link.remote.get("code"))

    async def settle(self, link: Link, conversation: Conversation) -> Link | None:
        state = link.remote.get("state", NEW)
        wanted = self._wanted(conversation.owner, state)
        if wanted is None or wanted == link.remote.get("refused"):
            return _without_code(link)
        try:
            code = await self.api.move(link.peer, wanted)
        except ChannelError as error:
            log.warning("wecom.state_kept", channel=self.name, state=state, wanted=wanted, why=error.detail)
            return replace(link, remote={**link.remote, "refused": wanted})
        remote = {**link.remote, "state": wanted}
        remote.pop("refused", None)
        return replace(link, remote={**remote, "code": code} if code else remote)

    def _wanted(self, owner: Owner, state: int) -> int | None:
        """WeCom's state to be asked for, or None when all is in line."""
        if owner is Owner.BOT:
            return {NEW: BOT, POOL: ENDED}.get(state)
        if owner is Owner.QUEUED and self.settings.native:
            return POOL if state in (NEW, BOT) else None
        return None

    # -- messages --

    async def send(self, link: Link, outgoing: Outgoing, *, key: str, image: bytes | None = None) -> str:
        content = await self._content(outgoing, image)
        key = f"tuika-{link.id[-12:]}-{key}"[:32]
        code = link.remote.get("code")
        if not code or image is not None:
            return await self.api.send(link.peer, content, key=key)
        try:
            return await self.api.send_on_event(str(code), content, key=key)
        except Refused as error:  # used or run out: what it was for waits until the buyer writes
            raise OutOfWindow(error.detail) from None

    async def _content(self, outgoing: Outgoing, image: bytes | None) -> dict[str, Any]:
        if image is not None:
            return {"msgtype": "image", "image": {"media_id": await self.api.upload_image(image)}}
        menu = outgoing.menu
        fits = 0 < len(menu) <= MENU_ITEMS and self.limits.measure(outgoing.text) <= HEAD_BYTES
        if fits and all(self.limits.measure(item.title) <= TITLE_BYTES for item in menu):
            items = [{"type": "click", "click": {"id": i.action, "content": i.title}} for i in menu]
            return {"msgtype": "msgmenu", "msgmenu": {"head_content": outgoing.text, "list": items}}
        return {"msgtype": "text", "text": {"content": numbered(outgoing.text, menu)}}

    async def fetch(self, media: Media) -> bytes:
        return await self.api.download(media.ref)


def _without_code(link: Link) -> Link | None:
    """A code is good for one message; by now that has gone out."""
    if "code" not in link.remote:
        return None
    return replace(link, remote={name: value for name, value in link.remote.items() if name != "code"})
