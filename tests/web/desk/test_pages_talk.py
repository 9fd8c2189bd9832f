"""Conversations as pages: lists, claim, reply, note, hand on, put back, return, end."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from tuika.conversations.model import Owner, Role, Say
from tuika.handoff.model import HandoffKind

from .pages import Html

TALKS = "/desk/conversations"
ONE = "8c5d9f0a-3a0e-4b57-9a59-0d4f5c9f7a01"
XSS = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def queued(desk: Any) -> str:
    """A conversation in which somebody waits."""
    return str(desk.talk_of(desk.handoff()))


def claimed(desk: Any, name: str = "ann") -> str:
    talk = queued(desk)
    desk.does(f"{TALKS}/{talk}/claim", name)
    return talk


def reply(desk: Any, talk: str, text: str, name: str = "ann", client_id: str | None = None) -> Any:
    return desk.send(f"{TALKS}/{talk}/reply", name, text=text, client_id=client_id or str(uuid.uuid4()))


def texts(desk: Any, talk: str, role: Role) -> list[str]:
    return [m.text for m in desk.said(talk) if m.role is role]


def owner(desk: Any, talk: str) -> Owner:
    with desk.services.uow.reading() as uow:
        return Owner(uow.conversations.get(talk).owner)


def test_the_way_of_a_conversation(desk: Any) -> None:
    talk = queued(desk)
    listed = desk.page(f"{TALKS}?list=queued")
    assert "小林" in listed.text and "转人工" in listed.text and "承诺 还有 30 分" in listed.text
    before = desk.page(f"{TALKS}/{talk}")
    assert "接入会话" in before.text and f"{TALKS}/{talk}/reply" not in before.actions()
    assert "买家想要 退款" in before.text
    assert desk.does(f"{TALKS}/{talk}/claim") == f"{TALKS}/{talk}?done=claimed"
    held = desk.page(f"{TALKS}/{talk}?done=claimed")
    assert "已接入，机器人不再发言" in held.text and f"{TALKS}/{talk}/reply" in held.actions()
    assert owner(desk, talk) is Owner.HUMAN
    assert reply(desk, talk, "您好，在看了").status_code == 303
    assert texts(desk, talk, Role.AGENT) == ["您好，在看了"]
    desk.does(f"{TALKS}/{talk}/note", text="这位买家很着急")
    shown = desk.page(f"{TALKS}/{talk}")
    assert "这位买家很着急" in shown.text and "内部备注" in shown.text
    assert "这位买家很着急" not in str(desk.said(talk))
    assert desk.does(f"{TALKS}/{talk}/return").endswith("done=returned")
    assert owner(desk, talk) is Owner.BOT
    assert "由机器人继续帮您" in texts(desk, talk, Role.SYSTEM)[-1]
    desk.refused(f"{TALKS}/{talk}/return", 409)


def test_two_claim_at_once_and_one_is_told(desk: Any) -> None:
    talk = queued(desk)
    desk.does(f"{TALKS}/{talk}/claim", "ann")
    shown = desk.refused(f"{TALKS}/{talk}/claim", 409, "bob")
    assert "已由 ann 认领" in shown.text and "由 ann 接待中" in shown.text
    assert reply(desk, talk, "我来说", "bob").status_code == 409
    assert texts(desk, talk, Role.AGENT) == []


def test_a_form_sent_twice_speaks_once(desk: Any) -> None:
    talk = claimed(desk)
    same = str(uuid.uuid4())
    assert [reply(desk, talk, "请稍等", client_id=same).status_code for _ in range(3)] == [303] * 3
    assert texts(desk, talk, Role.AGENT) == ["请稍等"]
    reply(desk, talk, "请稍等")
    assert texts(desk, talk, Role.AGENT) == ["请稍等", "请稍等"]


@pytest.mark.parametrize(
    ("text", "client_id", "status"),
    [
        ("", ONE, 422),
        ("   ", ONE, 422),
        ("\u200b", ONE, 422),
        ("长" * 2001, ONE, 422),
        ("长" * 5000, ONE, 422),
        ("好的", "not-a-uuid", 422),
        ("加我QQ 123456789", ONE, 422),
        ("先交200元保证金", ONE, 422),
        ("验证码发我", ONE, 422),
    ],
)
def test_replies_that_are_not_taken_keep_the_draft(desk: Any, text: str, client_id: str, status: int) -> None:
    talk = claimed(desk)
    shown = desk.refused(f"{TALKS}/{talk}/reply", status, text=text, client_id=client_id)
    assert texts(desk, talk, Role.AGENT) == []
    if len(text) <= 2001:
        assert f">{text.strip()}</textarea>" in shown.source


def test_a_stopped_reply_is_in_the_audit_log(desk: Any) -> None:
    talk = claimed(desk)
    desk.refused(f"{TALKS}/{talk}/reply", 422, text="加我QQ 123456789", client_id=str(uuid.uuid4()))
    shown = desk.page("/desk/audit", "sue")
    assert "回复被拦下" in shown.text and "123456789" not in shown.text


def test_a_note_never_reaches_the_buyer_and_holds_no_secret(desk: Any) -> None:
    talk = desk.conversation().id
    desk.does(f"{TALKS}/{talk}/note", "bob", text="卡密 ABCD-1234-EFGH-5678 是坏的")
    shown = desk.page(f"{TALKS}/{talk}", "ann")
    assert "是坏的" in shown.text and "1234-EFGH" not in shown.source
    assert desk.said(talk) == []
    desk.refused(f"{TALKS}/{talk}/note", 422, text=" ")


def test_taking_over_from_the_bot(desk: Any) -> None:
    talk = desk.conversation().id
    assert "介入会话" in desk.page(f"{TALKS}/{talk}").text
    desk.does(f"{TALKS}/{talk}/claim", "bob")
    assert owner(desk, talk) is Owner.HUMAN
    assert "bob 已接入" in texts(desk, talk, Role.SYSTEM)[0]
    desk.refused(f"{TALKS}/{talk}/claim", 409, "ann")


def test_handing_on_and_putting_back(desk: Any) -> None:
    talk = claimed(desk)
    desk.refused(f"{TALKS}/{talk}/transfer", 422, to="nobody")
    desk.refused(f"{TALKS}/{talk}/transfer", 409, to="ann")
    desk.does(f"{TALKS}/{talk}/transfer", to="bob")
    desk.refused(f"{TALKS}/{talk}/requeue", 409, "ann")
    desk.does(f"{TALKS}/{talk}/requeue", "bob")
    assert owner(desk, talk) is Owner.QUEUED
    assert "排到最前面" in texts(desk, talk, Role.SYSTEM)[-1]
    desk.does(f"{TALKS}/{talk}/claim", "ann")
    desk.does(f"{TALKS}/{talk}/transfer", "sue", to="bob")  # a lead may


def test_ending_asks_for_a_rating_once(desk: Any) -> None:
    talk = claimed(desk)
    desk.does(f"{TALKS}/{talk}/finish")
    assert owner(desk, talk) is Owner.CLOSED
    last = desk.said(talk)[-1]
    assert last.awaiting == "rating" and "打个分" in last.text
    with desk.services.uow() as uow:
        uow.conversations.rate(talk, score=5, comment="", at=desk.clock.now())
    desk.does(f"{TALKS}/{talk}/claim")  # wrote again, or a person looks in
    desk.does(f"{TALKS}/{talk}/finish")
    assert "打个分" not in desk.said(talk)[-1].text
    assert "小林" in desk.page(f"{TALKS}?list=ended").text


def test_a_ticket_is_done_without_speaking(desk: Any) -> None:
    talk = desk.conversation().id
    with desk.services.uow() as uow:
        ticket = desk.services.handoffs.request(
            uow, conversation_id=talk, reason="核查付款", brief="看流水", kind=HandoffKind.TICKET
        ).id
    assert "核查付款" in desk.page(f"{TALKS}?list=attention").text
    assert "看流水" in desk.page(f"{TALKS}/{talk}").text
    desk.refused(f"{TALKS}/{talk}/close-ticket", 409, handoff="tk_other")
    desk.does(f"{TALKS}/{talk}/close-ticket", handoff=ticket)
    desk.refused(f"{TALKS}/{talk}/close-ticket", 409, handoff=ticket)
    assert desk.said(talk) == []
    assert "核查付款" not in desk.page(f"{TALKS}?list=attention").text


@pytest.mark.parametrize(
    "step", ["claim", "reply", "note", "transfer", "requeue", "return", "finish", "close-ticket"]
)
def test_unknown_conversations_are_404(desk: Any, step: str) -> None:
    fields = {"reply": {"text": "x", "client_id": str(uuid.uuid4())}, "note": {"text": "x"}}.get(step, {})
    assert desk.send(f"{TALKS}/cv_none/{step}", **fields).status_code == 404
    assert desk.client("ann").get(f"{TALKS}/cv_none").status_code == 404


@pytest.mark.parametrize("step", ["claim", "requeue", "return", "finish"])
def test_a_field_too_many_is_refused(desk: Any, step: str) -> None:
    talk = claimed(desk)
    desk.refused(f"{TALKS}/{talk}/{step}", 422, agent="bob")


def test_the_five_lists_hold_each_conversation_once(desk: Any) -> None:
    in_each = {
        "human": claimed(desk),
        "queued": queued(desk),
        "bot": desk.conversation("机器人的").id,
        "attention": desk.conversation("被骗的").id,
    }
    with desk.services.uow() as uow:
        desk.reports.file(uow, conversation_id=in_each["attention"], text="加QQ 123456789 交保证金")
        desk.services.handoffs.close(uow, uow.handoffs.open_handoff(in_each["queued"]).id, _lead())
        in_each["queued"] = queued_again(desk, uow, in_each["queued"])
    claimed_once = claimed(desk)
    desk.does(f"{TALKS}/{claimed_once}/finish")
    in_each["ended"] = claimed_once
    seen: dict[str, str] = {}
    for which, talk in in_each.items():
        page = desk.page(f"{TALKS}?list={which}")
        assert f"row-{talk}" in page.source, which
        for other in in_each.values():
            if f'id="row-{other}"' in page.source:
                assert other not in seen or seen[other] == which
                seen[other] = which
    assert seen == {talk: which for which, talk in in_each.items()}
    assert "举报了诈骗" in desk.page(f"{TALKS}?list=attention").text


def _lead() -> Any:
    from tuika.handoff.model import Agent

    return Agent("sue", lead=True)


def queued_again(desk: Any, uow: Any, talk: str) -> str:
    """Asks for a person again, beside the bot."""
    desk.services.handoffs.request(uow, conversation_id=talk, reason="转人工", brief="")
    return talk


def test_bot_conversations_end_after_a_silent_day(desk: Any) -> None:
    talk = desk.conversation().id
    assert talk in desk.page(f"{TALKS}?list=bot").source
    desk.clock.advance(timedelta(hours=25))
    assert talk not in desk.page(f"{TALKS}?list=bot").source
    assert talk in desk.page(f"{TALKS}?list=ended").source


@pytest.mark.parametrize("query", ["list=nothing", "p=0", "p=x", "p=9999", "q=" + "x" * 81])
def test_malformed_addresses_are_422(desk: Any, query: str) -> None:
    answer = desk.client("ann").get(f"{TALKS}?{query}")
    assert answer.status_code == 422 and "flash bad" in Html(answer).source


@pytest.mark.parametrize("words", ["%", "_", "' OR 1=1 --", XSS, "小林"])
def test_searching_compares_plain_text(desk: Any, words: str) -> None:
    desk.conversation()
    answer = desk.client("ann").get(TALKS, params={"list": "bot", "q": words})
    shown = Html(answer)
    assert ("row-cv" in shown.source) == (words == "小林")
    assert "<script>alert" not in shown.source


def test_what_people_typed_is_shown_as_text(desk: Any) -> None:
    talk = desk.conversation(XSS, buyer_id=XSS).id
    with desk.services.uow() as uow:
        desk.services.handoffs.request(uow, conversation_id=talk, reason=XSS, brief=f"买家想要：{XSS}")
        desk.services.conversations.post(uow, talk, Role.BOT, Say(XSS))
    desk.does(f"{TALKS}/{talk}/note", text=XSS)
    desk.does(f"{TALKS}/{talk}/claim")
    reply(desk, talk, XSS)
    for path in (f"{TALKS}/{talk}", f"{TALKS}?list=human", "/desk/team"):
        shown = desk.page(path)
        assert "<script>alert" not in shown.source and "<img src=x" not in shown.source


def test_a_shop_that_is_away_leaves_the_page_whole(desk: Any) -> None:
    talk = desk.conversation().id
    desk.services.gateway.away = True
    assert "店铺系统暂时查不到" in desk.page(f"{TALKS}/{talk}").text


def test_a_guest_is_called_one(desk: Any) -> None:
    talk = desk.conversation(None).id
    shown = desk.page(f"{TALKS}/{talk}")
    assert "访客" in shown.text and "访客还没有证明" in shown.text


def test_canned_replies_prefill_the_composer_without_script(desk: Any) -> None:
    case = desk.case()
    desk.does(
        "/desk/canned",
        title="进度",
        text="{买家}您好，{申请号} 现在 {进度}，{商品} {不存在的}".replace(" {不存在的}", ""),
    )
    desk.does(f"{TALKS}/{case.conversation_id}/claim")
    with desk.services.uow.reading() as uow:
        (canned,) = uow.canned.of("ann")
    shown = desk.page(f"{TALKS}/{case.conversation_id}?canned={canned.id}")
    assert f"小林您好，{case.case_no} 现在 平台审核中，Q币 100</textarea>" in shown.source
    assert desk.client("bob").get(f"{TALKS}/{case.conversation_id}?canned={canned.id}").status_code == 404
