"""Too much, too slow, too often: refused quickly, while everybody else is served."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest
import uvicorn
from PIL import Image

from .conftest import LONG

SLOW = 400 if LONG else 120
TEN_MB = 10 * 1024 * 1024


@contextmanager
def serving(hub: Any) -> Iterator[int]:
    """The same application behind a real server on a free port."""
    config = uvicorn.Config(
        hub.app, host="127.0.0.1", port=0, log_level="error", lifespan="off", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(10)


@pytest.mark.parametrize("size", [70_000, TEN_MB])
def test_a_message_of_any_size_is_refused_and_not_kept(hub: Any, size: int) -> None:
    talk, header = hub.session("b1")
    body = b'{"client_id": "' + str(uuid4()).encode() + b'", "text": "' + b"a" * size + b'"}'
    path = f"/api/v1/conversations/{talk}/messages"
    answer = hub.call("POST", path, area="large", content=body, headers=header)
    assert answer.status_code == 413
    said = hub.call("GET", path, area="large", headers=header).json()["messages"]
    assert all(message["role"] != "buyer" for message in said)


def test_a_length_that_lies_changes_nothing(hub: Any) -> None:
    talk, header = hub.session("b1")
    with serving(hub) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        head = (
            f"POST /api/v1/conversations/{talk}/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            f"Authorization: {header['Authorization']}\r\nContent-Type: application/json\r\n\r\n"
        )
        line.sendall(head.encode())
        chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
        answer = b""
        try:
            for _ in range(40):
                line.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            answer = line.recv(400)
        except ConnectionResetError:
            answer = b"HTTP/1.1 413"
    assert b" 413" in answer or answer == b"", answer[:80]


@pytest.mark.parametrize("side", [30_000, 60_000])
def test_a_decompression_bomb_is_refused_before_it_unfolds(hub: Any, side: int) -> None:
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, format="PNG", optimize=True)
    talk, header = hub.session("b1")
    began = time.monotonic()
    answer = hub.call(
        "POST",
        f"/api/v1/conversations/{talk}/attachments",
        area="uploads",
        files={"file": ("a.png", out.getvalue(), "image/png")},
        data={"client_id": str(uuid4())},
        headers=header,
    )
    assert answer.status_code in (413, 415) and time.monotonic() - began < 10


@pytest.mark.parametrize("body", [b"[" * 30_000, b'{"a":' * 8_000, b"{" + b'"a":1,' * 5_000 + b'"a":1}'])
def test_deep_and_wide_json(hub: Any, body: bytes) -> None:
    for path in ("/api/v1/sessions", "/api/v1/desk/login"):
        header = {"Content-Type": "application/json"}
        answer = hub.call("POST", path, area="large", content=body, headers=header)
        assert answer.status_code in (400, 422)


@pytest.mark.parametrize("kind", ["headers", "body"])
def test_slow_senders_do_not_keep_others_waiting(hub: Any, tally: Any, kind: str) -> None:
    head = b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\n"
    if kind == "body":
        head += b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
    with serving(hub) as port, ExitStack() as lines:
        for _ in range(SLOW):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            line.sendall(head)
            tally["slow"] += 1
        waits = []
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10) as client:
            for _ in range(10):
                began = time.monotonic()
                assert client.get("/healthz").status_code == 200
                waits.append(time.monotonic() - began)
    assert sorted(waits)[5] < 2.0, waits


def test_a_body_that_never_comes_is_given_up(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuika.web.limits.BODY_SECONDS", 0.5)
    with serving(hub) as port, socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(
            b"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
        )
        assert b" 408 " in line.recv(200)


def test_too_many_sessions_from_one_address_are_told_when_to_come_back(hub: Any) -> None:
    limit = hub.app.state.services.session_limit
    for _ in range(20):
        limit.check("9.9.9.9")
    kept, limit._limit = limit._limit, 1
    try:
        body = {"platform": "generic", "user_token": None, "channel": "widget"}
        codes = [hub.call("POST", "/api/v1/sessions", area="rates", json=body) for _ in range(3)]
    finally:
        limit._limit = kept
        limit.clear()
    assert codes[-1].status_code == 429 and int(codes[-1].headers["retry-after"]) >= 1
