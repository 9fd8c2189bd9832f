"""Messages as the buyer API answers them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    title: str
    action: str


@dataclass(frozen=True, slots=True)
class WireMessage:
    """One message of a conversation; ``card`` is ``{"type": …, …}``."""

    seq: int
    role: str
    text: str
    card: Mapping[str, Any] | None = None
    replies: tuple[Reply, ...] = ()
    awaiting: str | None = None
    attachments: tuple[str, ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that was opened."""

    token: str
    conversation_id: str
    buyer_name: str | None
    messages: tuple[WireMessage, ...]


def read_message(document: Mapping[str, Any]) -> WireMessage:
    return WireMessage(
        seq=int(document["seq"]),
        role=str(document["role"]),
        text=str(document["text"]),
        card=document.get("card"),
        replies=tuple(Reply(r["title"], r["action"]) for r in document.get("quick_replies") or ()),
        awaiting=document.get("awaiting"),
        attachments=tuple(a["kind"] for a in document.get("attachments") or ()),
        at=str(document.get("at", "")),
    )


def read_messages(document: Mapping[str, Any]) -> tuple[WireMessage, ...]:
    return tuple(read_message(each) for each in document["messages"])
