"""Where a person pays: the buyer's sealed form, the desk's recorded look."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tuika.bootstrap import Services
from tuika.links import Purpose
from tuika.orders.model import PayChannel
from tuika.policy.model import Claim, Reason
from tuika.refunds.model import Actor, Requester

from .conftest import Browser

ACCOUNT = "6222021234567890128"


@pytest.fixture
def number(services: Services) -> str:
    """An approved case that a person pays, on an order paid by USDT."""
    object.__setattr__(services.refunds.tools, "manual_payout", frozenset({"generic"}))
    order = services.demo_shop.orders.find("KM202611210001")
    assert order is not None
    order = replace(order, pay_channel=PayChannel.USDT)
    with services.uow() as uow:
        talk = services.conversations.open(uow, platform="generic", channel="widget", buyer=None)
        case = services.refunds.file(
            uow,
            order=order,
            claim=Claim(Reason.WRONG_RECHARGE, own_error=False),
            requester=Requester("b1", talk.id),
        )
        services.refunds.approve(uow, case.case_no, actor=Actor.merchant("m1"))
    return case.case_no


def said(services: Services, number: str) -> str:
    with services.uow.reading() as uow:
        talk = services.refunds.get(uow, number).conversation_id
        return "\n".join(message.text for message in uow.messages.after(talk, 0))


def test_the_form_is_asked_for_in_the_conversation_and_seals_the_account(
    services: Services, browser: Browser, number: str, tmp_path: Path
) -> None:
    link = re.search(r"http://\S+(/payee/[\w.\-]+)", said(services, number))
    assert link is not None and "由工作人员打款" not in ACCOUNT
    path = link.group(1)
    assert number in browser.get(path).text
    wrong = browser.post(path, data={"way": "bank", "name": "林", "account": "12"})
    assert wrong.status_code == 422 and "看起来不对" in wrong.text
    done = browser.post(path, data={"way": "bank", "name": "林", "account": ACCOUNT})
    assert done.status_code == 200 and "银行卡 ****0128" in done.text
    assert ACCOUNT not in said(services, number)
    assert not any(ACCOUNT.encode() in p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())


def test_the_desk_looks_with_a_record_and_a_paid_case_takes_no_account(
    services: Services, browser: Browser, number: str
) -> None:
    services.desk.ensure_demo_users()
    token = services.links.sign(Purpose.PAYEE, now=datetime.now(UTC), case_no=number)
    browser.post(f"/payee/{token}", data={"way": "bank", "name": "林", "account": ACCOUNT})
    assert browser.post(f"/api/v1/desk/refunds/{number}/payee").status_code == 401
    browser.post("/api/v1/desk/login", json={"username": "demo", "password": "demo-only-password"})
    csrf = {"X-Tuika-CSRF": browser.cookie("tuika_csrf")}
    seen = browser.post(f"/api/v1/desk/refunds/{number}/payee", headers=csrf)
    assert (
        seen.json() == {"account": f"银行卡｜林｜{ACCOUNT}"} and seen.headers["Cache-Control"] == "no-store"
    )
    with services.uow.reading() as uow:
        assert uow.audit.list()[0].type == "safety.secret.revealed"
    with services.uow() as uow:
        case = services.refunds.get(uow, number)
        services.refunds.mark_paid(
            uow, number, trade_no="T1", amount=case.due_amount, actor=Actor.agent("demo")
        )
    late = browser.post(f"/payee/{token}", data={"way": "bank", "name": "林", "account": ACCOUNT})
    assert late.status_code == 409


@pytest.mark.parametrize("purpose", [Purpose.NOTIFY, Purpose.RESUME, Purpose.MERCHANT])
def test_other_links_open_no_form(
    services: Services, browser: Browser, number: str, purpose: Purpose
) -> None:
    token = services.links.sign(purpose, now=datetime.now(UTC), case_no=number)
    assert browser.get(f"/payee/{token}").status_code == 401


def test_whoever_pays_sees_the_account_on_the_cases_page(
    services: Services, browser: Browser, number: str
) -> None:
    services.desk.ensure_demo_users()
    browser.post("/api/v1/desk/login", json={"username": "demo", "password": "demo-only-password"})
    where, csrf = f"/desk/cases/{number}", browser.cookie("tuika_csrf")
    assert "还没有填" in browser.get(where).text
    assert browser.post(f"{where}/payee", data={"tuika_csrf": csrf}).status_code == 404
    token = services.links.sign(Purpose.PAYEE, now=datetime.now(UTC), case_no=number)
    browser.post(f"/payee/{token}", data={"way": "bank", "name": "林", "account": ACCOUNT})
    page = browser.get(where).text
    assert "银行卡 ****0128" in page and ACCOUNT not in page
    assert browser.post(f"{where}/payee", data={"tuika_csrf": "forged"}).status_code == 403
    shown = browser.post(f"{where}/payee", data={"tuika_csrf": csrf})
    assert ACCOUNT in shown.text and shown.headers["Cache-Control"] == "no-store"
    assert ACCOUNT not in browser.get(where).text
    with services.uow.reading() as uow:
        assert "safety.secret.revealed" in [event.type for event in uow.audit.list()[:3]]
