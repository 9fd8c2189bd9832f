"""From Chatwoot to Tuika: agents' replies and changes of status, by webhook.

Invariants: nothing is read before its signature and time were checked; an event is worked once, in one
transaction with the row that remembers it; an agent's words leave only through the guard, and what it stops is
told in a private note; ``open`` silences the bot, ``pending`` and ``resolved`` give the conversation back to it.
Source: Chatwoot's webhook events and its rules for agent bots.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from fastapi import APIRouter, Request

from tuika.channels.errors import ChannelError
from tuika.channels.model import Arrival, ArrivalKind
from tuika.channels.ports import Units
from tuika.clock import Clock
from tuika.conversations.model import Conversation, Owner
from tuika.conversations.service import Conversations
from tuika.desks.chatwoot.api import ChatwootApi
from tuika.desks.chatwoot.relay import CLOSED, NEW, author
from tuika.desks.mirrors import Mirror
from tuika.errors import InputError, TuikaError, Unauthenticated
from tuika.handoff.model import Agent, Handoff, HandoffState
from tuika.handoff.service import Handoffs
from tuika.settings.channels import ChatwootSettings

log = structlog.get_logger(__name__)
TOLERANCE_S = 300
TIME, SIGNATURE = "X-Chatwoot-Timestamp", "X-Chatwoot-Signature"


class ChatwootDoor:
    def __init__(
        self,
        name: str,
        settings: ChatwootSettings,
        *,
        api: ChatwootApi,
        units: Units,
        conversations: Conversations,
        handoffs: Handoffs,
        wall: Clock,
    ) -> None:
        self._name = name
        self._settings = settings
        self._api = api
        self._units = units
        self._conversations = conversations
        self._handoffs = handoffs
        self._wall = wall

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        router.add_api_route(f"/channels/{self._name}", self.webhook, methods=["POST"])
        return router

    async def webhook(self, request: Request) -> dict[str, bool]:
        body = await request.body()
        self._check(request.headers.get(TIME, ""), request.headers.get(SIGNATURE, ""), body)
        event = _object(body)
        stopped = await asyncio.to_thread(self._take, event, hashlib.sha256(body).hexdigest())
        if stopped is not None:
            await self._note(*stopped)
        return {"ok": True}

    def _check(self, timestamp: str, signature: str, body: bytes) -> None:
        secret = self._settings.webhook_secret.get_secret_value().encode()
        digest = hmac.new(secret, timestamp.encode("utf-8", "replace") + b"." + body, hashlib.sha256)
        if not hmac.compare_digest(
            f"sha256={digest.hexdigest()}".encode(), signature.encode("utf-8", "replace")
        ):
            raise Unauthenticated("Chatwoot 的签名不对，请核对 webhook_secret")
        if not timestamp.isdigit() or abs(self._wall.now().timestamp() - int(timestamp)) > TOLERANCE_S:
            raise Unauthenticated("Chatwoot 的请求太旧，请校准两边的时钟")

    async def _note(self, remote_id: str, text: str) -> None:
        try:
            await self._api.say(remote_id, text, private=True)
        except ChannelError as error:
            log.warning("chatwoot.note_failed", desk=self._name, why=error.detail)

    # -- in a transaction, in a thread --

    def _take(self, event: Mapping[str, Any], digest: str) -> tuple[str, str] | None:
        """Work one event; a note for the agent when it was refused: the conversation there, and the words."""
        kind = event.get("event")
        if kind == "message_created":
            remote_id, step = _remote(event.get("conversation")), self._reply
            number = f"message:{event.get('id')}"
        elif kind in ("conversation_status_changed", "conversation_resolved", "conversation_opened"):
            remote_id, step = _remote(event), self._status
            number = f"status:{digest[:40]}"
        else:
            return None
        if not self._is_ours(event):
            return None
        try:
            with self._units() as uow:
                mirror = uow.mirrors.of_remote(self._name, remote_id)
                if mirror is not None and self._is_new(uow, number, remote_id):
                    step(uow, mirror, event)
        except TuikaError as error:
            return remote_id, f"没有办成：{error.detail}"
        return None

    def _is_ours(self, event: Mapping[str, Any]) -> bool:
        account = event.get("account") or {}
        return not account or account.get("id") == self._settings.account_id

    def _is_new(self, uow: Any, number: str, remote_id: str) -> bool:
        now = self._wall.now()
        seen = Arrival(self._name, remote_id, number[:120], "", ArrivalKind.OTHER)
        receipt = uow.arrivals.add(seen, sealed=b"", now=now, due_at=now, passive_until=None)
        uow.arrivals.finish(receipt.id)
        fresh: bool = receipt.fresh
        return fresh

    def _reply(self, uow: Any, mirror: Mirror, event: Mapping[str, Any]) -> None:
        sender = event.get("sender") or {}
        spoken = event.get("message_type") in ("outgoing", 1) and not event.get("private")
        if not spoken or sender.get("type") in ("agent_bot", "contact"):
            return
        text = str(event.get("content") or "").strip()
        if not text:
            raise InputError("现在只能转发文字，请把内容写出来（图片暂不转给买家）")
        agent = Agent(author(self._name, str(sender.get("name") or "")), lead=True)
        handoff = self._held(uow, mirror, agent)
        self._handoffs.reply(uow, handoff.id, text, agent)

    def _status(self, uow: Any, mirror: Mirror, event: Mapping[str, Any]) -> None:
        status = str(event.get("status") or "")
        agent = Agent(author(self._name, _changer(event)), lead=True)
        if status == mirror.status or (status, mirror.status) == ("open", NEW):
            return  # the echo of our own change
        if status == "open":
            self._held(uow, mirror, agent)
        elif status in ("pending", "resolved"):
            handoff = uow.handoffs.get(mirror.handoff_id)
            if handoff is not None and handoff.is_open:
                self._handoffs.close(uow, handoff.id, agent)
            uow.mirrors.save(replace(mirror, status=CLOSED))

    def _held(self, uow: Any, mirror: Mirror, agent: Agent) -> Handoff:
        """The handoff in the hands of Chatwoot's agents: claimed now, or asked for anew when it was closed."""
        handoff: Handoff = self._handoffs.get(uow, mirror.handoff_id)
        if not handoff.is_open:
            handoff = self._again(uow, mirror)
        if handoff.state is HandoffState.WAITING:
            handoff = self._handoffs.claim(uow, handoff.id, agent)
        return handoff

    def _again(self, uow: Any, mirror: Mirror) -> Handoff:
        """An agent writes on after the end: a new handoff in the same conversation of Chatwoot."""
        conversation: Conversation = self._conversations.get(uow, mirror.conversation_id)
        if conversation.owner is Owner.HUMAN:
            raise InputError("买家正由其他同事接待，请先和对方沟通")
        handoff = self._handoffs.request(
            uow,
            conversation_id=mirror.conversation_id,
            reason="客服在 Chatwoot 里继续",
            brief="客服在 Chatwoot 里重新打开了会话。",
        )
        if uow.mirrors.get(self._name, handoff.id) is None:
            last = uow.messages.last(mirror.conversation_id, 1)
            seq = last[-1].seq if last else 0
            again = replace(mirror, handoff_id=handoff.id, relayed_seq=seq, status="open")
            uow.mirrors.add(replace(again, created_at=self._wall.now()))
        return handoff


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise InputError("请求体不是有效的 JSON") from None
    if not isinstance(event, dict):
        raise InputError("请求体应为 JSON 对象")
    return event


def _remote(conversation: object) -> str:
    """The id that people see, which the API takes."""
    if not isinstance(conversation, Mapping):
        return ""
    return str(conversation.get("display_id") or conversation.get("id") or "")


def _changer(event: Mapping[str, Any]) -> str:
    meta = event.get("meta") if isinstance(event.get("meta"), Mapping) else {}
    assert isinstance(meta, Mapping)
    assignee = meta.get("assignee")
    return str(assignee.get("name") or "") if isinstance(assignee, Mapping) else ""
