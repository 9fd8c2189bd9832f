"""The official account as a channel.

Invariants: a message is at most 2048 bytes of UTF-8; five customer-service messages within 48 hours of the
buyer's last one; an account without that right only answers in the same breath. Pictures are fetched by media
id, or from WeChat's own picture host, and from nowhere else.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from tuika.channels.base import PlainChannel
from tuika.channels.calls import Calls
from tuika.channels.errors import Refused
from tuika.channels.menus import numbered
from tuika.channels.model import Limits, Link, Media, Outgoing
from tuika.channels.wechat.api import WeChatApi
from tuika.channels.wxcrypt import CallbackCrypt
from tuika.settings.channels import WeChatSettings

TEXT_BYTES = 2048
MENU_ITEMS = 10
PICTURE_HOST = ".qpic.cn"


class WeChatChannel(PlainChannel):
    def __init__(self, name: str, settings: WeChatSettings, api: WeChatApi, calls: Calls) -> None:
        self.name = name
        self.platform = settings.platform
        self.settings = settings
        self.api = api
        self._calls = calls
        self.limits = Limits(
            text=TEXT_BYTES,
            in_bytes=True,
            budget=5,
            window=timedelta(hours=48),
            push=settings.customer_service,
        )

    @property
    def crypt(self) -> CallbackCrypt | None:
        """How callbacks are encrypted; None in plain mode."""
        if self.settings.mode == "plain" or self.settings.aes_key is None:
            return None
        return CallbackCrypt(
            token=self.settings.token.get_secret_value(),
            aes_key=self.settings.aes_key.get_secret_value(),
            receiver=self.settings.app_id,
        )

    def may_send(self, link: Link) -> bool:
        return self.limits.push

    async def send(self, link: Link, outgoing: Outgoing, *, key: str, image: bytes | None = None) -> str:
        await self.api.say(await self._body(link, outgoing, image))
        return key

    async def _body(self, link: Link, outgoing: Outgoing, image: bytes | None) -> dict[str, object]:
        if image is not None:
            media_id = await self.api.upload_image(image)
            return {"touser": link.peer, "msgtype": "image", "image": {"media_id": media_id}}
        if outgoing.menu and len(outgoing.menu) <= MENU_ITEMS:
            items = [{"id": item.action, "content": item.title} for item in outgoing.menu]
            menu = {"head_content": outgoing.text, "list": items, "tail_content": ""}
            return {"touser": link.peer, "msgtype": "msgmenu", "msgmenu": menu}
        text = numbered(outgoing.text, outgoing.menu)
        return {"touser": link.peer, "msgtype": "text", "text": {"content": text}}

    async def fetch(self, media: Media) -> bytes:
        if media.ref and self.settings.customer_service:
            return await self.api.download(media.ref)
        parts = urlsplit(media.url)
        if parts.scheme not in ("http", "https") or not (parts.hostname or "").endswith(PICTURE_HOST):
            raise Refused("the picture is not on WeChat's own host")
        answer = await self._calls.raw(media.url.replace("http://", "https://", 1))
        return answer.content

    async def publish_menu(self) -> None:
        """Make the account's menu as the settings name it. Raises ChannelError."""
        buttons = [
            {"type": "click", "name": title, "key": f"menu_{number}"}
            for number, title in enumerate(self.settings.menu, 1)
        ]
        await self.api.make_menu(buttons)

    @property
    def menu_keys(self) -> dict[str, str]:
        """What pressing a key of the account's menu says."""
        return {f"menu_{number}": said for number, said in enumerate(self.settings.menu.values(), 1)}
