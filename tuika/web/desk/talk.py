"""One conversation: its transcript with notes, the composer, and everything about it beside.

Invariants: the shop is asked outside any transaction, and a shop that is away leaves the page whole; notes are drawn
beside the messages and are never among them.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from tuika.conversations.model import Conversation, Message, Owner
from tuika.desks.model import DeskUser
from tuika.handoff.board import BoardList
from tuika.handoff.model import Handoff, HandoffKind, HandoffState, Note
from tuika.web.desk.beside import Beside, beside
from tuika.web.desk.canned_values import canned_text
from tuika.web.desk.doors import Reader, Services
from tuika.web.desk.frame import PageRoute, page
from tuika.web.desk.lists import board_rows
from tuika.web.desk.ports import PageServices
from tuika.web.desk_forms import agent_of

TRANSCRIPT = 300
MOST_SHOWN = 6_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the transcript: a message of the conversation, or a note that only the desk sees."""

    at: datetime
    message: Message | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """``held``: the handoff that is worked on; ``waiting``: what may be claimed; ``mine``: one may speak."""

    conversation: Conversation
    lines: tuple[Line, ...]
    last_seq: int
    handoffs: tuple[Handoff, ...]
    held: Handoff | None
    waiting: Handoff | None
    mine: bool
    rating: bool

    @property
    def earlier(self) -> int:
        """How many messages were said before the first line that is shown."""
        first = next((line.message.seq for line in self.lines if line.message), 1)
        return first - 1

    @property
    def served_by_bot(self) -> bool:
        return self.conversation.owner is Owner.BOT


def talk_pages() -> APIRouter:
    router = APIRouter(route_class=PageRoute)
    router.add_api_route(
        "/conversations/{conversation_id}", talk_page, methods=["GET"], response_class=HTMLResponse
    )
    return router


def talk_page(
    request: Request,
    user: Reader,
    services: Services,
    conversation_id: str,
    list: BoardList | None = None,
    canned: Annotated[str, Query(max_length=40)] = "",
    shown: Annotated[int, Query(ge=1, le=MOST_SHOWN)] = TRANSCRIPT,
) -> HTMLResponse:
    """``shown``: how many of the newest messages are asked for."""
    draft = ""
    if canned:
        with services.uow.reading() as uow:
            ready = services.canned.one(uow, canned, agent_of(user))
        draft = canned_text(services, ready.text, conversation_id, user)
    return show_talk(
        request, user, services, conversation_id, which=list, entered={"text": draft}, shown=shown
    )


def show_talk(
    request: Request,
    user: DeskUser,
    services: PageServices,
    conversation_id: str,
    *,
    which: BoardList | None = None,
    status: int = 200,
    error: str = "",
    entered: dict[str, str] | None = None,
    wrong: str = "",
    shown: int = TRANSCRIPT,
) -> HTMLResponse:
    """``entered`` and ``wrong``: what was typed into a form that was refused, and which form it was."""
    talk = read_talk(services, conversation_id, user, shown=shown)
    around: Beside = beside(services, talk.conversation)
    chosen = which or list_of(talk)
    rows, _more = board_rows(services, user, chosen)
    with services.uow.reading() as uow:
        canned = services.canned.find(uow, agent_of(user), limit=100)
        others = [u for u in uow.users.names() if u != user.username]
    return page(
        request,
        user,
        "desk/talk.html",
        status=status,
        error=error,
        talk=talk,
        around=around,
        which=chosen,
        rows=rows,
        canned=canned,
        others=others,
        client_id=(entered or {}).get("client_id") or str(uuid.uuid4()),
        entered=entered or {},
        wrong=wrong,
        more=min(shown + TRANSCRIPT, MOST_SHOWN),
    )


def read_talk(
    services: PageServices, conversation_id: str, user: DeskUser, *, shown: int = TRANSCRIPT
) -> Talk:
    """Raises NotFound."""
    with services.uow.reading() as uow:
        conversation = services.conversations.get(uow, conversation_id)
        messages: list[Message] = uow.messages.last(conversation_id, shown)
        notes: list[Note] = uow.handoffs.notes_of_conversation(conversation_id)
        handoffs: list[Handoff] = uow.handoffs.of_conversation(conversation_id)
        rated = uow.conversations.is_rated(conversation_id)
    active = [h for h in handoffs if h.state is HandoffState.ACTIVE]
    held = next((h for h in active if h.agent == user.username), active[0] if active else None)
    mine = held is not None and (held.agent == user.username or user.role.leads)
    return Talk(
        conversation=conversation,
        lines=_lines(messages, notes),
        last_seq=messages[-1].seq if messages else 0,
        handoffs=tuple(handoffs),
        held=held,
        waiting=_next_waiting(handoffs),
        mine=mine and conversation.owner is Owner.HUMAN,
        rating=rated,
    )


def list_of(talk: Talk) -> BoardList:
    """The list that a conversation is in (attention is a matter of the whole board; the bot's list stands for it)."""
    owner = talk.conversation.owner
    if owner is Owner.HUMAN:
        return BoardList.HUMAN
    if owner is Owner.QUEUED or (talk.waiting is not None and talk.waiting.kind is HandoffKind.HANDOFF):
        return BoardList.QUEUED
    if talk.waiting is not None:
        return BoardList.ATTENTION
    return BoardList.ENDED if owner is Owner.CLOSED else BoardList.BOT


def _next_waiting(handoffs: list[Handoff]) -> Handoff | None:
    waiting = [h for h in handoffs if h.state is HandoffState.WAITING]
    waiting.sort(key=lambda h: (h.kind is HandoffKind.TICKET, not h.urgent, h.waiting_since))
    return waiting[0] if waiting else None


def _lines(messages: list[Message], notes: list[Note]) -> tuple[Line, ...]:
    lines: list[Any] = [Line(m.at, message=m) for m in messages] + [Line(n.at, note=n) for n in notes]
    return tuple(sorted(lines, key=lambda line: (line.at, line.message.seq if line.message else 10**9)))
