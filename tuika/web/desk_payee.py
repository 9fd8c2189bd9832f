"""The account that a person pays to, for the desk.

Invariants: nobody sees it but a logged-in colleague, who names the session's CSRF value and leaves an event in the audit log;
it is in the answer to this one call and in no cache.

Annotations are evaluated here at once (no ``annotations`` import): FastAPI reads the local dependencies in them.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from tuika.desks.model import DeskUser
from tuika.errors import NotFound
from tuika.web.desk_forms import PREFIX, DeskDoor, DeskServices


def desk_payee_router(services: DeskServices) -> APIRouter:
    router = APIRouter(prefix=PREFIX + "/refunds", tags=["desk"])
    door = DeskDoor(services)

    @router.post("/{case_no}/payee", summary="Look at the account to pay to; each look is recorded")
    def look(case_no: str, user: Annotated[DeskUser, Depends(door.changer)]) -> JSONResponse:
        with services.uow() as uow:
            payee = services.refunds.get(uow, case_no).payee
            if payee is None:
                raise NotFound("买家还没有填写收款账户")
            account = services.vault.reveal(
                uow, payee.secret_id, actor=f"agent:{user.username}", reason=f"payee of {case_no}"
            )
        return JSONResponse({"account": account}, headers={"Cache-Control": "no-store"})

    return router
