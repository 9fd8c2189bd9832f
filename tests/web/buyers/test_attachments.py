"""Uploads: once, by content, only pictures."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest

pytestmark = pytest.mark.anyio


def _rows(world: Any) -> list[Any]:
    with world.services.uow.reading() as uow:
        return list(uow.evidence.of_conversation(world.conversation_id))


async def test_an_upload_is_kept_and_answered(world: Any, picture: Any) -> None:
    await world.open()
    answer = await world.upload(picture(), kind="key_error", text="打不开")
    body = answer.json()
    assert answer.status_code == 200, answer.text
    assert body["attachment"]["media_type"] == "image/png" and body["attachment"]["kind"] == "key_error"
    assert body["messages"][0]["text"] == "听到：打不开"
    assert (await world.messages())[1]["attachments"] == [body["attachment"]]
    shown = await world.client.get(world.path(f"attachments/{body['attachment']['id']}"), headers=world.auth)
    assert shown.status_code == 200 and shown.headers["content-type"] == "image/png"


async def test_without_a_kind_it_counts_for_what_was_asked(world: Any, picture: Any) -> None:
    await world.open()
    world.remember(evidence_asked="order_page")
    asked = (await world.upload(picture())).json()
    world.remember(evidence_asked="nonsense")
    unknown = (await world.upload(picture("blue"))).json()
    assert [asked["attachment"]["kind"], unknown["attachment"]["kind"]] == ["order_page", "other"]


async def test_the_same_client_id_is_one_upload(world: Any, picture: Any) -> None:
    await world.open()
    client_id = str(uuid.uuid4())
    first = await world.upload(picture(), client_id, kind="listing")
    world.remember(evidence_asked="chat")
    answers = await asyncio.gather(*(world.upload(picture(), client_id) for _ in range(8)))
    assert {a.text for a in answers} == {first.text}
    assert len(_rows(world)) == 1 and len(world.engine.heard) == 1
    assert (await world.upload(picture("blue"), client_id)).status_code == 409
    assert (await world.upload(picture(), client_id, kind="chat")).status_code == 409
    assert (await world.upload(picture(), client_id, text="别的")).status_code == 409
    assert (await world.say("同一个编号", client_id)).status_code == 409


async def test_a_message_and_an_upload_share_no_client_id(world: Any, picture: Any) -> None:
    await world.open()
    client_id = str(uuid.uuid4())
    await world.say("你好", client_id)
    assert (await world.upload(picture(), client_id)).status_code == 409
    assert _rows(world) == []


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"GIF89a"]
)
async def test_what_is_no_picture_is_415_whatever_it_claims(world: Any, data: bytes) -> None:
    await world.open()
    assert (await world.upload(data)).status_code == 415
    assert _rows(world) == []


async def test_a_large_file_is_413(world: Any) -> None:
    await world.open()
    assert (await world.upload(b"x" * 200_001)).status_code == 413
    assert (await world.upload(b"x" * 500_000)).status_code == 413
    assert _rows(world) == []


@pytest.mark.parametrize(
    ("form", "files"),
    [
        ({"client_id": "nope"}, True),
        ({}, True),
        ({"client_id": str(uuid.uuid4())}, False),
        ({"client_id": str(uuid.uuid4()), "kind": "passport"}, True),
        ({"client_id": str(uuid.uuid4()), "text": "字" * 2001}, True),
    ],
)
async def test_a_malformed_form_is_422(world: Any, picture: Any, form: dict[str, str], files: bool) -> None:
    await world.open()
    sent = {"file": ("a.png", picture(), "image/png")} if files else {"other": ("a", b"")}
    answer = await world.client.post(world.path("attachments"), data=form, files=sent, headers=world.auth)
    assert answer.status_code == 422, answer.text
    assert _rows(world) == []


async def test_a_broken_form_is_refused(world: Any) -> None:
    await world.open()
    headers = {**world.auth, "Content-Type": "multipart/form-data; boundary=x"}
    answer = await world.client.post(world.path("attachments"), content=b"--y\r\nnonsense", headers=headers)
    assert answer.status_code in (400, 422)


async def test_a_conversation_holds_so_many(world: Any, picture: Any) -> None:
    await world.open()
    for color in ("red", "blue", "green", "white"):
        assert (await world.upload(picture(color))).status_code == 200
    answer = await world.upload(picture("black"))
    assert answer.status_code == 409 and "4 份" in answer.json()["detail"]


async def test_metadata_does_not_survive(world: Any, picture: Any) -> None:
    await world.open()
    body = (await world.upload(picture(form="JPEG") + b"appended secret")).json()
    shown = await world.client.get(world.path(f"attachments/{body['attachment']['id']}"), headers=world.auth)
    assert b"appended secret" not in shown.content


async def test_anothers_picture_is_404(world: Any, picture: Any) -> None:
    await world.open()
    taken = (await world.upload(picture())).json()["attachment"]["id"]
    await world.open()
    assert (await world.client.get(world.path(f"attachments/{taken}"), headers=world.auth)).status_code == 404
