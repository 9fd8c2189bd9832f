"""The client in docs/channels.md is run as it is printed there, against a real server."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import uvicorn

from .fakes.receiver import SECRET, SETTINGS
from .house import House, choices

pytestmark = pytest.mark.anyio
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "channels.md"


def client() -> str:
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_it_has_sixty_lines_at_most() -> None:
    lines = [line for line in client().splitlines() if line.strip()]
    assert len(lines) <= 60


async def test_it_sends_and_prints_answers(build: Callable[..., House], tmp_path: Path) -> None:
    port = free_port()
    house = build({"app": {**SETTINGS, "deliver_url": f"http://127.0.0.1:{port}/"}}, live=True)
    house.engine.script = {"退款": (choices("哪一种？", "没收到货", "卡密用不了"),)}
    script = tmp_path / "client.py"
    script.write_text(client(), "utf-8")
    config = uvicorn.Config(house.app, port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(30), house.services.channel_runner.running():
        while not server.started:
            await asyncio.sleep(0.01)
        hub = server.servers[0].sockets[0].getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(script), f"http://127.0.0.1:{hub}/channels/app", SECRET, str(port)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write("你好\n退款\n".encode())
        await process.stdin.drain()
        assert (await process.stdout.readline()).decode() == "听到：你好\n"
        assert (await process.stdout.readline()).decode() == "哪一种？ [没收到货] [卡密用不了]\n"
        while house.states() != ["sent", "sent"]:
            await asyncio.sleep(0.02)
        process.kill()
        await process.wait()
    server.should_exit = True
    await serving
