"""Sealed values and the block list as pages: who may look, why, and what stays behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from .pages import Html

SECRET = "ABCD-1234-EFGH-5678"


def sealed(desk: Any, talk: str) -> str:
    with desk.services.uow() as uow:
        return str(
            desk.services.vault.seal(
                uow, SECRET, kind="card_key", conversation_id=talk, ttl=timedelta(days=1)
            )
        )


def test_a_value_is_shown_once_with_a_reason_and_written_down(desk: Any) -> None:
    talk = desk.talk_of(desk.handoff())
    secret = sealed(desk, talk)
    where = f"/desk/conversations/{talk}/sealed"
    assert desk.client("ann").get(where).status_code == 404  # not his conversation
    desk.does(f"/desk/conversations/{talk}/claim")
    assert SECRET not in desk.page(where).source
    for reason in ("", "看看", "长" * 301):
        assert SECRET not in desk.refused(where, 422, secret=secret, reason=reason).source
    opened = Html(desk.send(where, secret=secret, reason="买家要核对卡密尾号"))
    assert opened.status == 200 and SECRET in opened.text
    assert SECRET not in desk.page(where).source
    shown = desk.page("/desk/audit", "sue")
    assert "查看密文" in shown.text and SECRET not in shown.source


def test_another_conversations_value_is_not_found(desk: Any) -> None:
    mine, other = desk.talk_of(desk.handoff()), desk.conversation().id
    secret = sealed(desk, other)
    desk.does(f"/desk/conversations/{mine}/claim")
    where = f"/desk/conversations/{mine}/sealed"
    for name in ("ann", "sue"):
        answer = desk.send(where, name, secret=secret, reason="想看一看别人的")
        assert answer.status_code == 404 and SECRET not in answer.text
    assert desk.send(where, secret="vs_none", reason="想看一看别人的").status_code == 404
    assert desk.send(where, csrf="forged", secret=secret, reason="想看一看").status_code == 403


@pytest.fixture
def blocked(desk: Any) -> str:
    with desk.services.uow() as uow:
        for number in range(4):
            talk = desk.services.conversations.open(uow, platform="generic", channel="widget", buyer=None)
            desk.reports.file(uow, conversation_id=talk.id, text=f"第{number}次，加QQ 123456789 交保证金")
        found = uow.blocklist.find("123456789")
        if found is None:  # the list counts people, and guests are told apart by their conversation
            pytest.fail("four reports did not block the contact")
        return str(found.id)


def test_a_blocked_contact_is_lifted_by_a_lead_with_a_reason(desk: Any, blocked: str) -> None:
    assert "黑名单" in desk.page("/desk/scams").text
    where = f"/desk/blocked/{blocked}/lift"
    assert desk.send(where, "ann", reason="误报了").status_code == 403
    desk.refused(where, 422, "sue", reason="")
    desk.does(where, "sue", reason="核实是误报")
    assert "已解除：核实是误报" in desk.page("/desk/scams").text
    assert desk.send("/desk/blocked/bc_none/lift", "sue", reason="没有这个").status_code in (404, 409)
