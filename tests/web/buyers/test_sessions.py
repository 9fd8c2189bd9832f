"""POST /api/v1/sessions: who gets in, as whom, and where they come back to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tuika.settings import Settings

pytestmark = pytest.mark.anyio
PROBLEM = "application/problem+json"


async def test_a_guest_is_greeted(world: Any) -> None:
    opened = await world.open()
    assert opened["buyer"] is None
    (greeting,) = opened["messages"]
    assert (greeting["seq"], greeting["role"], greeting["card"]) == (1, "bot", None)
    assert [r["title"] for r in greeting["quick_replies"]] == ["没收到货"]
    assert greeting["at"].endswith("+08:00")


async def test_a_token_names_the_buyer_and_resume_finds_his_last_conversation(world: Any, sign: Any) -> None:
    first = await world.open(user_token=sign())
    await world.say("你好")
    again = await world.open(user_token=sign(), resume=True)
    fresh = await world.open(user_token=sign())
    assert first["buyer"] == {"id": "b1", "name": "小林"}
    assert again["conversation_id"] == first["conversation_id"] != fresh["conversation_id"]
    assert [m["role"] for m in again["messages"]] == ["bot", "buyer", "bot"]
    assert again["session_token"] != first["session_token"]


async def test_resume_never_crosses_platforms_or_buyers(world: Any, sign: Any) -> None:
    first = await world.open(user_token=sign())
    other = await world.open(user_token=sign("b2"), resume=True)
    elsewhere = await world.open(user_token=sign(), platform="solo", resume=True)
    assert len({first["conversation_id"], other["conversation_id"], elsewhere["conversation_id"]}) == 3


@pytest.mark.parametrize(
    "token",
    [
        "",
        "not-a-token",
        "a.b.c",
        "eyJhbGciOiJub25lIn0.e30.",
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"exp": None},
        {"aud": "somebody-else"},
        {"aud": None},
        {"name": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 121},
        {"sub": "b1\u200b"},
        {"name": ["小林"]},
        {"exp": "tomorrow"},
        {"key": "another-secret-of-sufficient-length!"},
        {"algorithm": "HS384"},
    ],
)
async def test_a_bad_token_is_401_and_never_a_guest(world: Any, sign: Any, token: Any) -> None:
    given = sign(**token) if isinstance(token, dict) else token
    answer = await world.client.post("/api/v1/sessions", json={"platform": "generic", "user_token": given})
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith(PROBLEM)
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_an_algorithm_belongs_to_its_key(world: Any, settings: Settings, sign: Any) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    platform = settings.platforms["generic"].model_copy(
        update={"jwt_secret": None, "jwt_public_key": public.decode()}
    )
    world.services.settings = settings.model_copy(update={"platforms": {"generic": platform}})
    assert (await world.open(user_token=sign(key=private, algorithm="ES256")))["buyer"]["id"] == "b1"
    claims = {"sub": "b1", "name": "x", "aud": "tuika", "exp": datetime.now(UTC) + timedelta(hours=1)}
    confused = _hs256_with(public, claims)
    answer = await world.client.post("/api/v1/sessions", json={"platform": "generic", "user_token": confused})
    assert answer.status_code == 401


def _hs256_with(key: bytes, claims: dict[str, Any]) -> str:
    """Signs with the public key as if it were a shared secret, which the library itself refuses to do."""
    import base64
    import hashlib
    import hmac
    import json

    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    body = {**claims, "exp": int(claims["exp"].timestamp())}
    signed = f"{part(b'{"alg":"HS256"}')}.{part(json.dumps(body).encode())}"
    return f"{signed}.{part(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"platform": "nowhere"},
        {"platform": 7},
        {"platform": "generic", "channel": "Widget!"},
        {"platform": "generic", "channel": "x" * 21},
        {"platform": "generic", "user_token": 7},
        {"platform": "generic", "resume": "perhaps"},
        [],
    ],
)
async def test_a_malformed_request_is_422_in_chinese(world: Any, body: Any) -> None:
    answer = await world.client.post("/api/v1/sessions", json=body)
    assert answer.status_code == 422
    assert any("\u4e00" <= c <= "\u9fff" for c in answer.json()["detail"])


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 60_000, b'{"platform": "\\ud800"}'])
async def test_an_unreadable_body_is_refused(world: Any, body: bytes) -> None:
    answer = await world.client.post(
        "/api/v1/sessions", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"].startswith(PROBLEM)


async def test_a_body_over_the_limit_is_413_even_without_a_length(world: Any) -> None:
    async def pieces() -> Any:
        for _ in range(100):
            yield b" " * 1024

    for content in (b" " * 70_000, pieces()):
        answer = await world.client.post(
            "/api/v1/sessions", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 413


async def test_sessions_of_one_address_are_limited(world: Any) -> None:
    codes = [(await world.client.post("/api/v1/sessions", json={"platform": "generic"})) for _ in range(31)]
    assert [c.status_code for c in codes] == [201] * 30 + [429]
    assert 1 <= int(codes[-1].headers["retry-after"]) <= 61


async def test_a_session_lives_seven_days_of_real_time(world: Any) -> None:
    await world.open()
    world.clock.advance(timedelta(days=300))
    assert (await world.say("在吗")).status_code == 200
    world.wall.advance(timedelta(days=7))
    assert (await world.say("在吗")).status_code == 401


async def test_the_token_itself_is_not_stored(world: Any, tmp_path: Any) -> None:
    opened = await world.open()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("hub.db*"))
    assert opened["session_token"].encode() not in stored
    assert len(opened["session_token"]) >= 43
