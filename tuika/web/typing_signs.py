"""Who is typing: both ways, remembered for a few seconds in each process and stored nowhere.

Invariants: a sign of typing ends by itself; the memory is bounded; where processes have no way to each other a listener
of another one sees no sign, and loses nothing by it.

Annotations are evaluated here at once (no ``annotations`` import): FastAPI reads the local dependencies in them.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, StrictBool

from tuika.conversations.model import Role
from tuika.desks.model import DeskUser
from tuika.errors import Conflict
from tuika.handoff.model import HandoffState
from tuika.web.access import OwnSession, Services
from tuika.web.desk_forms import PREFIX, Body, DeskDoor, DeskServices, body_of, described
from tuika.web.schema import problems

LASTS = 6.0
MOST = 20_000
TYPING = "typing"
_SIGNS = frozenset((Role.BUYER.value, Role.AGENT.value))


class Typing:
    """Who typed when; safe from any thread."""

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.monotonic,
        tell: Callable[[str], None] = lambda sign: None,
    ) -> None:
        self._now = now
        self._tell = tell
        self._lock = threading.Lock()
        self._until: OrderedDict[tuple[str, Role], float] = OrderedDict()

    def show(self, conversation_id: str, role: Role, on: bool) -> None:
        """Here and in every other process."""
        self.set(conversation_id, role, on)
        self._tell(f"{role.value} {int(on)} {conversation_id}")

    def heard(self, sign: str) -> str | None:
        """Another process' sign; the conversation that it is about, or None where it makes no sense."""
        who, on, conversation_id = [*sign.split(" "), "", ""][:3]
        if who not in _SIGNS or on not in ("0", "1") or not conversation_id:
            return None
        self.set(conversation_id, Role(who), on == "1")
        return conversation_id

    def set(self, conversation_id: str, role: Role, on: bool) -> None:
        key = (conversation_id, role)
        with self._lock:
            self._until.pop(key, None)
            if on:
                self._until[key] = self._now() + LASTS
            while len(self._until) > MOST:
                self._until.popitem(last=False)

    def is_on(self, conversation_id: str, role: Role) -> bool:
        with self._lock:
            return self._until.get((conversation_id, role), 0.0) > self._now()


class TypingRequest(BaseModel):
    on: StrictBool


class DeskTyping(Body):
    on: bool


def typing_of(request: Request) -> Typing:
    typing: Typing = request.app.state.typing
    return typing


Signs = Annotated[Typing, Depends(typing_of)]


def typing_router() -> APIRouter:
    router = APIRouter(prefix="/api/v1/conversations/{conversation_id}/typing", tags=["buyers"])
    router.add_api_route(
        "",
        buyer_types,
        methods=["POST"],
        status_code=204,
        response_class=Response,
        responses=problems(400, 401, 404, 413, 422),
        summary="The buyer is typing, or no longer",
    )
    return router


def buyer_types(body: TypingRequest, session: OwnSession, services: Services, typing: Signs) -> Response:
    """Lasts six seconds; say it again while it goes on."""
    typing.show(session.conversation_id, Role.BUYER, body.on)
    services.wakes.wake(session.conversation_id)
    return Response(status_code=204)


def desk_typing_router(services: DeskServices, wake: Callable[[str], Any]) -> APIRouter:
    """The same for agents; only the one who has the handoff is seen typing."""
    door = DeskDoor(services)

    async def agent_types(
        handoff_id: str,
        typing: Signs,
        user: Annotated[DeskUser, Depends(door.changer)],
        body: Annotated[DeskTyping, Depends(body_of(DeskTyping))],
    ) -> Response:
        with services.uow.reading() as uow:
            handoff = services.handoffs.get(uow, handoff_id)
        if handoff.state is not HandoffState.ACTIVE or handoff.agent != user.username:
            raise Conflict("没有在接待这个会话")
        if handoff.conversation_id is not None:
            typing.show(handoff.conversation_id, Role.AGENT, body.on)
            wake(handoff.conversation_id)
        return Response(status_code=204)

    router = APIRouter(prefix=f"{PREFIX}/handoffs/{{handoff_id}}/typing", tags=["desk"])
    router.add_api_route(
        "",
        agent_types,
        methods=["POST"],
        status_code=204,
        response_class=Response,
        responses=problems(401, 404, 409),
        openapi_extra=described(DeskTyping),
        summary="The agent is typing, or no longer",
    )
    return router
