"""The event stream of a page that shows more than messages: how the conversation stands, and who is typing.

Invariants: messages are exactly those of the plain stream, in the same order and with the same ids; ``state`` and
``typing`` come after the messages of their snapshot and only when they changed; they have no id, so that a
reconnect replays messages only.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from tuika.conversations.model import Role
from tuika.web.events import Feed
from tuika.web.ports import WebServices
from tuika.web.schema import message_json
from tuika.web.standing import standing
from tuika.web.streams import event, heartbeat, named, opening
from tuika.web.typing_signs import Typing

WHILE_QUEUED = 3.0  # others leave the queue without a word in this conversation
PATIENCE = 15.0


async def live_frames(
    feed: Feed, typing: Typing, services: WebServices, conversation_id: str, after: int
) -> AsyncIterator[str]:
    def look(uow: Any) -> dict[str, Any]:
        return standing(uow, services, conversation_id)

    shown: dict[str, Any] | None = None
    typed = False
    yield opening()
    async for messages, state in feed.watch(conversation_id, after, look, _patience):
        for message in messages:
            yield event(message.seq, message_json(message))
        if state != shown:
            shown = state
            yield named("state", state)
        if any(message.role is Role.AGENT for message in messages):
            typing.set(conversation_id, Role.AGENT, False)  # what he typed is here
        types = typing.is_on(conversation_id, Role.AGENT)
        if types or types != typed:
            typed = types
            yield named("typing", {"role": Role.AGENT.value, "on": types})
        elif not messages:
            yield heartbeat()


def _patience(state: dict[str, Any]) -> float:
    return WHILE_QUEUED if state["waiting"] is not None else PATIENCE
