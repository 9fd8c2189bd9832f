"""Refund cases through the doors: the contract's fields, who may, in which state, and no key in sight."""

from __future__ import annotations

from typing import Any

import pytest

BASE = "/api/v1/desk/refunds"
FIELDS = {
    "case_no",
    "order_no",
    "platform",
    "reason",
    "amount_fen",
    "state",
    "route",
    "filed_at",
    "decision",
    "items",
    "evidence",
    "events",
    "deadline",
}
KEY = "WXYZ-7777-KKKK-9999"


def test_a_case_is_listed_and_read(desk: Any) -> None:
    case = desk.case()
    ann = desk.client("ann")
    body = ann.get(f"{BASE}/{case.case_no}").json()
    assert set(body) >= FIELDS
    assert body["state"] == "platform_review" and body["amount_fen"] == 9800
    for params in ({}, {"order_no": case.order_no}, {"state": "platform_review"}, {"platform": "binghui"}):
        assert [c["case_no"] for c in ann.get(BASE, params=params).json()["items"]] == [case.case_no]
    for params in ({"order_no": "KM9"}, {"state": "paid"}, {"platform": "solo"}):
        assert ann.get(BASE, params=params).json() == {"items": [], "next": None}
    assert ann.get(f"{BASE}/RF00000099").status_code == 404
    assert desk.client().get(f"{BASE}/{case.case_no}").status_code == 401


def test_lists_are_paged_and_their_filters_checked(desk: Any) -> None:
    for number in range(3):
        desk.case(f"KM20261121000{number}")
    ann = desk.client("ann")
    first = ann.get(BASE, params={"limit": 2}).json()
    rest = ann.get(BASE, params={"limit": 2, "cursor": first["next"]}).json()
    assert len({c["case_no"] for c in first["items"] + rest["items"]}) == 3
    for params in ({"state": "open"}, {"limit": 0}, {"limit": "x"}, {"cursor": "?"}, {"order_no": "9" * 65}):
        assert ann.get(BASE, params=params).status_code == 422, params


def test_an_approval_runs_what_is_due_and_cannot_be_repeated(desk: Any) -> None:
    case = desk.case()
    ann = desk.client("ann")
    answer = ann.post(f"{BASE}/{case.case_no}/approve", json={"note": "核实无误"})
    assert answer.status_code == 200 and answer.json()["state"] in ("approved", "paying")
    assert desk.services.due_runner.runs == 1
    assert ann.post(f"{BASE}/{case.case_no}/approve", json={}).status_code == 409
    assert ann.post(f"{BASE}/{case.case_no}/reject", json={"reason": "晚了"}).status_code == 409


def test_a_failing_runner_is_left_to_the_worker(desk: Any) -> None:
    case = desk.case()
    desk.services.due_runner.fails = True
    assert desk.client("ann").post(f"{BASE}/{case.case_no}/approve").status_code == 200


def test_above_the_limit_it_takes_two(desk: Any) -> None:
    case = desk.case(fen=80_000)
    ann, bob = desk.client("ann"), desk.client("bob")
    path = f"{BASE}/{case.case_no}/approve"
    assert ann.post(path, json={}).json()["state"] == "platform_review"
    assert ann.post(path, json={}).status_code == 409
    assert bob.post(path, json={}).json()["state"] in ("approved", "paying")


def test_a_rejection_names_its_reason(desk: Any) -> None:
    case = desk.case()
    ann = desk.client("ann")
    assert ann.post(f"{BASE}/{case.case_no}/reject", json={"reason": " "}).status_code == 422
    answer = ann.post(
        f"{BASE}/{case.case_no}/reject",
        data={"reason": "截图看不清", "tuika_csrf": ann.cookies["tuika_csrf"]},
    )
    assert answer.json()["state"] == "rejected"


def test_evidence_is_asked_for_by_kind(desk: Any) -> None:
    case = desk.case()
    ann = desk.client("ann")
    path = f"{BASE}/{case.case_no}/request-evidence"
    for kinds in ([], ["video"], "chat", None):
        assert ann.post(path, json={"kinds": kinds}).status_code == 422, kinds
    assert ann.post(path, json={"kinds": ["chat", "listing"]}).json()["state"] == "needs_evidence"
    other = desk.case("KM202611210002")
    form = {"kinds": ["chat", "other"], "tuika_csrf": ann.cookies["tuika_csrf"]}
    assert ann.post(f"{BASE}/{other.case_no}/request-evidence", data=form).json()["state"] == "needs_evidence"


@pytest.mark.parametrize(
    "amount", [0, -1, 1.5, 9800.0, True, "abc", "1e3", 10**13, 9801, [], {"fen": 1}, "9800 "]
)
def test_amounts_are_whole_fen_within_what_was_paid(desk: Any, amount: Any) -> None:
    case = desk.case()
    answer = desk.client("ann").post(f"{BASE}/{case.case_no}/approve", json={"amount_fen": amount})
    expected = 200 if amount == "9800 " else 422
    assert answer.status_code == expected
    misspelt = desk.client("ann").post(f"{BASE}/{case.case_no}/approve", json={"amount": 100})
    assert misspelt.status_code == 422


def test_an_offer_is_made_once(desk: Any) -> None:
    case = desk.case()
    ann = desk.client("ann")
    path = f"{BASE}/{case.case_no}/negotiate"
    assert ann.post(path, json={"kind": "gift"}).status_code == 422
    assert (
        ann.post(path, json={"kind": "partial", "amount_fen": 6000, "text": "退六十"}).json()["state"]
        == "negotiating"
    )
    assert ann.post(path, json={"kind": "partial", "amount_fen": 6000}).status_code == 409


def test_a_replacement_key_is_sealed_and_shown_nowhere(desk: Any) -> None:
    case = desk.case()
    ann = desk.client("ann")
    assert ann.post(f"{BASE}/{case.case_no}/reissue", json={"key": KEY}).status_code == 409
    ann.post(f"{BASE}/{case.case_no}/negotiate", json={"kind": "exchange"})
    answer = ann.post(f"{BASE}/{case.case_no}/reissue", json={"key": KEY})
    assert answer.status_code == 200
    bad = ann.post(f"{BASE}/{case.case_no}/reissue", json={"key": [KEY]})
    assert bad.status_code == 422
    with desk.services.uow.reading() as uow:
        dump = "\n".join(uow.connection.connection.driver_connection.iterdump())
        sealed = uow.connection.exec_driver_sql("SELECT id FROM vault_secrets").scalars().all()
        assert [desk.services.vault.open(uow, each) for each in sealed] == [KEY]
    assert KEY not in dump + answer.text + bad.text
    assert "7777" not in answer.text + bad.text


def test_a_hand_paid_refund_is_recorded_and_short_money_makes_a_ticket(desk: Any) -> None:
    case = desk.case()
    ann = desk.client("ann")
    path = f"{BASE}/{case.case_no}/mark-paid"
    for body in (
        {},
        {"trade_no": "T1"},
        {"trade_no": "<b>", "amount_fen": 1},
        {"trade_no": "", "amount_fen": 1},
    ):
        assert ann.post(path, json=body).status_code == 422
    assert ann.post(path, json={"trade_no": "T1", "amount_fen": 9800}).status_code == 409
    ann.post(f"{BASE}/{case.case_no}/approve")
    assert ann.post(path, json={"trade_no": "T1", "amount_fen": 9900}).status_code == 422
    assert ann.post(path, json={"trade_no": "T1", "amount_fen": 9000}).json()["state"] == "paid"
    (ticket,) = ann.get("/api/v1/desk/handoffs", params={"state": "waiting"}).json()["items"]
    assert ticket["kind"] == "ticket" and ticket["urgent"] and ticket["case_no"] == case.case_no


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("approve", {}),
        ("reject", {"reason": "x"}),
        ("request-evidence", {"kinds": ["chat"]}),
        ("negotiate", {"kind": "exchange"}),
        ("reissue", {"key": KEY}),
        ("mark-paid", {"trade_no": "T1", "amount_fen": 1}),
    ],
)
def test_unknown_cases_strangers_and_missing_csrf(desk: Any, step: str, body: dict[str, Any]) -> None:
    ann = desk.client("ann")
    assert ann.post(f"{BASE}/RF00000099/{step}", json=body).status_code == 404
    assert desk.client().post(f"{BASE}/RF00000099/{step}", json=body).status_code == 401
    csrf = ann.headers.pop("X-Tuika-CSRF")
    assert ann.post(f"{BASE}/RF00000099/{step}", json=body).status_code == 403
    ann.headers["X-Tuika-CSRF"] = csrf


def test_the_documents_describe_every_call(desk: Any) -> None:
    paths = desk.app.openapi()["paths"]
    for step in ("approve", "reject", "request-evidence", "negotiate", "reissue", "mark-paid"):
        content = paths[f"{BASE}/{{case_no}}/{step}"]["post"]["requestBody"]["content"]
        assert "application/json" in content
