"""What is decided about a case, each a plain form; the same service steps as the API's.

Invariants: amounts are typed in yuan and become whole fen; a replacement key is sealed before anything else hears of
it and is not shown again, not even to the one who typed it; an account to pay to is in the answer to its own form only; an outcome the state forbids is refused in words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import AfterValidator, Field

from tuika.desks.model import DeskUser
from tuika.errors import NotFound
from tuika.money import Money
from tuika.policy.model import EvidenceKind
from tuika.refunds.model import Actor, RefundCase
from tuika.refunds.offers import OfferKind
from tuika.safety.outgoing import ReplyStopped
from tuika.shops.masks import mask_key
from tuika.web.desk.cases import show_case
from tuika.web.desk.doors import Changer, Form, Services, entered, read_form
from tuika.web.desk.frame import PageRoute, act, address
from tuika.web.desk.login import Nothing
from tuika.web.desk.ports import PageServices
from tuika.web.desk_forms import Body, Fields
from tuika.web.desk_refunds import KEY_LIFE, Reissue, run_due
from tuika.web.desk_stops import note_stopped

MAX_YUAN = 12


def _yuan(text: str) -> str:
    try:
        amount = Money.from_yuan(text)
    except ValueError:
        raise ValueError("金额要写成元，如 98 或 98.50") from None
    if amount.fen <= 0:
        raise ValueError("金额要大于 0")
    return text


Yuan = Annotated[str, Field(max_length=MAX_YUAN), AfterValidator(_yuan)]


class Approve(Body):
    amount: Yuan | None = None
    note: str = Field(default="", max_length=500)


class Reject(Body):
    reason: str = Field(min_length=1, max_length=500)


class WantEvidence(Body):
    kinds: tuple[EvidenceKind, ...] = Field(default=(), max_length=8)


class Negotiate(Body):
    kind: OfferKind
    amount: Yuan | None = None
    text: str = Field(default="", max_length=500)


class MarkPaid(Body):
    trade_no: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")
    amount: Yuan


Work = Callable[[Any, str, Actor], RefundCase]


def case_steps() -> APIRouter:
    router = APIRouter(prefix="/cases/{case_no}", route_class=PageRoute)
    for name, handler in (
        ("approve", approve),
        ("reject", reject),
        ("request-evidence", request_evidence),
        ("negotiate", negotiate),
        ("reissue", reissue),
        ("mark-paid", mark_paid),
        ("payee", payee),
    ):
        router.add_api_route(f"/{name}", handler, methods=["POST"])
    return router


def approve(case_no: str, request: Request, user: Changer, services: Services, fields: Form) -> Response:
    def work(uow: Any, number: str, actor: Actor) -> RefundCase:
        given = read_form(fields, Approve)
        return services.refunds.approve(uow, number, amount=money(given.amount), note=given.note, actor=actor)

    return _step(request, user, services, case_no, fields, work, done="approved", form="approve")


def reject(case_no: str, request: Request, user: Changer, services: Services, fields: Form) -> Response:
    def work(uow: Any, number: str, actor: Actor) -> RefundCase:
        return services.refunds.reject(uow, number, reason=read_form(fields, Reject).reason, actor=actor)

    return _step(request, user, services, case_no, fields, work, done="rejected", form="reject")


def request_evidence(
    case_no: str, request: Request, user: Changer, services: Services, fields: Form
) -> Response:
    def work(uow: Any, number: str, actor: Actor) -> RefundCase:
        kinds = read_form(fields, WantEvidence).kinds
        return services.refunds.request_evidence(uow, number, kinds=kinds, actor=actor)

    return _step(request, user, services, case_no, fields, work, done="evidence", form="evidence")


def negotiate(case_no: str, request: Request, user: Changer, services: Services, fields: Form) -> Response:
    def work(uow: Any, number: str, actor: Actor) -> RefundCase:
        given = read_form(fields, Negotiate)
        return services.refunds.negotiate(
            uow, number, kind=given.kind, amount=money(given.amount), text=given.text, actor=actor
        )

    return _step(request, user, services, case_no, fields, work, done="offered", form="negotiate")


def reissue(case_no: str, request: Request, user: Changer, services: Services, fields: Form) -> Response:
    def work(uow: Any, number: str, actor: Actor) -> RefundCase:
        key = read_form(fields, Reissue).key
        case = services.refunds.get(uow, number)
        sealed = services.vault.seal(
            uow, key, kind="replacement_key", conversation_id=case.conversation_id, ttl=KEY_LIFE
        )
        return services.refunds.reissue(uow, number, secret_id=sealed, masked=mask_key(key), actor=actor)

    return _step(request, user, services, case_no, fields, work, done="reissued", form="reissue")


def mark_paid(case_no: str, request: Request, user: Changer, services: Services, fields: Form) -> Response:
    def work(uow: Any, number: str, actor: Actor) -> RefundCase:
        given = read_form(fields, MarkPaid)
        return services.refunds.mark_paid(
            uow, number, trade_no=given.trade_no, amount=Money.from_yuan(given.amount), actor=actor
        )

    return _step(request, user, services, case_no, fields, work, done="paid", form="pay")


def payee(case_no: str, request: Request, user: Changer, services: Services, fields: Form) -> Response:
    """The account to pay to, in the answer to this one form; the look is recorded before it is shown."""
    read_form(fields, Nothing)
    with services.uow() as uow:
        known = services.refunds.get(uow, case_no).payee
        if known is None:
            raise NotFound("买家还没有填写收款账户")
        account = services.vault.reveal(
            uow, known.secret_id, actor=str(Actor.agent(user.username)), reason=f"payee of {case_no}"
        )
    shown = show_case(request, user, services, case_no, account=account)
    shown.headers["Cache-Control"] = "no-store"
    return shown


def money(yuan: str | None) -> Money | None:
    return None if yuan is None else Money.from_yuan(yuan)


def _step(
    request: Request,
    user: DeskUser,
    services: PageServices,
    case_no: str,
    fields: Fields,
    work: Work,
    *,
    done: str,
    form: str,
) -> Response:
    """One step in one transaction, then what it made due; the case's page, or again with what was wrong."""

    def step() -> str:
        try:
            with services.uow() as uow:
                case = work(uow, case_no, Actor.agent(user.username))
        except ReplyStopped as stopped:
            note_stopped(services, f"case:{case_no}", user, stopped)
            raise
        run_due(services, case_no)
        waits = done == "approved" and case.pending is not None
        return address(f"/desk/cases/{case_no}", done="pending" if waits else done)

    def again(status: int, error: str) -> Any:
        typed = {name: value for name, value in entered(fields).items() if name != "key"}
        return show_case(
            request, user, services, case_no, status=status, error=error, entered=typed, wrong=form
        )

    return act(step, again)
