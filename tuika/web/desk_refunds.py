"""Refund cases for agents: list, read, decide.

Invariants: a replacement key is sealed before the refunds hear of it and is in no answer, log or event; after
each step the due work is run, so that an approved payout starts at once; the answer is the case after that.

Annotations are evaluated here at once (no ``annotations`` import): FastAPI reads the local dependencies in them.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Query
from pydantic import BeforeValidator, Field, PlainSerializer

from tuika.desks.model import DeskUser
from tuika.money import Money
from tuika.policy.model import EvidenceKind
from tuika.refunds.model import Actor, RefundCase
from tuika.refunds.offers import OfferKind
from tuika.refunds.states import CaseState
from tuika.refunds.telling import case_json
from tuika.safety.outgoing import ReplyStopped
from tuika.shops.masks import mask_key
from tuika.web.desk_forms import PREFIX, Body, DeskDoor, DeskServices, body_of, described
from tuika.web.desk_stops import note_stopped

log = structlog.get_logger(__name__)
MAX_FEN = 10**12
KEY_LIFE = timedelta(days=180)


def _whole(value: object) -> object:
    """JSON numbers that are integers, and digits from a form; nothing that would be rounded."""
    if isinstance(value, bool | float):
        raise ValueError("应为整数，单位是分")
    return value


Fen = Annotated[int, BeforeValidator(_whole), PlainSerializer(int), Field(gt=0, le=MAX_FEN)]


class Approve(Body):
    amount_fen: Fen | None = None
    note: str = Field(default="", max_length=500)


class Reject(Body):
    reason: str = Field(min_length=1, max_length=500)


class RequestEvidence(Body):
    kinds: tuple[EvidenceKind, ...] = Field(min_length=1, max_length=8)


class Negotiate(Body):
    kind: OfferKind
    amount_fen: Fen | None = None
    text: str = Field(default="", max_length=500)


class Reissue(Body):
    key: str = Field(min_length=4, max_length=500, repr=False)


class MarkPaid(Body):
    trade_no: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")
    amount_fen: Fen


def desk_refunds_router(services: DeskServices) -> APIRouter:
    router = APIRouter(prefix=f"{PREFIX}/refunds", tags=["desk"])
    door = DeskDoor(services)
    _add_reading(router, services, door)
    _add_deciding(router, services, door)
    _add_settling(router, services, door)
    _add_paying(router, services, door)
    return router


def _add_reading(router: APIRouter, services: DeskServices, door: DeskDoor) -> None:
    Reader = Annotated[DeskUser, Depends(door.user)]

    @router.get("")
    def listed(
        user: Reader,
        order_no: Annotated[str | None, Query(max_length=64)] = None,
        state: CaseState | None = None,
        platform: Annotated[str | None, Query(max_length=40)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> dict[str, Any]:
        with services.uow.reading() as uow:
            page = services.refunds.search(
                uow,
                order_no=order_no or None,
                state=state,
                platform=platform or None,
                cursor=cursor or None,
                limit=limit,
            )
            return {"items": [_shown(uow, case) for case in page.items], "next": page.next}

    @router.get("/{case_no}")
    def one(case_no: str, user: Reader) -> dict[str, Any]:
        with services.uow.reading() as uow:
            return _shown(uow, services.refunds.get(uow, case_no))


def _add_deciding(router: APIRouter, services: DeskServices, door: DeskDoor) -> None:
    Changer = Annotated[DeskUser, Depends(door.changer)]
    refunds = services.refunds

    @router.post("/{case_no}/approve", openapi_extra=described(Approve))
    def approve(
        case_no: str, user: Changer, body: Annotated[Approve, Depends(body_of(Approve))]
    ) -> dict[str, Any]:
        amount = _money(body.amount_fen)
        return _step(
            services,
            case_no,
            user,
            lambda uow: refunds.approve(uow, case_no, amount=amount, note=body.note, actor=_by(user)),
        )

    @router.post("/{case_no}/reject", openapi_extra=described(Reject))
    def reject(
        case_no: str, user: Changer, body: Annotated[Reject, Depends(body_of(Reject))]
    ) -> dict[str, Any]:
        return _step(
            services,
            case_no,
            user,
            lambda uow: refunds.reject(uow, case_no, reason=body.reason, actor=_by(user)),
        )

    @router.post("/{case_no}/request-evidence", openapi_extra=described(RequestEvidence))
    def request_evidence(
        case_no: str, user: Changer, body: Annotated[RequestEvidence, Depends(body_of(RequestEvidence))]
    ) -> dict[str, Any]:
        return _step(
            services,
            case_no,
            user,
            lambda uow: refunds.request_evidence(uow, case_no, kinds=body.kinds, actor=_by(user)),
        )


def _add_settling(router: APIRouter, services: DeskServices, door: DeskDoor) -> None:
    Changer = Annotated[DeskUser, Depends(door.changer)]
    refunds = services.refunds

    @router.post("/{case_no}/negotiate", openapi_extra=described(Negotiate))
    def negotiate(
        case_no: str, user: Changer, body: Annotated[Negotiate, Depends(body_of(Negotiate))]
    ) -> dict[str, Any]:
        amount = _money(body.amount_fen)
        return _step(
            services,
            case_no,
            user,
            lambda uow: refunds.negotiate(
                uow, case_no, kind=body.kind, amount=amount, text=body.text, actor=_by(user)
            ),
        )

    @router.post("/{case_no}/reissue", openapi_extra=described(Reissue))
    def reissue(
        case_no: str, user: Changer, body: Annotated[Reissue, Depends(body_of(Reissue))]
    ) -> dict[str, Any]:
        def step(uow: Any) -> RefundCase:
            case = refunds.get(uow, case_no)
            sealed = services.vault.seal(
                uow, body.key, kind="replacement_key", conversation_id=case.conversation_id, ttl=KEY_LIFE
            )
            return refunds.reissue(uow, case_no, secret_id=sealed, masked=mask_key(body.key), actor=_by(user))

        return _step(services, case_no, user, step)


def _add_paying(router: APIRouter, services: DeskServices, door: DeskDoor) -> None:
    Changer = Annotated[DeskUser, Depends(door.changer)]
    refunds = services.refunds

    @router.post("/{case_no}/mark-paid", openapi_extra=described(MarkPaid))
    def mark_paid(
        case_no: str, user: Changer, body: Annotated[MarkPaid, Depends(body_of(MarkPaid))]
    ) -> dict[str, Any]:
        amount = Money(body.amount_fen)
        return _step(
            services,
            case_no,
            user,
            lambda uow: refunds.mark_paid(
                uow, case_no, trade_no=body.trade_no, amount=amount, actor=_by(user)
            ),
        )


def _step(
    services: DeskServices, case_no: str, user: DeskUser, step: Callable[[Any], RefundCase]
) -> dict[str, Any]:
    """One step in one transaction; then what it made due; then the case as it stands."""
    try:
        with services.uow() as uow:
            step(uow)
    except ReplyStopped as stopped:
        note_stopped(services, f"case:{case_no}", user, stopped)
        raise
    run_due(services, case_no)
    with services.uow.reading() as uow:
        return _shown(uow, services.refunds.get(uow, case_no))


def run_due(services: DeskServices, case_no: str) -> None:
    """What a step made due is done at once; where that fails, the worker does it."""
    try:
        services.due_runner.run_due()
    except Exception:
        log.warning("desk.due_left_to_worker", case_no=case_no, exc_info=True)


def _shown(uow: Any, case: RefundCase) -> dict[str, Any]:
    return case_json(case, uow.evidence.of_case(case.case_no))


def _by(user: DeskUser) -> Actor:
    return Actor.agent(user.username)


def _money(fen: int | None) -> Money | None:
    return Money(fen) if fen is not None else None
