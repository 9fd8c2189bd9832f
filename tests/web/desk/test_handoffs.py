"""Handoffs through the doors: the contract's fields, codes and order of steps."""

from __future__ import annotations

from typing import Any

import pytest

BASE = "/api/v1/desk/handoffs"
FIELDS = {"id", "conversation_id", "state", "kind", "urgent", "reason", "brief", "waiting_since"}


def test_the_way_of_a_handoff(desk: Any) -> None:
    handoff = desk.handoff()
    ann, bob = desk.client("ann"), desk.client("bob")
    (listed,) = ann.get(BASE, params={"state": "waiting"}).json()["items"]
    assert set(listed) >= FIELDS and listed["id"] == handoff and listed["kind"] == "handoff"
    assert ann.post(f"{BASE}/{handoff}/claim", json={}).json()["state"] == "active"
    assert bob.post(f"{BASE}/{handoff}/claim", json={}).status_code == 409
    assert bob.post(f"{BASE}/{handoff}/reply", json={"text": "我来"}).status_code == 409
    said = ann.post(f"{BASE}/{handoff}/reply", json={"text": "您好，已经在看了"}).json()
    assert said["message"]["role"] == "agent" and said["message"]["text"] == "您好，已经在看了"
    assert bob.post(f"{BASE}/{handoff}/note", json={"text": "旁听"}).status_code == 200
    assert ann.post(f"{BASE}/{handoff}/transfer", json={"to": "bob"}).json()["agent"] == "bob"
    whole = ann.get(f"{BASE}/{handoff}").json()
    assert [n["text"] for n in whole["notes"]] == ["旁听"]
    assert "旁听" not in str(whole["messages"])
    assert bob.post(f"{BASE}/{handoff}/close").json()["state"] == "closed"
    assert bob.post(f"{BASE}/{handoff}/close").status_code == 409
    assert ann.get(BASE, params={"state": "waiting"}).json() == {"items": [], "next": None}
    assert len(ann.get(BASE).json()["items"]) == 1


def test_a_reply_that_must_not_leave_is_422_and_logged(desk: Any) -> None:
    handoff = desk.handoff()
    ann = desk.client("ann")
    ann.post(f"{BASE}/{handoff}/claim", json={})
    answer = ann.post(f"{BASE}/{handoff}/reply", json={"text": "请先交200元保证金，加QQ 123456789"})
    assert answer.status_code == 422
    assert "向买家要钱" in answer.json()["detail"] and answer.json()["reasons"] == ["contact", "demand"]
    types = [e["type"] for e in desk.client("sue").get("/api/v1/desk/audit").json()["items"]]
    assert types.count("handoff.reply.stopped") == 1
    assert "handoff.reply.sent" not in types


@pytest.mark.parametrize("step", ["claim", "close", "reply", "note", "transfer"])
def test_unknown_ids_are_404_and_strangers_401(desk: Any, step: str) -> None:
    body = {"reply": {"text": "x"}, "note": {"text": "x"}, "transfer": {"to": "bob"}}.get(step, {})
    path = f"{BASE}/ho_none/{step}"
    assert desk.client("ann").post(path, json=body).status_code == 404
    assert desk.client().post(path, json=body).status_code == 401
    assert desk.client("ann").get(f"{BASE}/ho_none").status_code == 404


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("reply", {}),
        ("reply", {"text": ""}),
        ("reply", {"text": "  "}),
        ("reply", {"text": 5}),
        ("reply", {"text": "长" * 2001}),
        ("reply", {"text": "x", "role": "bot"}),
        ("note", {"text": None}),
        ("transfer", {"to": ""}),
        ("transfer", {"to": "nobody"}),
        ("claim", {"agent": "bob"}),
    ],
)
def test_malformed_bodies_are_422(desk: Any, step: str, body: dict[str, Any]) -> None:
    handoff = desk.handoff()
    ann = desk.client("ann")
    if step != "claim":
        ann.post(f"{BASE}/{handoff}/claim", json={})
    answer = ann.post(f"{BASE}/{handoff}/{step}", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 422),
        (b"[" * 30_000, "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b'{"text": "x"}', "text/plain", 415),
        (b"<a/>", "application/xml", 415),
        (b"text=a&text=b", "application/x-www-form-urlencoded", 422),
        (b"text=%FF", "application/x-www-form-urlencoded", 200),
        (b"&".join(b"a%d=1" % n for n in range(60)), "application/x-www-form-urlencoded", 422),
        (b"nonsense", "multipart/form-data; boundary=x", 422),
        (b"nonsense", "multipart/form-data", 422),
        (b'{"text": "' + b"x" * 70_000 + b'"}', "application/json", 413),
    ],
)
def test_odd_bodies_are_answered_plainly(desk: Any, content: bytes, kind: str, status: int) -> None:
    handoff = desk.handoff()
    answer = desk.client("ann").post(
        f"{BASE}/{handoff}/note", content=content, headers={"content-type": kind}
    )
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_multipart_form_works(desk: Any) -> None:
    handoff = desk.handoff()
    ann = desk.client("ann")
    files = {"text": (None, "一条备注"), "tuika_csrf": (None, ann.cookies["tuika_csrf"])}
    ann.headers.pop("X-Tuika-CSRF")
    assert ann.post(f"{BASE}/{handoff}/note", files=files).status_code == 200


def test_lists_are_paged_and_filtered(desk: Any) -> None:
    made = [desk.handoff(urgent=n == 3) for n in range(5)]
    ann = desk.client("ann")
    seen: list[str] = []
    cursor = None
    while True:
        page = ann.get(BASE, params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen[0] == made[3] and sorted(seen) == sorted(made)
    for params in (
        {"state": "open"},
        {"state": ""},
        {"limit": 0},
        {"limit": 201},
        {"cursor": "!!"},
        {"cursor": "aGk"},
    ):
        assert ann.get(BASE, params=params).status_code == 422, params
    assert desk.client().get(BASE).status_code == 401


def test_a_supervisor_may_step_in(desk: Any) -> None:
    handoff = desk.handoff()
    desk.client("ann").post(f"{BASE}/{handoff}/claim")
    sue = desk.client("sue")
    assert sue.post(f"{BASE}/{handoff}/transfer", json={"to": "SUE"}).json()["agent"] == "sue"
    assert sue.post(f"{BASE}/{handoff}/close", json={}).status_code == 200
