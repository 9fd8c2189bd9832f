"""The owner's desk in Telegram, for a shop of one person.

Invariants: the owner is bound once, by a code that the operator's command prints, and only a reset by the same
command makes room for another; everything the owner's chat sends comes here and never into a buyer's
conversation; an update is worked once.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
from telegram import Update

from tuika.audit.events import AuditEventType
from tuika.channels.binding import OWNER, Binding
from tuika.channels.errors import ChannelError, Later, Refused
from tuika.channels.ports import Units
from tuika.channels.seals import Values
from tuika.channels.telegram.bot import TelegramBot
from tuika.channels.telegram.door import is_new
from tuika.channels.telegram.messages import chat_of
from tuika.channels.telegram.owner_cards import Card, cards, is_buyers, passed_on
from tuika.channels.telegram.owner_steps import OwnerSteps, Told
from tuika.clock import Clock
from tuika.desks.mirrors import Mirror
from tuika.ids import Ids

log = structlog.get_logger(__name__)
KEPT = timedelta(days=30)
WATCH_S = 2.0
LEASE = timedelta(seconds=20)
HELP = (
    "这里是您的客服台：买家找人工、退款待处理、快到期的事会发到这里，点按钮办理；"
    "要答复买家，请“回复”对应的那条消息。"
)


class OwnerDesk:
    def __init__(
        self,
        name: str,
        platform: str,
        *,
        bot: TelegramBot,
        steps: OwnerSteps,
        binding: Binding,
        units: Units,
        values: Values,
        wall: Clock,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._name = name
        self._platform = platform
        self._bot = bot
        self._steps = steps
        self._binding = binding
        self._units = units
        self._values = values
        self._wall = wall
        self._clock = clock
        self._holder = ids.new("node")

    # -- what comes in --

    async def takes(self, update: Update) -> bool:
        """Whether this update is the owner's, or makes somebody the owner; worked if so."""
        chat = chat_of(update)
        text = update.message.text or "" if update.message is not None else ""
        code = self._binding.code_in(text.removeprefix("/start").strip())
        if code is not None:
            told = await asyncio.to_thread(self._bind, chat, code)
            if told is not None:
                await self._tell(chat, told)
                return True
        if chat != await asyncio.to_thread(self.owner):
            return False
        if await asyncio.to_thread(is_new, self._units, self._wall, self._name, update):
            await self._tell(chat, await asyncio.to_thread(self._work, update))
        return True

    def owner(self) -> str | None:
        """The chat of the owner, once bound."""
        with self._units.reading() as uow:
            return self._values.get(uow, f"owner:{self._name}")

    def _bind(self, chat: str, code: str) -> Told | None:
        """None when the code is not an owner's."""
        with self._units() as uow:
            if self._binding.use(uow, code, purpose=OWNER, platform=self._platform) is None:
                return None
            bound = self._values.get(uow, f"owner:{self._name}")
            if bound is not None and bound != chat:
                return Told("这个机器人已经绑定了店主。要更换，请在服务器上用 tuika channel owner 重置。")
            self._values.put(uow, f"owner:{self._name}", chat)
            uow.audit.append(
                type=AuditEventType.OWNER_BOUND,
                actor=f"agent:{self._steps.name}",
                subject=f"channel:{self._name}",
                detail={},
                at=self._clock.now(),
            )
        return Told(f"绑定成功。{HELP}")

    def _work(self, update: Update) -> Told:
        if update.callback_query is not None:
            return self._steps.press(str(update.callback_query.data or ""))
        message = update.message
        answered = message.reply_to_message if message is not None else None
        if message is None or answered is None or not message.text:
            return Told(HELP)
        with self._units.reading() as uow:
            answers = self._values.get(uow, self._card_name(answered.message_id), now=self._wall.now())
        return self._steps.reply(answers, message.text) if answers else Told(HELP)

    async def _tell(self, chat: str, told: Told) -> None:
        try:
            number = await self._bot.say(chat, told.text, told.buttons, reply=bool(told.answers))
        except ChannelError as error:
            log.warning("telegram.owner_not_told", channel=self._name, why=error.detail)
            return
        if told.answers:
            await asyncio.to_thread(self._remember, number, told.answers)

    # -- what goes out --

    async def watch(self) -> None:
        """A chore: tell the owner what is new."""
        await self.watch_once()
        await asyncio.sleep(WATCH_S)

    async def watch_once(self) -> int:
        """How many cards were sent. Nothing while there is no owner or another node watches."""
        owner = await asyncio.to_thread(self.owner)
        if owner is None or not await asyncio.to_thread(self._lease):
            return 0
        news = await asyncio.to_thread(self._news)
        for card in news:
            try:
                number = await self._bot.say(owner, card.text, card.buttons)
            except Later as later:
                await asyncio.sleep(later.retry_after)
                return 0
            except Refused as error:
                log.warning("telegram.owner_refused", channel=self._name, why=error.detail)
                number = 0
            await asyncio.to_thread(self._told, card, number)
        return len(news)

    def _news(self) -> list[Card]:
        now = self._wall.now()
        with self._units.reading() as uow:
            found = list(cards(uow, self._platform, self._clock.now()))
            found += self._written(uow)
            return [card for card in found if self._values.get(uow, self._told_name(card), now=now) is None]

    def _written(self, uow: Any) -> list[Card]:
        """What buyers wrote in the handoffs that the owner has."""
        found = []
        for handoff in uow.handoffs.list(state=None, limit=200):
            if handoff.agent != self._steps.name or not handoff.is_open or handoff.conversation_id is None:
                continue
            mirror = uow.mirrors.get(self._name, handoff.id)
            if mirror is not None:
                news = uow.messages.after(handoff.conversation_id, mirror.relayed_seq)
                found += [passed_on(handoff.id, message) for message in news if is_buyers(message)]
        return found

    def _told(self, card: Card, number: int) -> None:
        expires = self._wall.now() + KEPT
        with self._units() as uow:
            self._values.put(uow, self._told_name(card), "1", expires_at=expires)
            if card.answers and number:
                self._values.put(uow, self._card_name(number), card.answers, expires_at=expires)
            if card.key.startswith("msg:"):
                _, handoff_id, seq = card.key.split(":")
                self._moved(uow, handoff_id, int(seq))

    def _moved(self, uow: Any, handoff_id: str, seq: int) -> None:
        mirror: Mirror | None = uow.mirrors.get(self._name, handoff_id)
        if mirror is not None:
            uow.mirrors.save(replace(mirror, relayed_seq=max(seq, mirror.relayed_seq)))

    def _remember(self, number: int, answers: str) -> None:
        with self._units() as uow:
            name, expires = self._card_name(number), self._wall.now() + KEPT
            self._values.put(uow, name, answers, expires_at=expires)

    def _lease(self) -> bool:
        now = self._wall.now()
        with self._units() as uow:
            name = f"watch:{self._name}"
            taken: bool = uow.values.lease(name, self._holder, now=now, until=now + LEASE)
            return taken

    def _card_name(self, number: int) -> str:
        return f"card:{self._name}:{number}"

    def _told_name(self, card: Card) -> str:
        return f"told:{self._name}:{card.key}"[:160]
