"""From the transcript to deliveries.

Invariants: every message to the buyer is planned once and in order; a text never exceeds what the channel
carries; choices hang on the last part of their message; a link is planned under its row lock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from tuika.channels.menus import numbered
from tuika.channels.model import Link, MenuItem, Outgoing
from tuika.channels.ports import Channel
from tuika.channels.splitting import split
from tuika.conversations.model import Message, Role

PAGE = 500
LEAST_TEXT = 200


def plan(uow: Any, link: Link, channel: Channel, *, due_at: datetime, arrival_id: int | None = None) -> Link:
    """Make deliveries of what was said since; the link as it is now."""
    messages: list[Message] = uow.messages.after(link.conversation_id, link.planned_seq, limit=PAGE)
    if not messages:
        return link
    for message in messages:
        if message.role is Role.BUYER or not channel.carries(message):
            continue
        for outgoing in pieces(message, channel):
            uow.deliveries.add(link.id, outgoing, due_at=due_at, arrival_id=arrival_id)
    moved = replace(link, planned_seq=messages[-1].seq)
    uow.links.save(moved)
    return moved


def pieces(message: Message, channel: Channel) -> Iterator[Outgoing]:
    """One message of the transcript as messages of the channel."""
    limits = channel.limits
    menu = tuple(MenuItem(reply.title, reply.action) for reply in message.quick_replies)
    room = limits.text - (limits.measure(numbered("", menu)) if menu else 0)
    parts = split(message.text, max(room, min(LEAST_TEXT, limits.text)), limits.measure)
    for number, part in enumerate(parts, 1):
        yield Outgoing(part, menu if number == len(parts) else ())
    for attachment in message.attachments:
        yield Outgoing(image=attachment.id)
