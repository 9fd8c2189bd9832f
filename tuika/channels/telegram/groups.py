"""In groups the bot is a doorman: no order is ever shown, a button leads to the private chat, and who looks
like an administrator without being one is pointed out.

Invariants: nothing that is said in a group is stored or understood; the same person is pointed out once a day;
the list of administrators is asked for at most every ten minutes; the bot speaks when it is spoken to, or when
somebody shows a number or key that others should not see.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog
from telegram import Message, Update, User

from tuika.channels.errors import ChannelError
from tuika.channels.ports import Units
from tuika.channels.seals import Values
from tuika.channels.telegram.bot import TelegramBot
from tuika.clock import Clock
from tuika.orders.references import find_references
from tuika.safety.folding import plain
from tuika.safety.likeness import distance, skeleton
from tuika.safety.redaction import redact

log = structlog.get_logger(__name__)
ADMINS_FOR = 600.0
ONCE_A = timedelta(days=1)
LEAST_NAME = 2
_CLAIMS = ("官方客服", "人工客服", "在线客服", "售后客服", "退款专员", "客服专员", "管理员", "官方", "客服")
PRIVATE = "群里不查订单，也不处理退款。请点下面的按钮私聊我，只有您自己看得到。"
CAREFUL = "请不要在群里发订单号、卡密或联系方式，发了的请尽快撤回。查单和退款请点下面的按钮私聊我。"
WARNING = (
    "⚠ 提醒大家：“{name}”不是本群管理员，但名字看起来像官方或管理员。官方不会主动私聊您，也不会要您转账、"
    "共享屏幕或提供验证码。"
)


class GroupDoorman:
    def __init__(
        self,
        name: str,
        bot: TelegramBot,
        *,
        official: Sequence[str],
        units: Units,
        values: Values,
        wall: Clock,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._bot = bot
        self._official = tuple(official)
        self._units = units
        self._values = values
        self._wall = wall
        self._timer = timer
        self._admins: dict[str, tuple[float, list[User]]] = {}

    async def heard(self, update: Update) -> None:
        """A message in a group. Raises ChannelError."""
        message = update.message
        if message is None or (message.from_user is not None and message.from_user.is_bot):
            return
        chat = str(message.chat.id)
        for user in {u.id: u for u in (*message.new_chat_members, message.from_user) if u}.values():
            await self._look_at(chat, user)
        text = message.text or message.caption or ""
        if await self._is_for_us(message, text):
            await self._bot.say(chat, PRIVATE, link=await self._link())
        elif find_references(text) or redact(text, known=lambda value: False).secrets:
            await self._bot.say(chat, CAREFUL, link=await self._link())

    async def _link(self) -> str:
        return f"https://t.me/{(await self._bot.me()).username}?start=group"

    async def _is_for_us(self, message: Message, text: str) -> bool:
        me = await self._bot.me()
        answered = message.reply_to_message
        if answered is not None and answered.from_user is not None and answered.from_user.id == me.id:
            return True
        return f"@{(me.username or '').lower()}" in text.lower() or text.startswith(
            ("/start", "/help", "/refund")
        )

    async def _look_at(self, chat: str, user: User) -> None:
        admins = await self._administrators(chat)
        if any(admin.id == user.id for admin in admins) or user.is_bot:
            return
        known = [name for admin in admins for name in names(admin)] + list(self._official)
        if not looks_official(names(user), known):
            return
        if await asyncio.to_thread(self._is_first, chat, user.id):
            log.info("telegram.lookalike", channel=self._name, chat=chat, user=user.id)
            await self._bot.say(chat, WARNING.format(name=user.full_name[:40]))

    async def _administrators(self, chat: str) -> list[User]:
        kept = self._admins.get(chat)
        if kept is not None and self._timer() - kept[0] < ADMINS_FOR:
            return kept[1]
        try:
            found = await self._bot.administrators(chat)
        except ChannelError:
            found = kept[1] if kept else []
        self._admins[chat] = (self._timer(), found)
        return found

    def _is_first(self, chat: str, user_id: int) -> bool:
        """Whether this person was not pointed out here today."""
        name, now = f"flagged:{self._name}:{chat}:{user_id}", self._wall.now()
        with self._units() as uow:
            if self._values.get(uow, name, now=now) is not None:
                return False
            self._values.put(uow, name, "1", expires_at=now + ONCE_A)
        return True


def names(user: User) -> list[str]:
    return [name for name in (user.full_name, user.username or "") if len(name) >= LEAST_NAME]


def looks_official(own: Sequence[str], known: Sequence[str]) -> bool:
    """Whether a name claims an office, or is to the eye one of the ``known`` names."""
    if any(claim in plain(name) for name in own for claim in _CLAIMS):
        return True
    return any(_alike(mine, theirs) for mine in own for theirs in known)


def _alike(mine: str, theirs: str) -> bool:
    one, other = skeleton(mine), skeleton(theirs)
    if not one or not other:
        return False
    return one == other or (min(len(one), len(other)) >= 5 and distance(one, other) <= 1)
