"""The Bot API through python-telegram-bot, with failures by name.

Invariants: the bot's token is in no error or log; a proxy serves sending and polling alike; flood control
becomes :class:`Later` with Telegram's own waiting time.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from typing import Any

import httpx
from telegram import Bot, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update, User
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from tuika.channels.errors import ChannelError, Later, Refused, Unknown
from tuika.channels.model import MenuItem
from tuika.settings.channels import TelegramSettings

POLL_S = 25
WANTED = ["message", "callback_query"]


class TelegramBot:
    """``transport`` stands for the network in tests."""

    def __init__(
        self, settings: TelegramSettings, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        os.environ.setdefault("PTB_TIMEDELTA", "true")  # the library's way to say: waiting times as timedelta
        base = settings.api.rstrip("/")
        self.bot = Bot(
            settings.bot_token.get_secret_value(),
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=_request(settings, transport, read=15),
            get_updates_request=_request(settings, transport, read=POLL_S + 10),
        )
        self._me: User | None = None

    async def me(self) -> User:
        if self._me is None:
            self._me = await _named(self.bot.get_me())
        return self._me

    async def say(
        self, chat: str, text: str, menu: Sequence[MenuItem] = (), *, reply: bool = False, link: str = ""
    ) -> int:
        """Send a text; the message's id. ``menu``: buttons; ``link``: one button that opens an address."""
        markup: Any = None
        if menu:
            rows = [[InlineKeyboardButton(i.title[:60], callback_data=i.action)] for i in menu]
            markup = InlineKeyboardMarkup(rows)
        elif link:
            markup = InlineKeyboardMarkup([[InlineKeyboardButton("去私聊", url=link)]])
        elif reply:
            markup = ForceReply(selective=True)
        sent = await _named(self.bot.send_message(chat_id=chat, text=text, reply_markup=markup))
        return sent.message_id

    async def show(self, chat: str, picture: bytes) -> int:
        sent: Message = await _named(self.bot.send_photo(chat_id=chat, photo=picture))
        return sent.message_id

    async def download(self, file_id: str) -> bytes:
        file = await _named(self.bot.get_file(file_id))
        return bytes(await _named(file.download_as_bytearray()))

    async def acknowledge(self, query_id: str, text: str = "") -> None:
        """Stop a button's clock. A press that is too old is past caring."""
        try:
            await _named(self.bot.answer_callback_query(query_id, text=text or None))
        except Refused:
            return

    async def administrators(self, chat: str) -> list[User]:
        found = await _named(self.bot.get_chat_administrators(chat))
        return [member.user for member in found]

    async def updates(self, offset: int) -> list[Update]:
        return list(await _named(self.bot.get_updates(offset=offset, timeout=POLL_S, allowed_updates=WANTED)))

    async def set_webhook(self, url: str, secret: str) -> None:
        await _named(self.bot.set_webhook(url, secret_token=secret, allowed_updates=WANTED))

    async def drop_webhook(self) -> None:
        await _named(self.bot.delete_webhook())

    async def webhook(self) -> Any:
        return await _named(self.bot.get_webhook_info())

    def read(self, document: Any) -> Update | None:
        """An update of the webhook. Raises ValueError or TypeError for what is none."""
        return Update.de_json(document, self.bot)


def _request(
    settings: TelegramSettings, transport: httpx.AsyncBaseTransport | None, *, read: float
) -> HTTPXRequest:
    proxy = settings.proxy.get_secret_value() if settings.proxy else None
    more = {"transport": transport} if transport is not None else None
    return HTTPXRequest(
        connection_pool_size=16,
        read_timeout=read,
        connect_timeout=8,
        pool_timeout=5,
        proxy=proxy,
        httpx_kwargs=more,
    )


async def _named[T](call: Awaitable[T]) -> T:
    """The call's result. Raises ChannelError."""
    try:
        return await call
    except TelegramError as error:
        raise _error(error) from None


def _error(error: TelegramError) -> ChannelError:
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return Later(
            "flood control", retry_after=wait.total_seconds() if isinstance(wait, timedelta) else wait
        )
    if isinstance(error, Forbidden | BadRequest | InvalidToken):
        return Refused(f"{type(error).__name__}: {error.message[:120]}")
    if isinstance(error, Conflict):
        return Later("another program polls this bot", retry_after=30)
    if isinstance(error, NetworkError):
        cause = error.__cause__
        if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
            return Later("Telegram cannot be reached", retry_after=3)
        return Unknown("Telegram did not answer")
    return Later(f"{type(error).__name__}", retry_after=5)
