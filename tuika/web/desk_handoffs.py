"""Handoffs and tickets for agents: list, claim, reply, note, transfer, close.

Annotations are evaluated here at once (no ``annotations`` import): FastAPI reads the local dependencies in them.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from tuika.desks.model import DeskUser
from tuika.errors import InputError
from tuika.handoff.model import Handoff, HandoffState
from tuika.handoff.service import handoff_json, note_json
from tuika.safety.outgoing import ReplyStopped
from tuika.web.desk_forms import (
    PREFIX,
    Body,
    DeskDoor,
    DeskServices,
    Nothing,
    agent_of,
    body_of,
    described,
    from_cursor,
    page,
)
from tuika.web.schema import message_json

TRANSCRIPT = 200


class Words(Body):
    text: str = Field(min_length=1, max_length=4_000)


class Target(Body):
    to: str = Field(min_length=1, max_length=80)


Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=200)]


def desk_handoffs_router(services: DeskServices) -> APIRouter:
    router = APIRouter(prefix=f"{PREFIX}/handoffs", tags=["desk"])
    door = DeskDoor(services)
    _add_reading(router, services, door)
    _add_holding(router, services, door)
    _add_speaking(router, services, door)
    return router


def _add_reading(router: APIRouter, services: DeskServices, door: DeskDoor) -> None:
    handoffs, units = services.handoffs, services.uow
    Reader = Annotated[DeskUser, Depends(door.user)]

    @router.get("")
    def listed(
        user: Reader, state: HandoffState | None = None, limit: Limit = 50, cursor: Cursor = None
    ) -> dict[str, Any]:
        with units.reading() as uow:
            after = _place(uow, cursor)
            found = handoffs.list(uow, state=state, after=after, limit=limit + 1)
        return page(
            [handoff_json(h) for h in found], limit=limit, last=found[:limit][-1].id if found else None
        )

    @router.get("/{handoff_id}")
    def one(handoff_id: str, user: Reader) -> dict[str, Any]:
        with units.reading() as uow:
            handoff = handoffs.get(uow, handoff_id)
            notes = handoffs.notes(uow, handoff_id)
            conversation = handoff.conversation_id
            said = uow.messages.last(conversation, TRANSCRIPT) if conversation else []
        return {
            **handoff_json(handoff),
            "notes": [note_json(n) for n in notes],
            "messages": [{**message_json(m), "author": m.author} for m in said],
        }


def _add_holding(router: APIRouter, services: DeskServices, door: DeskDoor) -> None:
    handoffs, units = services.handoffs, services.uow
    Changer = Annotated[DeskUser, Depends(door.changer)]

    @router.post("/{handoff_id}/claim", openapi_extra=described(Nothing))
    def claim(
        handoff_id: str, user: Changer, body: Annotated[Nothing, Depends(body_of(Nothing))]
    ) -> dict[str, Any]:
        with units() as uow:
            return handoff_json(handoffs.claim(uow, handoff_id, agent_of(user)))

    @router.post("/{handoff_id}/transfer", openapi_extra=described(Target))
    def transfer(
        handoff_id: str, user: Changer, body: Annotated[Target, Depends(body_of(Target))]
    ) -> dict[str, Any]:
        with units() as uow:
            return handoff_json(handoffs.transfer(uow, handoff_id, body.to.lower(), agent_of(user)))

    @router.post("/{handoff_id}/close", openapi_extra=described(Nothing))
    def close(
        handoff_id: str, user: Changer, body: Annotated[Nothing, Depends(body_of(Nothing))]
    ) -> dict[str, Any]:
        with units() as uow:
            return handoff_json(handoffs.close(uow, handoff_id, agent_of(user)))


def _add_speaking(router: APIRouter, services: DeskServices, door: DeskDoor) -> None:
    handoffs, units = services.handoffs, services.uow
    Changer = Annotated[DeskUser, Depends(door.changer)]

    @router.post("/{handoff_id}/reply", openapi_extra=described(Words))
    def reply(
        handoff_id: str, user: Changer, body: Annotated[Words, Depends(body_of(Words))]
    ) -> dict[str, Any]:
        agent = agent_of(user)
        try:
            with units() as uow:
                message = handoffs.reply(uow, handoff_id, body.text, agent)
                handoff = handoffs.get(uow, handoff_id)
        except ReplyStopped as stopped:
            with units() as uow:
                handoffs.stopped(uow, handoff_id, agent, stopped.reasons)
            raise
        return {**handoff_json(handoff), "message": message_json(message)}

    @router.post("/{handoff_id}/note", openapi_extra=described(Words))
    def note(
        handoff_id: str, user: Changer, body: Annotated[Words, Depends(body_of(Words))]
    ) -> dict[str, Any]:
        with units() as uow:
            return handoff_json(handoffs.note(uow, handoff_id, body.text, agent_of(user)))


def _place(uow: Any, cursor: str | None) -> Handoff | None:
    """The handoff after which the page begins. Raises InputError for a cursor that is not ours."""
    handoff_id = from_cursor(cursor)
    if handoff_id is None:
        return None
    found: Handoff | None = uow.handoffs.get(handoff_id)
    if found is None:
        raise InputError("翻页游标无效，请从第一页重新打开", field="cursor")
    return found
