"""One arrival into the conversation: text, pressed choice, picture, or something that cannot be read.

Invariants: everything goes through the hub, as a message of the widget would; the client id is made of the
provider's message id, so a crash between the hub and the queue repeats nothing; what is refused is told in
words; only :class:`Again` puts an arrival back.
"""

from __future__ import annotations

import asyncio
import uuid

import structlog

from tuika.channels.binding import Binding
from tuika.channels.errors import ChannelError, Later, Unknown
from tuika.channels.menus import chosen
from tuika.channels.model import Arrival, ArrivalKind, Link
from tuika.channels.ports import Channel, HubDoor, Native, Units
from tuika.conversations.inbound import Inbound
from tuika.conversations.model import Attachment, Role, Say
from tuika.conversations.service import Conversations
from tuika.conversations.text import clean, measured
from tuika.errors import Conflict, InputError, NotFound, TooLarge, TooMany, Unsupported
from tuika.evidence.service import EvidenceService

log = structlog.get_logger(__name__)
_SPACE = uuid.UUID("6f0b2f3e-6d0c-4d55-8a5e-8b6f6c0a4d11")
MOST_FETCHES = 5
_GONE = "这张图片没有取到（可能已过期或太大），请重新发送一次。"
_UNREADABLE = "这里暂时只能看文字和图片，{what}看不了。请打字说明，或发截图。"
_NAMES = {
    "voice": "语音",
    "video": "视频",
    "location": "位置",
    "file": "文件",
    "link": "链接",
    "sticker": "表情",
}


class Again(Exception):
    """Not now: the arrival is worked again after ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Taking:
    def __init__(
        self,
        *,
        units: Units,
        hub: HubDoor,
        conversations: Conversations,
        evidence: EvidenceService,
        binding: Binding,
        message_chars: int,
        upload_bytes: int,
        natives: dict[str, Native] | None = None,
    ) -> None:
        self._units = units
        self._hub = hub
        self._conversations = conversations
        self._evidence = evidence
        self._binding = binding
        self._chars = message_chars
        self._bytes = upload_bytes
        self._natives = natives or {}

    async def take(self, link: Link, channel: Channel, arrival: Arrival, attempts: int) -> Link:
        """Work one arrival to its end; the link as it is then. Raises Again."""
        try:
            return await self._take(link, channel, arrival, attempts)
        except TooMany as error:
            raise Again(error.retry_after) from None
        except (InputError, Conflict, Unsupported, TooLarge) as error:
            await asyncio.to_thread(self._tell, link, error.detail)
        return link

    async def _take(self, link: Link, channel: Channel, arrival: Arrival, attempts: int) -> Link:
        kind = arrival.kind
        if kind in (ArrivalKind.TEXT, ArrivalKind.START):
            return await self._text(link, channel, arrival)
        if kind is ArrivalKind.PRESS:
            await self._receive(link, arrival, action=arrival.text)
        elif kind is ArrivalKind.IMAGE:
            await self._image(link, channel, arrival, attempts)
        elif kind in (ArrivalKind.AGENT, ArrivalKind.STATE):
            await asyncio.to_thread(self._native, link, arrival)
        else:
            what = _NAMES.get(arrival.text, "这种内容")
            await asyncio.to_thread(self._tell, link, _UNREADABLE.format(what=what))
        return link

    async def _text(self, link: Link, channel: Channel, arrival: Arrival) -> Link:
        code = self._binding.code_in(arrival.text)
        if code is not None:
            return await asyncio.to_thread(self._binding.redeem, link, channel.platform, code)
        if self._binding.unbinds(arrival.text):
            return await asyncio.to_thread(self._binding.unbind, link)
        if arrival.kind is ArrivalKind.START:
            return link  # the greeting of a new link is all there is to say
        pressed = chosen(arrival.text, link.menu)
        if pressed is not None:
            await self._receive(link, arrival, action=pressed.action)
        else:
            await self._receive(link, arrival, text=self._checked(arrival.text))
        return link

    def _checked(self, text: str, *, may_be_empty: bool = False) -> str:
        cleaned = clean(text)
        if not cleaned and not may_be_empty:
            raise InputError("没有看到文字，请重新发一次。")
        if measured(cleaned) > self._chars:
            raise InputError(f"这条消息太长了，最多 {self._chars} 个字，请分几条发送。")
        return cleaned

    async def _receive(
        self,
        link: Link,
        arrival: Arrival,
        *,
        text: str = "",
        action: str | None = None,
        attachment: Attachment | None = None,
    ) -> None:
        await self._hub.receive(
            Inbound(
                conversation_id=link.conversation_id,
                client_id=client_id(arrival),
                text=text,
                action=action,
                attachment=attachment,
                who=f"{link.channel}:{link.peer}"[:160],
            )
        )

    async def _image(self, link: Link, channel: Channel, arrival: Arrival, attempts: int) -> None:
        caption = self._checked(arrival.text, may_be_empty=True)
        try:
            data = await channel.fetch(arrival.media) if arrival.media else b""
        except (Later, Unknown) as error:
            if attempts < MOST_FETCHES:
                raise Again(getattr(error, "retry_after", 2.0**attempts)) from None
            raise InputError(_GONE) from None
        except ChannelError:
            raise InputError(_GONE) from None
        if len(data) > self._bytes:
            raise TooLarge(f"图片超过 {self._bytes // (1024 * 1024)} MB，请压缩或裁剪后再发。")
        attachment = await asyncio.to_thread(self._keep, link, arrival, data)
        await self._receive(link, arrival, text=caption, attachment=attachment)

    def _keep(self, link: Link, arrival: Arrival, data: bytes) -> Attachment:
        with self._units.reading() as uow:
            memory = self._conversations.get(uow, link.conversation_id).memory
        return self._evidence.accept(
            self._units,
            conversation_id=link.conversation_id,
            client_id=client_id(arrival),
            data=data,
            kind=None,
            asked=memory.get("evidence_asked"),
        )

    def _native(self, link: Link, arrival: Arrival) -> None:
        native = self._natives.get(link.channel)
        if native is None:
            log.warning("channel.native_unknown", channel=link.channel)
            return
        with self._units() as uow:
            native.heard(uow, link, arrival)

    def _tell(self, link: Link, text: str) -> None:
        try:
            with self._units() as uow:
                self._conversations.post(uow, link.conversation_id, Role.SYSTEM, Say(text))
        except NotFound:
            log.warning("channel.conversation_gone", channel=link.channel)


def client_id(arrival: Arrival) -> str:
    """The hub's idempotency key of a provider's message."""
    return str(uuid.uuid5(_SPACE, f"{arrival.channel}\x1f{arrival.message_id}"))
