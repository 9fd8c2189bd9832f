"""The addresses that providers call: forged, replayed, borrowed and rightly signed rubbish."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from tuika.channels.wxcrypt import CallbackCrypt
from tuika.channels.wxxml import write
from tuika.storage.tables import metadata

from .conftest import AES, CHANNELS, LONG, SECRET

RUBBISH = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b'"x"',
    b"[" * 3_000,
    b'{"id": {"$ne": null}}',
    b'{"id": "1", "user": "u", "text": "\\u0000\\ud83d"}',
    b'{"update_id": "x", "message": {}}',
    b'{"update_id": 1e400, "message": {"chat": {"id": []}}}',
    b'{"event": "message_created", "conversation": [], "sender": 7, "account": {"id": 1}}',
    b'{"event": "conversation_status_changed", "status": {"a": 1}, "id": 1, "account": {"id": 1}}',
    b"<xml><Encrypt>x</Encrypt></xml>",
    b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
    b"<xml>" + b"<a>" * 2_000,
    b"\xff\xfe\x00",
)
TIMED = ("app", "cw")


def digest(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signed(name: str, body: bytes, *, at: int | None = None, secret: str = SECRET) -> dict[str, Any]:
    """Headers and query with which the provider of this channel would send ``body``."""
    stamp = str(int(time.time()) if at is None else at)
    if name == "app":
        proof = digest(secret, f"tuika-in.{stamp}.".encode() + body)
        return {"headers": {"X-Tuika-Timestamp": stamp, "X-Tuika-Signature": f"v1={proof}"}, "content": body}
    if name == "cw":
        proof = digest(secret, f"{stamp}.".encode() + body)
        held = {"X-Chatwoot-Timestamp": stamp, "X-Chatwoot-Signature": f"sha256={proof}"}
        return {"headers": held, "content": body}
    if name == "tg":
        return {"headers": {"X-Telegram-Bot-Api-Secret-Token": secret}, "content": body}
    receiver = CHANNELS[name].get("app_id") or CHANNELS[name]["corp_id"]
    crypt = CallbackCrypt(token=secret, aes_key=AES, receiver=str(receiver))
    sealed, proof = crypt.seal(body.decode("utf-8", "replace"), timestamp=stamp, nonce="2")
    query = {"timestamp": stamp, "nonce": "2", "msg_signature": proof}
    return {"params": query, "content": write({"Encrypt": sealed}).encode()}


def post(hub: Any, name: str, **more: Any) -> httpx.Response:
    answer: httpx.Response = hub.call("POST", f"/channels/{name}", area="channels", **more)
    return answer


def arrivals(hub: Any) -> int:
    table = metadata.tables["channel_arrivals"]
    with hub.services.uow.reading() as uow:
        return int(uow.connection.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.mark.parametrize("name", CHANNELS)
def test_rightly_signed_rubbish_breaks_nothing(hub: Any, name: str) -> None:
    """The provider's own secret is no reason to believe what it says."""
    for body in RUBBISH:
        answer = post(hub, name, **signed(name, body))
        assert answer.status_code in (200, 202, 400, 422), (body, answer.status_code)


@pytest.mark.parametrize("name", CHANNELS)
def test_no_part_of_a_proof_can_be_turned_or_left_out(hub: Any, name: str) -> None:
    before = arrivals(hub)
    body = json.dumps({"id": "forged-1", "user": "u", "text": "退款", "update_id": 99}).encode()
    right = signed(name, body)
    where = "headers" if "headers" in right else "params"
    for key, value in right[where].items():
        for place in range(0, len(value), 1 if LONG else 5):
            turned = value[:place] + ("A" if value[place] != "A" else "B") + value[place + 1 :]
            answer = post(hub, name, **{**right, where: {**right[where], key: turned}})
            assert answer.status_code in (401, 403), (key, place)
        without = {k: v for k, v in right[where].items() if k != key}
        assert post(hub, name, **{**right, where: without}).status_code in (401, 403), key
    assert post(
        hub, name, **signed(name, body, secret="another-secret-of-the-same-length-xx")
    ).status_code in (401, 403)
    assert arrivals(hub) == before


@pytest.mark.parametrize("name", TIMED)
def test_what_is_old_or_of_the_future_is_refused(hub: Any, name: str) -> None:
    body = json.dumps({"id": "late-1", "user": "u", "text": "退款"}).encode()
    now = int(time.time())
    for off in (-301, -3_600, -(10**9), 320, 10**9):
        assert post(hub, name, **signed(name, body, at=now + off)).status_code == 401, off


def test_a_proof_of_one_channel_opens_no_other(hub: Any) -> None:
    body = json.dumps({"id": "borrowed-1", "user": "u", "text": "退款", "update_id": 98}).encode()
    before = arrivals(hub)
    for name in CHANNELS:
        for other in CHANNELS:
            if other != name:  # 422: WeChat's key here, and yet sealed for another account
                answer = post(hub, other, **signed(name, body))
                assert answer.status_code in (401, 403, 422), (name, other)
    assert arrivals(hub) == before


def test_our_own_answers_are_no_messages(hub: Any) -> None:
    body = json.dumps({"id": "back-1", "user": "u", "text": "退款"}).encode()
    stamp = str(int(time.time()))
    proof = digest(SECRET, f"tuika-out.{stamp}.".encode() + body)
    held = {"X-Tuika-Timestamp": stamp, "X-Tuika-Signature": f"v1={proof}"}
    assert post(hub, "app", content=body, headers=held).status_code == 401


def test_a_replayed_message_is_taken_once(hub: Any) -> None:
    message = {
        "update_id": 5001,
        "message": {
            "message_id": 1,
            "date": int(time.time()),
            "text": "你好",
            "chat": {"id": 77, "type": "private"},
            "from": {"id": 77, "is_bot": False, "first_name": "b"},
        },
    }
    for name, body in (
        ("app", json.dumps({"id": "replayed-1", "user": "u", "text": "你好"}).encode()),
        ("tg", json.dumps(message).encode()),
    ):
        before = arrivals(hub)
        for _ in range(5):
            assert post(hub, name, **signed(name, body)).status_code in (200, 202)
        assert arrivals(hub) == before + 1, name
