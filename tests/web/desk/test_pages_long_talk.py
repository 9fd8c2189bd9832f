"""A conversation that is longer than a page."""

from __future__ import annotations

from typing import Any

from tuika.conversations.model import Role, Say


def test_a_long_conversation_is_seen_whole_in_steps(desk: Any) -> None:
    talk = desk.conversation().id
    with desk.services.uow() as uow:
        for n in range(1, 641):
            desk.services.conversations.post(uow, talk, Role.SYSTEM, Say(f"第 {n} 条"))
    first = desk.page(f"/desk/conversations/{talk}")
    assert "看更早的 340 条" in first.text and "第 340 条" not in first.text and "第 341 条" in first.text
    (more,) = [str(a["href"]) for tag, a in first.tags if tag == "a" and a.get("id") == "earlier"]
    assert more.endswith("&shown=600#m340")
    second = desk.page(more.partition("#")[0])
    assert "看更早的 40 条" in second.text and "第 41 条" in second.text
    assert "看更早的" not in desk.page(f"/desk/conversations/{talk}?shown=900").text
    for wrong in ("0", "-1", "x", "6001", "1e9"):
        assert desk.client("ann").get(f"/desk/conversations/{talk}?shown={wrong}").status_code == 422
