"""Agreeing to notices, by the API and by the signed page, and coming back by a notice's link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tuika.links import LIVES, Purpose

pytestmark = pytest.mark.anyio


async def test_a_buyer_agrees_looks_and_takes_it_back(world: Any, sign: Any) -> None:
    await world.open(user_token=sign())
    shown = await world.client.get(world.path("notices"), headers=world.auth)
    assert shown.json() == {"ways": ["email", "sms"], "chats": [], "way": None, "masked": None}
    put = await world.client.put(
        world.path("notices"), json={"way": "sms", "address": "138 0000 0001"}, headers=world.auth
    )
    assert (put.status_code, put.json()["masked"]) == (200, "138****0001")
    assert "138****0001" in (await world.messages())[-1]["text"]
    gone = await world.client.delete(world.path("notices"), headers=world.auth)
    assert gone.json()["way"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"way": "sms", "address": "123"},
        {"way": "pigeon", "address": "roof"},
        {"way": "email", "address": "a" * 300 + "@b.com"},
        {"way": "email"},
    ],
)
async def test_bad_addresses_are_refused_and_nothing_is_kept(world: Any, body: dict[str, str]) -> None:
    await world.open()
    answer = await world.client.put(world.path("notices"), json=body, headers=world.auth)
    assert answer.status_code == 422
    shown = await world.client.get(world.path("notices"), headers=world.auth)
    assert shown.json()["way"] is None


async def test_the_page_of_the_signed_link_needs_no_session(world: Any) -> None:
    await world.open()
    token = world.services.links.sign(
        Purpose.NOTIFY, now=world.wall.now(), conversation_id=world.conversation_id
    )
    page = await world.client.get(f"/notify/{token}")
    assert page.status_code == 200 and "离开以后怎么通知您" in page.text
    wrong = await world.client.post(f"/notify/{token}", data={"way": "email", "address": "nobody"})
    assert wrong.status_code == 422 and "看起来不对" in wrong.text
    done = await world.client.post(f"/notify/{token}", data={"way": "email", "address": "lin@example.com"})
    assert done.status_code == 200 and "l***@example.com" in done.text
    assert "lin@example.com" not in str(await world.messages())


async def test_a_notices_link_resumes_the_conversation_with_its_buyer(world: Any, sign: Any) -> None:
    await world.open(user_token=sign())
    first = world.conversation_id
    await world.say("你好")
    token = world.services.links.sign(
        Purpose.RESUME, now=world.wall.now(), conversation_id=first, case_no="RF1"
    )
    opened = await world.open(user_token=token)
    assert opened["conversation_id"] == first and opened["buyer"]["id"] == "b1"
    assert [m["text"] for m in opened["messages"]].count("你好") == 1
    with world.services.uow.reading() as uow:
        assert uow.audit.list()[0].type == "conversation.link.opened"


async def test_links_that_are_old_forged_for_something_else_or_elsewhere_are_refused(world: Any) -> None:
    await world.open()
    about = {"conversation_id": world.conversation_id, "case_no": "RF1"}
    sign, now = world.services.links.sign, world.wall.now()
    old = sign(Purpose.RESUME, now=now - LIVES[Purpose.RESUME] - timedelta(seconds=1), **about)
    good = sign(Purpose.RESUME, now=now, **about)
    bad = [
        ("generic", old),
        ("generic", good[:-3] + "abc"),
        ("generic", sign(Purpose.NOTIFY, now=now, **about)),
        ("solo", good),
        ("generic", sign(Purpose.RESUME, now=now, conversation_id="cv_nobody", case_no="RF1")),
    ]
    for platform, token in bad:
        answer = await world.client.post(
            "/api/v1/sessions", json={"platform": platform, "user_token": token, "channel": "widget"}
        )
        assert answer.status_code == 401, token
    assert (await world.client.get(f"/notify/{good}")).status_code == 401


async def test_what_a_page_was_given_counts_as_seen(world: Any) -> None:
    from tuika.conversations.model import Role, Say

    await world.open()
    with world.services.uow() as uow:
        notice = world.services.conversations.post(uow, world.conversation_id, Role.SYSTEM, Say("有进展"))
        assert uow.conversations.seen(world.conversation_id) == 0
    await world.messages()
    with world.services.uow.reading() as uow:
        assert uow.conversations.seen(world.conversation_id) == notice.seq
