"""Where a person shall pay, when the money has no way back: a sealed form for the buyer.

Invariants: the account goes from the form into the vault and is shown here only masked; the page's address is a signed link
about one case; a case that is paid, or was never waiting, takes no account.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from tuika.errors import InputError, TuikaError
from tuika.links import Purpose
from tuika.refunds.model import Actor, RefundCase
from tuika.web.access import Services, Wall
from tuika.web.linked_case import case_behind, linked_page
from tuika.web.ports import WebServices

WAYS = {"alipay": "支付宝", "wechat": "微信", "bank": "银行卡", "usdt": "USDT 地址"}
KEPT_FOR = timedelta(days=60)
_LENGTHS = {"alipay": (5, 64), "wechat": (5, 64), "bank": (12, 23), "usdt": (20, 128)}


def payee_pages_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    router.add_api_route("/payee/{token}", form_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/payee/{token}", form_sent, methods=["POST"], response_class=HTMLResponse)
    return router


def form_page(token: str, request: Request, services: Services, wall: Wall) -> HTMLResponse:
    return _page(request, _case(token, services, wall))


def form_sent(
    token: str,
    request: Request,
    services: Services,
    wall: Wall,
    way: Annotated[str, Form(max_length=10)],
    name: Annotated[str, Form(max_length=40)],
    account: Annotated[str, Form(max_length=128)],
) -> HTMLResponse:
    """The form is its own proof: its address is the signed link, which only the conversation shows."""
    case = _case(token, services, wall)
    try:
        way, name, account = _checked(way, name, account)
        case = _keep(services, case, way, name, account)
    except TuikaError as refusal:
        return _page(request, case, problem=refusal.detail, status=refusal.status)
    return _page(request, case, done=True)


def _case(token: str, services: WebServices, wall: Any) -> RefundCase:
    return case_behind(token, Purpose.PAYEE, services, wall, missing="没有这份退款申请")


def _checked(way: str, name: str, account: str) -> tuple[str, str, str]:
    name, account = name.strip(), account.strip().replace(" ", "")
    if way not in WAYS:
        raise InputError("请选择收款方式", field="way")
    if not name or any(ord(c) < 32 for c in name):
        raise InputError("请填写收款人姓名", field="name")
    shortest, longest = _LENGTHS[way]
    if not shortest <= len(account) <= longest or not account.isascii() or not account.isprintable():
        raise InputError("收款账号看起来不对，请检查后再填", field="account")
    return way, name, account


def _keep(services: WebServices, case: RefundCase, way: str, name: str, account: str) -> RefundCase:
    with services.uow() as uow:
        secret_id = services.vault.seal(
            uow,
            f"{WAYS[way]}｜{name}｜{account}",
            kind="payee",
            conversation_id=case.conversation_id,
            ttl=KEPT_FOR,
        )
        actor = Actor.buyer(case.buyer_id) if case.buyer_id else Actor.guest(case.guest_key or "")
        kept: RefundCase = services.refunds.give_payee(
            uow, case.case_no, secret_id=secret_id, masked=f"{WAYS[way]} ****{account[-4:]}", actor=actor
        )
        return kept


def _page(
    request: Request, case: RefundCase, *, problem: str = "", done: bool = False, status: int = 200
) -> HTMLResponse:
    return linked_page(
        request,
        "payee.html",
        status=status,
        case=case,
        amount=str(case.due_amount),
        open=case.state.value == "approved",
        ways=list(WAYS.items()),
        problem=problem,
        done=done,
    )
