"""Rasa and the action endpoint: on loopback, behind a token, out of reach of any other address."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from tuika.bootstrap.listener import listening
from tuika.settings import Settings
from tuika.supervisor.engine import serving_command


def own_addresses() -> list[str]:
    """This machine's addresses other than loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: asks the routing table only
            found = {probe.getsockname()[0]}
        except OSError:
            found = set()
    found |= {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    return sorted(str(each) for each in found if not str(each).startswith("127."))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_the_action_listener_is_on_loopback_only(hub: Any, tally: Any) -> None:
    port, host = free_port(), hub.services.settings.action_host
    assert host == "127.0.0.1"
    async with listening(hub.services.action_app, host, port), httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"http://127.0.0.1:{port}/health")).status_code == 200
        for address in own_addresses():
            with pytest.raises(httpx.TransportError):
                await client.get(f"http://{address}:{port}/health", timeout=2)
            tally["private"] += 1


@pytest.mark.parametrize("token", ["", "x", "Bearer x", "0" * 43, "\u00e4".encode().decode("latin-1")])
def test_without_its_token_no_action_runs(hub: Any, tally: Any, token: str) -> None:
    client = TestClient(hub.services.action_app, raise_server_exceptions=False)
    call = {"next_action": "action_confirm_refund", "tracker": {"sender_id": "cv_1:1"}}
    answer = client.post("/webhook", json=call, headers={"x-tuika-action-token": token.encode("latin-1")})
    tally["private"] += 1
    assert answer.status_code == 401


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'"x"', b"[" * 100_000, b"\xff\xfe"])
def test_malformed_calls_with_the_token_are_answered(hub: Any, tally: Any, body: bytes) -> None:
    client = TestClient(hub.services.action_app, raise_server_exceptions=False)
    header = {"x-tuika-action-token": hub.services.settings.action_token}
    tally["private"] += 1
    assert client.post("/webhook", content=body, headers=header).status_code in (400, 404)


def test_rasa_is_told_to_listen_on_loopback(hub: Any, tmp_path: Any) -> None:
    settings: Settings = hub.services.settings
    command = serving_command(settings, tmp_path / "model.tar.gz")
    assert command[command.index("--interface") + 1] == "127.0.0.1"
    assert "--enable-api" not in command and "--cors" not in command
