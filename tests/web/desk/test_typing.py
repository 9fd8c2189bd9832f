"""The agent's sign of typing: for the one who has the handoff, for a few seconds, stored nowhere."""

from __future__ import annotations

from typing import Any

from tuika.conversations.model import Role
from tuika.web.typing_signs import Typing, desk_typing_router

BASE = "/api/v1/desk/handoffs"


def typing_desk(desk: Any) -> tuple[Typing, list[str]]:
    """The desk's doors with this one among them; gives the signs and who was woken."""
    woken: list[str] = []
    desk.app.state.typing = Typing()
    desk.app.include_router(desk_typing_router(desk.services, woken.append))
    return desk.app.state.typing, woken


def test_the_one_who_has_it_is_seen_typing(desk: Any) -> None:
    signs, woken = typing_desk(desk)
    handoff = desk.handoff()
    ann, bob = desk.client("ann"), desk.client("bob")
    path = f"{BASE}/{handoff}/typing"
    assert ann.post(path, json={"on": True}).status_code == 409, "not claimed yet"
    conversation = ann.post(f"{BASE}/{handoff}/claim", json={}).json()["conversation_id"]
    assert bob.post(path, json={"on": True}).status_code == 409, "somebody else's"
    assert woken == []
    assert ann.post(path, json={"on": True}).status_code == 204
    assert signs.is_on(conversation, Role.AGENT) and woken == [conversation]
    assert ann.post(path, json={"on": False}).status_code == 204
    assert not signs.is_on(conversation, Role.AGENT)
    ann.post(f"{BASE}/{handoff}/close")
    assert ann.post(path, json={"on": True}).status_code == 409


def test_what_is_malformed_or_forged_is_refused(desk: Any) -> None:
    _signs, woken = typing_desk(desk)
    handoff = desk.handoff()
    ann = desk.client("ann")
    ann.post(f"{BASE}/{handoff}/claim", json={})
    path = f"{BASE}/{handoff}/typing"
    for body in ({}, {"on": "perhaps"}, {"on": True, "as": "bob"}, []):
        assert ann.post(path, json=body).status_code == 422, body
    assert ann.post(f"{BASE}/ho_none/typing", json={"on": True}).status_code == 404
    assert desk.client().post(path, json={"on": True}).status_code in (401, 403)
    assert ann.post(path, json={"on": True}, headers={"X-Tuika-CSRF": "forged"}).status_code == 403
    assert woken == []
