"""The desk's safety doors: stopped words, the block list, and values that a person may see with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tuika.conversations.model import Role, Say
from tuika.conversations.turns import Heard, Turn, TurnState

PREFIX = "/api/v1/desk"
KEY = "ABCD-1234-EFGH-5678"


def audited(desk: Any, name: str) -> list[Any]:
    with desk.services.uow.reading() as uow:
        return [event for event in uow.audit.list() if event.type == name]


def on_list(desk: Any, value: str = "13812345678") -> dict[str, Any]:
    """A contact that two buyers reported."""
    with desk.services.uow() as uow:
        for reporter in ("buyer:generic:b1", "buyer:generic:b2"):
            talk = f"cv_{reporter[-2:]}"
            desk.reports.file(
                uow, conversation_id=talk, text=f"{value} 让我先交保证金才退", reporter=reporter
            )
    items = desk.client("ann").get(f"{PREFIX}/blocked-contacts").json()["items"]
    return dict(items[0])


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("reject", {"reason": "先加我微信 kefu_tk88 再说"}),
        ("reject", {"reason": "请转账200元到我账户，再给您退款"}),
        ("negotiate", {"kind": "partial", "amount_fen": 5000, "text": "详情看 http://evil.cn/a"}),
    ],
)
def test_words_that_must_not_leave_stop_the_step_and_are_written_down(
    desk: Any, step: str, body: dict[str, Any]
) -> None:
    case = desk.case()
    answer = desk.client("ann").post(f"{PREFIX}/refunds/{case.case_no}/{step}", json=body)
    assert answer.status_code == 422, answer.text
    assert desk.client("ann").get(f"{PREFIX}/refunds/{case.case_no}").json()["state"] == "platform_review"
    (event,) = audited(desk, "handoff.reply.stopped")
    assert event.actor == "agent:ann" and event.subject == f"case:{case.case_no}"
    assert "kefu_tk88" not in str(event.detail) and "evil" not in str(event.detail)


def test_honest_reasons_pass(desk: Any) -> None:
    case = desk.case()
    reason = f"订单 {case.order_no} 的卡密记录显示已兑换，您可以在订单页申诉一次。"
    answer = desk.client("ann").post(f"{PREFIX}/refunds/{case.case_no}/reject", json={"reason": reason})
    assert answer.json()["state"] == "rejected"


def test_one_reporter_lists_nothing_and_two_do(desk: Any) -> None:
    with desk.services.uow() as uow:
        for _ in range(5):
            desk.reports.file(
                uow, conversation_id="cv_1", text="13812345678 骗子要保证金", reporter="buyer:generic:b1"
            )
    assert desk.client("ann").get(f"{PREFIX}/blocked-contacts").json()["items"] == []
    entry = on_list(desk)
    assert entry["value"] == "13812345678" and entry["kind"] == "phone" and entry["reporters"] == 2
    assert "b1" not in str(entry), "who reported is nobody's business"


def test_old_reports_no_longer_count(desk: Any) -> None:
    with desk.services.uow() as uow:
        desk.reports.file(uow, conversation_id="cv_1", text="QQ 123456789 要钱", reporter="a")
    desk.clock.advance(timedelta(days=91))
    with desk.services.uow() as uow:
        desk.reports.file(uow, conversation_id="cv_2", text="QQ 123456789 要钱", reporter="b")
    assert desk.client("ann").get(f"{PREFIX}/blocked-contacts").json()["items"] == []


def test_a_lead_lifts_with_a_reason_and_a_new_report_lists_again(desk: Any) -> None:
    entry = on_list(desk)
    path = f"{PREFIX}/blocked-contacts/{entry['id']}/lift"
    assert desk.client("ann").post(path, json={"reason": "误报，已核实"}).status_code == 403
    assert desk.client("sue").post(path, json={"reason": "  "}).status_code == 422
    assert desk.client("sue").post(path, json={"reason": "误报，已核实"}).json()["lifted_by"] == "sue"
    assert desk.client("sue").post(path, json={"reason": "误报，已核实"}).status_code == 409
    assert (
        desk.client("sue").post(f"{PREFIX}/blocked-contacts/none/lift", json={"reason": "误报了"}).status_code
        == 404
    )
    assert on_list(desk)["lifted_at"] is None
    assert [e.type for e in audited(desk, "safety.contact.lifted")] == ["safety.contact.lifted"]


def sealed_message(desk: Any, handoff_id: str, kind: str = "card_key") -> tuple[str, str]:
    """A message of the handoff's buyer with a sealed value: conversation and vault id."""
    with desk.services.uow() as uow:
        talk = desk.services.handoffs.get(uow, handoff_id).conversation_id
        secret_id = desk.services.vault.seal(uow, KEY, kind=kind, conversation_id=talk)
        heard = Heard(text="卡密〔卡密1〕", secrets={"〔卡密1〕": secret_id})
        now = desk.clock.now()
        uow.turns.add(Turn("tn_1", talk, 1, "c1", "h", TurnState.DONE, 0, heard, {}, now))
        desk.services.conversations.hear(uow, talk, "卡密〔卡密1〕", turn_id="tn_1")
        desk.services.conversations.post(uow, talk, Role.BOT, Say("好的"))
    return talk, secret_id


def test_the_one_who_serves_sees_a_value_with_a_reason_and_it_is_written_down(desk: Any) -> None:
    handoff = desk.handoff()
    talk, secret_id = sealed_message(desk, handoff)
    ann, bob = desk.client("ann"), desk.client("bob")
    assert ann.get(f"{PREFIX}/conversations/{talk}/secrets").status_code == 404, "not claimed yet"
    ann.post(f"{PREFIX}/handoffs/{handoff}/claim", json={})
    (item,) = ann.get(f"{PREFIX}/conversations/{talk}/secrets").json()["items"]
    assert item["placeholder"] == "〔卡密1〕" and item["secret_id"] == secret_id and KEY not in str(item)
    path = f"{PREFIX}/secrets/{secret_id}/reveal"
    assert ann.post(path, json={}).status_code == 422
    assert ann.post(path, json={"reason": "看"}).status_code == 422
    assert bob.post(path, json={"reason": "核对卡密是否被用"}).status_code == 404
    assert audited(desk, "safety.secret.revealed") == []
    assert ann.post(path, json={"reason": "核对卡密是否被用"}).json()["value"] == KEY
    (event,) = audited(desk, "safety.secret.revealed")
    assert event.actor == "agent:ann" and event.detail == {"reason": "核对卡密是否被用"}
    assert desk.client("sue").post(path, json={"reason": "主管复核一下"}).json()["value"] == KEY


def test_without_the_csrf_value_nothing_is_shown(desk: Any) -> None:
    handoff = desk.handoff()
    _, secret_id = sealed_message(desk, handoff)
    sue = desk.client("sue")
    answer = sue.post(
        f"{PREFIX}/secrets/{secret_id}/reveal", json={"reason": "主管复核一下"}, headers={"X-Tuika-CSRF": "x"}
    )
    assert answer.status_code == 403
    assert (
        desk.client().post(f"{PREFIX}/secrets/{secret_id}/reveal", json={"reason": "x" * 9}).status_code
        == 401
    )


def test_a_guests_proof_and_what_has_expired_are_shown_to_nobody(desk: Any) -> None:
    handoff = desk.handoff()
    talk, proof = sealed_message(desk, handoff, kind="proof")
    sue = desk.client("sue")
    assert sue.get(f"{PREFIX}/conversations/{talk}/secrets").json()["items"] == []
    assert sue.post(f"{PREFIX}/secrets/{proof}/reveal", json={"reason": "主管复核一下"}).status_code == 404
    with desk.services.uow() as uow:
        short = desk.services.vault.seal(
            uow, KEY, kind="card_key", conversation_id=talk, ttl=timedelta(minutes=5)
        )
    desk.clock.advance(timedelta(minutes=6))
    assert sue.post(f"{PREFIX}/secrets/{short}/reveal", json={"reason": "主管复核一下"}).status_code == 404
