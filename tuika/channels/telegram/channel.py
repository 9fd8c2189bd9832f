"""Private chats with a bot as a channel: inline buttons, photos both ways, no budget."""

from __future__ import annotations

from datetime import timedelta

from tuika.channels.base import PlainChannel
from tuika.channels.model import Limits, Link, Media, Outgoing
from tuika.channels.telegram.bot import TelegramBot
from tuika.settings.channels import TelegramSettings

TEXT_CHARS = 4000  # Telegram counts 4096 UTF-16 units; an emoji is two


class TelegramChannel(PlainChannel):
    def __init__(self, name: str, settings: TelegramSettings, bot: TelegramBot) -> None:
        self.name = name
        self.platform = settings.platform
        self.settings = settings
        self.bot = bot
        # polling and Telegram's webhook (one connection a bot) keep order; a little rest covers several nodes
        self.limits = Limits(text=TEXT_CHARS, settle=timedelta(milliseconds=200))

    async def send(self, link: Link, outgoing: Outgoing, *, key: str, image: bytes | None = None) -> str:
        if image is not None:
            return str(await self.bot.show(link.peer, image))
        return str(await self.bot.say(link.peer, outgoing.text, outgoing.menu))

    async def fetch(self, media: Media) -> bytes:
        return await self.bot.download(media.ref)
