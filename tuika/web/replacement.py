"""A replacement key, shown to the one whose case it settles.

Invariants: the key is in the answer to this one call and nowhere else (no log, no message, no cache); each look
is recorded in the case and in the audit log; a case that is not the session's own is the same 404 as none.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from tuika.conversations.ports import Session
from tuika.errors import NotFound
from tuika.refunds.model import Actor, RefundCase
from tuika.web.access import OwnSession, Services
from tuika.web.schema import problems

CaseNo = Annotated[str, Path(max_length=40)]


class KeyModel(BaseModel):
    key: str


def replacement_router() -> APIRouter:
    router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["buyers"])
    router.add_api_route(
        "/cases/{case_no}/replacement-key",
        open_key,
        methods=["POST"],
        response_model=KeyModel,
        responses=problems(401, 404),
        summary="Look at the replacement key of one's own case; each look is recorded",
    )
    return router


def open_key(case_no: CaseNo, session: OwnSession, services: Services) -> JSONResponse:
    with services.uow() as uow:
        case: RefundCase | None = uow.cases.get(case_no)
        if case is None or not _is_own(case, session):
            raise NotFound("没有可以查看的新卡密")
        actor = Actor.buyer(session.buyer.id) if session.buyer else Actor.guest(session.conversation_id)
        secret_id = services.refunds.open_replacement(uow, case_no, actor=actor)
        key = services.vault.reveal(uow, secret_id, actor=str(actor), reason="replacement key shown to buyer")
    return JSONResponse({"key": key}, headers={"Cache-Control": "no-store"})


def _is_own(case: RefundCase, session: Session) -> bool:
    """A buyer's by his name on this platform; a guest's by the conversation in which he filed it."""
    if case.platform != session.platform:
        return False
    if session.buyer is not None:
        return case.buyer_id == session.buyer.id
    return case.buyer_id is None and case.conversation_id == session.conversation_id
