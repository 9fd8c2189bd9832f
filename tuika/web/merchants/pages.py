"""The inbox's pages: queue and figures, one case, answers one by one or many at once, counter-evidence.

Invariants: everything shown is the merchant's own; no key, no contact and no name of the buyer is shown; many answers are
many transactions, and each that fails is told by its case number.
"""

from __future__ import annotations

from typing import Annotated, Any, cast
from uuid import uuid4

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment

from tuika.errors import InputError, TuikaError, Unauthenticated
from tuika.links import Purpose
from tuika.money import Money
from tuika.policy.model import EvidenceKind
from tuika.refunds.gateway import AnswerKind
from tuika.refunds.merchant_inbox import MOST_AT_ONCE, Merchant, asks
from tuika.refunds.model import RefundCase
from tuika.refunds.wording import REASONS, STATES, by_when, when
from tuika.web.access import Services, Wall
from tuika.web.limits import client_address
from tuika.web.merchants.access import COOKIE, Current, check_csrf, csrf_of, current, entered
from tuika.web.ports import WebServices

_EVENTS = {
    "refund.case.merchant_asked": "等您答复",
    "refund.case.merchant_approved": "您同意了退款",
    "refund.case.merchant_rejected": "您没有同意",
    "refund.offer.made": "发出协商方案",
    "refund.case.review_begun": "平台审核",
    "refund.case.approved": "同意退款",
    "refund.case.rejected": "驳回",
    "refund.case.paid": "已退款",
    "refund.merchant.evidenced": "您补充了材料",
    "refund.merchant.reminded": "已提醒您",
}


def merchant_router() -> APIRouter:
    router = APIRouter(prefix="/merchant", include_in_schema=False)
    pages: Any = {"response_class": HTMLResponse}
    router.add_api_route("", inbox, methods=["GET"], **pages)
    router.add_api_route("/login", login_page, methods=["GET"], **pages)
    router.add_api_route("/login", login, methods=["POST"], **pages)
    router.add_api_route("/logout", logout, methods=["POST"], **pages)
    router.add_api_route("/enter/{token}", enter, methods=["GET"], **pages)
    router.add_api_route("/answer", answer, methods=["POST"], **pages)
    router.add_api_route("/cases/{case_no}", one, methods=["GET"], **pages)
    router.add_api_route("/cases/{case_no}/evidence", evidence, methods=["POST"], **pages)
    return router


def enter(token: str, services: Services, wall: Wall) -> Response:
    """A signed link leads in."""
    services.links.read(Purpose.MERCHANT, token, now=wall.now())
    return entered(services, token)


def login_page(request: Request, services: Services) -> HTMLResponse:
    return _page(request, services, "merchant_login.html")


def login(
    request: Request,
    services: Services,
    wall: Wall,
    username: Annotated[str, Form(max_length=80)],
    password: Annotated[str, Form(max_length=200)],
) -> Response:
    try:
        user = services.merchants.login(username, password, address=client_address(request))
    except TuikaError as refusal:
        return _page(request, services, "merchant_login.html", problem=refusal.detail, status=refusal.status)
    about = {"platform": user.platform, "merchant": user.merchant_id}
    return entered(services, services.links.sign(Purpose.MERCHANT, now=wall.now(), **about))


def logout(request: Request, services: Services, csrf: Annotated[str, Form(max_length=100)]) -> Response:
    check_csrf(request, services, csrf)
    answered = RedirectResponse("/merchant/login", status_code=303)
    answered.delete_cookie(COOKIE, path="/merchant")
    return answered


def inbox(request: Request, services: Services, wall: Wall) -> Response:
    try:
        merchant = current(request, services, wall)
    except Unauthenticated:
        return RedirectResponse("/merchant/login", status_code=303)
    return _inbox(request, services, merchant)


def answer(
    request: Request,
    services: Services,
    merchant: Current,
    csrf: Annotated[str, Form(max_length=100)],
    step: Annotated[str, Form(max_length=20)],
    case: Annotated[list[str] | None, Form()] = None,
    amount: Annotated[str, Form(max_length=20)] = "",
    note: Annotated[str, Form(max_length=1000)] = "",
) -> HTMLResponse:
    """One word for every case that was ticked."""
    check_csrf(request, services, csrf)
    numbers = list(dict.fromkeys(case or []))
    done, problems = 0, []
    if not numbers or len(numbers) > MOST_AT_ONCE:
        problems.append(f"请先勾选要答复的申请，一次最多 {MOST_AT_ONCE} 份")
        numbers = []
    for number in numbers:
        try:
            _answered(services, merchant, number[:40], step, amount, note)
            done += 1
        except TuikaError as refusal:
            problems.append(f"{number[:40]}：{refusal.detail}")
    if done:
        services.due_runner.run_due()
    return _inbox(request, services, merchant, done=done, problems=problems)


def one(case_no: str, request: Request, services: Services, merchant: Current) -> HTMLResponse:
    with services.uow.reading() as uow:
        case = services.merchant_inbox.case(uow, merchant, case_no)
    return _page(request, services, "merchant_case.html", **_case(case))


async def evidence(
    case_no: str,
    request: Request,
    services: Services,
    merchant: Current,
    csrf: Annotated[str, Form(max_length=100)],
    note: Annotated[str, Form(max_length=1000)] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> HTMLResponse:
    check_csrf(request, services, csrf)
    data = await file.read() if file is not None and file.filename else b""
    return await run_in_threadpool(_evidence, request, services, merchant, case_no, note, data)


def _evidence(
    request: Request, services: WebServices, merchant: Merchant, case_no: str, note: str, data: bytes
) -> HTMLResponse:
    with services.uow.reading() as uow:
        case = services.merchant_inbox.case(uow, merchant, case_no)
    try:
        kept = _kept(services, case, data) if data else None
        with services.uow() as uow:
            case = services.merchant_inbox.add_evidence(uow, merchant, case_no, evidence_id=kept, note=note)
    except TuikaError as refusal:
        return _page(
            request,
            services,
            "merchant_case.html",
            problem=refusal.detail,
            status=refusal.status,
            **_case(case),
        )
    return _page(request, services, "merchant_case.html", told="已提交给平台审核人员", **_case(case))


def _kept(services: WebServices, case: RefundCase, data: bytes) -> str:
    """A picture of the merchant's, among the case's own."""
    if case.conversation_id is None:
        raise InputError("这份申请没有对话，暂时不能上传图片，请写成文字")
    made = services.evidence.accept(
        services.uow,
        conversation_id=case.conversation_id,
        client_id=f"merchant-{uuid4()}",
        data=data,
        kind=EvidenceKind.OTHER,
    )
    with services.uow() as uow:
        uow.evidence.attach((made.id,), case.case_no)
    return str(made.id)


def _answered(
    services: WebServices, merchant: Merchant, case_no: str, step: str, amount: str, note: str
) -> None:
    kinds = {"approve": AnswerKind.APPROVE, "reject": AnswerKind.REJECT, "settle": AnswerKind.SETTLE}
    if step not in kinds:
        raise InputError("请选择同意、不同意或部分退款", field="step")
    try:
        money = Money.from_yuan(amount) if step == "settle" else None
    except ValueError:
        raise InputError("金额要写成元，例如 49.00", field="amount") from None
    with services.uow() as uow:
        services.merchant_inbox.answer(uow, merchant, case_no, kind=kinds[step], amount=money, note=note)


def _inbox(
    request: Request,
    services: WebServices,
    merchant: Merchant,
    *,
    done: int = 0,
    problems: list[str] | None = None,
) -> HTMLResponse:
    with services.uow.reading() as uow:
        cases = services.merchant_inbox.queue(uow, merchant)
        figures = services.merchant_inbox.figures(uow, merchant)
    platform = services.settings.platforms.get(merchant.platform)
    return _page(
        request,
        services,
        "merchant_inbox.html",
        rows=[_case(case) for case in cases],
        figures=figures,
        done=done,
        problems=problems or [],
        platform_name=platform.name if platform else merchant.platform,
        merchant=merchant.id,
    )


def _case(case: RefundCase) -> dict[str, Any]:
    return {
        "case": case,
        "asks": asks(case),
        "reason": REASONS[case.reason],
        "state": STATES[case.state],
        "deadline": by_when(case.deadline),
        "filed": when(case.filed_at),
        "keys": [item.masked for item in case.items],
        "events": [(when(e.at), _EVENTS[e.type]) for e in case.events if e.type in _EVENTS],
    }


def _page(
    request: Request, services: WebServices, template: str, *, status: int = 200, **shown: Any
) -> HTMLResponse:
    environment = cast(Environment, request.app.state.templates)
    page = environment.get_template(template).render(csrf=csrf_of(request, services), **shown)
    headers = {"Referrer-Policy": "same-origin", "Cache-Control": "no-store"}
    return HTMLResponse(page, status_code=status, headers=headers)
