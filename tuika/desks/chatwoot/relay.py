"""From Tuika to Chatwoot: handoffs open conversations, buyers' messages follow, the status keeps step.

Invariants: a handoff has one conversation there; what a buyer says goes out in order and once (twice only if a
crash falls between); Chatwoot's status is ``open`` while a person is waited for or serves, ``pending`` while the
bot serves beside a waiting handoff, ``resolved`` when it is over; no transaction is open while Chatwoot is asked.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog

from tuika.channels.errors import ChannelError
from tuika.channels.ports import Units
from tuika.clock import Clock
from tuika.conversations.model import Attachment, Conversation, Message, Owner, Role
from tuika.desks.chatwoot.api import ChatwootApi
from tuika.desks.mirrors import Mirror
from tuika.evidence.service import EvidenceService
from tuika.handoff.model import Handoff, HandoffKind
from tuika.ids import Ids

log = structlog.get_logger(__name__)
EVERY_S = 1.0
LEASE = timedelta(seconds=60)
NEW, CLOSED = "new", "closed"
PAGE = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """A handoff that Chatwoot does not know yet. ``seq``: what the brief covers."""

    handoff: Handoff
    conversation: Conversation
    seq: int


class ChatwootRelay:
    def __init__(
        self,
        name: str,
        platform: str,
        *,
        api: ChatwootApi,
        units: Units,
        evidence: EvidenceService,
        wall: Clock,
        ids: Ids,
    ) -> None:
        self._name = name
        self._platform = platform
        self._api = api
        self._units = units
        self._evidence = evidence
        self._wall = wall
        self._holder = ids.new("node")

    async def run(self) -> None:
        """A chore."""
        await self.once()
        await asyncio.sleep(EVERY_S)

    async def once(self) -> None:
        """One round. Nothing while another node relays."""
        if not await asyncio.to_thread(self._lease):
            return
        for waiting in await asyncio.to_thread(self._new):
            await self._quietly(waiting.handoff.id, self._open(waiting))
        for mirror in await asyncio.to_thread(self._known):
            await self._quietly(mirror.handoff_id, self._follow(mirror))

    async def _quietly(self, handoff_id: str, work: Any) -> None:
        """One conversation's trouble keeps no other from being told."""
        try:
            await work
        except ChannelError as error:
            log.warning("chatwoot.relay_failed", desk=self._name, handoff=handoff_id, why=error.detail)

    async def _open(self, waiting: Waiting) -> None:
        conversation, handoff = waiting.conversation, waiting.handoff
        name = conversation.buyer.name if conversation.buyer else "未登录的买家"
        contact = await self._api.contact(conversation.id, name or "买家")
        attributes = {"tuika_handoff": handoff.id, "tuika_conversation": conversation.id}
        if handoff.case_no:
            attributes["tuika_case"] = handoff.case_no
        remote = await self._api.open(contact, attributes)
        now = self._wall.now()
        mirror = Mirror(self._name, handoff.id, conversation.id, remote, waiting.seq, NEW, now)
        await asyncio.to_thread(self._add, mirror)
        await self._introduce(mirror, handoff)

    async def _introduce(self, mirror: Mirror, handoff: Handoff) -> Mirror:
        """The brief, as a note; until it is there the conversation counts as new."""
        urgent = "【加急】" if handoff.urgent else ""
        await self._api.say(mirror.remote_id, f"{urgent}{handoff.reason}\n\n{handoff.brief}", private=True)
        opened = replace(mirror, status="open")
        await asyncio.to_thread(self._save, opened)
        return opened

    async def _follow(self, mirror: Mirror) -> None:
        handoff, messages, status = await asyncio.to_thread(self._news, mirror)
        if mirror.status == NEW and handoff is not None:
            mirror = await self._introduce(mirror, handoff)
        for message in messages:
            await self._pass_on(mirror, message)
            mirror = replace(mirror, relayed_seq=message.seq)
            await asyncio.to_thread(self._save, mirror)
        if status != mirror.status:
            await self._toggle(mirror, status)

    async def _toggle(self, mirror: Mirror, status: str) -> None:
        """Remembered first: Chatwoot's own event of this change then says nothing new."""
        await asyncio.to_thread(self._save, replace(mirror, status=status))
        try:
            await self._api.toggle(mirror.remote_id, "resolved" if status == CLOSED else status)
        except ChannelError:
            await asyncio.to_thread(self._save, mirror)
            raise

    async def _pass_on(self, mirror: Mirror, message: Message) -> None:
        if message.role is Role.BUYER:
            for attachment in message.attachments:
                data = await asyncio.to_thread(self._picture, mirror, attachment)
                await self._api.show(mirror.remote_id, data, attachment.media_type, message.text)
            if not message.attachments:
                await self._api.say(mirror.remote_id, message.text)
        elif message.role is Role.AGENT and not is_from(self._name, message.author):
            await self._api.say(mirror.remote_id, f"同事 {message.author}：{message.text}", private=True)

    # -- in transactions, in threads --

    def _new(self) -> list[Waiting]:
        found = []
        with self._units.reading() as uow:
            for handoff in uow.handoffs.list(limit=PAGE):
                if handoff.kind is not HandoffKind.HANDOFF or not handoff.is_open:
                    continue
                if uow.mirrors.get(self._name, handoff.id) is not None:
                    continue
                conversation = uow.conversations.get(handoff.conversation_id)
                if conversation is not None and conversation.platform == self._platform:
                    last = uow.messages.last(conversation.id, 1)
                    found.append(Waiting(handoff, conversation, last[-1].seq if last else 0))
        return found

    def _known(self) -> list[Mirror]:
        with self._units.reading() as uow:
            return list(uow.mirrors.open(self._name))

    def _news(self, mirror: Mirror) -> tuple[Handoff | None, list[Message], str]:
        """The handoff, what Chatwoot has not been told of it, and the status it should show."""
        with self._units.reading() as uow:
            handoff: Handoff | None = uow.handoffs.get(mirror.handoff_id)
            owner = uow.conversations.get(mirror.conversation_id).owner
            messages: list[Message] = uow.messages.after(mirror.conversation_id, mirror.relayed_seq)
        if handoff is None or not handoff.is_open:
            return handoff, messages, CLOSED
        return handoff, messages, "pending" if owner is Owner.BOT else "open"

    def _picture(self, mirror: Mirror, attachment: Attachment) -> bytes:
        with self._units.reading() as uow:
            _evidence, data = self._evidence.read(
                uow, conversation_id=mirror.conversation_id, evidence_id=attachment.id
            )
        return data

    def _add(self, mirror: Mirror) -> None:
        with self._units() as uow:
            uow.mirrors.add(mirror)

    def _save(self, mirror: Mirror) -> None:
        with self._units() as uow:
            uow.mirrors.save(mirror)

    def _lease(self) -> bool:
        now = self._wall.now()
        with self._units() as uow:
            name = f"relay:{self._name}"
            taken: bool = uow.values.lease(name, self._holder, now=now, until=now + LEASE)
            return taken


def author(desk: str, name: str) -> str:
    """How an agent of Chatwoot is called here."""
    return f"{name[:28] or '客服'}@{desk}"[:40]


def is_from(desk: str, name: str | None) -> bool:
    return (name or "").endswith(f"@{desk}")
