"""How a conversation stands: who speaks, the place in the queue, hours, which quick replies still count.

Invariants: read from rows in one snapshot; what a buyer sees of the desk is the name of his own agent and his
own place, nothing about others.
"""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from tuika.conversations.model import Owner
from tuika.handoff.model import Handoff, HandoffState
from tuika.web.access import OwnSession, Services
from tuika.web.ports import WebServices
from tuika.web.schema import Rfc3339, problems, timestamp


class HoursModel(BaseModel):
    """``text`` as people read it; ``opens_at`` only while the desk is closed."""

    text: str
    open: bool
    opens_at: Rfc3339 | None


class WaitingModel(BaseModel):
    """``place`` 1 is served next; ``promised_by``: when a person answers at the latest."""

    place: int
    promised_by: Rfc3339


class StandingModel(BaseModel):
    conversation_id: str
    owner: Literal["bot", "queued", "human", "closed"]
    agent: str | None
    waiting: WaitingModel | None
    hours: HoursModel
    rated: bool
    actions: list[str]


def standing_router() -> APIRouter:
    router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["buyers"])
    router.add_api_route(
        "",
        show_standing,
        methods=["GET"],
        response_model=StandingModel,
        responses=problems(401, 404, 422),
        summary="Who speaks, the place in the queue, hours, the quick replies that still count",
    )
    return router


def show_standing(session: OwnSession, services: Services) -> dict[str, Any]:
    with services.uow.reading() as uow:
        return standing(uow, services, session.conversation_id)


def standing(uow: Any, services: WebServices, conversation_id: str) -> dict[str, Any]:
    """The state as JSON. Raises NotFound."""
    conversation = services.conversations.get(uow, conversation_id)
    handoff = uow.handoffs.open_handoff(conversation_id)
    waits = handoff is not None and handoff.state is HandoffState.WAITING
    active = uow.handoffs.active_of(conversation_id) if conversation.owner is Owner.HUMAN else []
    return {
        "conversation_id": conversation_id,
        "owner": conversation.owner.value,
        "agent": active[0].agent if active else None,
        "waiting": _waiting(uow, handoff) if handoff is not None and waits else None,
        "hours": hours(services),
        "rated": uow.conversations.is_rated(conversation_id),
        "actions": sorted(choice.id for choice in uow.choices.live(conversation_id)),
    }


def hours(services: WebServices) -> dict[str, Any]:
    """Whether people are at the desk."""
    now = services.clock.now()
    is_open = services.hours.is_open(now)
    return {
        "text": services.hours.text,
        "open": is_open,
        "opens_at": None if is_open else timestamp(services.hours.next_opening(now)),
    }


def _waiting(uow: Any, handoff: Handoff) -> dict[str, Any]:
    return {"place": uow.handoffs.ahead(handoff) + 1, "promised_by": timestamp(handoff.promised_by)}
