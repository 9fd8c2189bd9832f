"""The one call of a turn: what surely did not arrive is told apart from what may have, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tuika.conversations.ports import EngineAnswer, Parse
from tuika.dialogue.rasa import RasaEngine
from tuika.errors import EngineUnavailable

TOKEN = "token-of-the-engine"
ANSWER = {"ok": True, "messages": [{"text": "好"}], "intent": {"name": "greet", "confidence": 0.9}}


class Rasa:
    """A server that answers every request with the same bytes, or breaks off."""

    def __init__(self, *answer: bytes, hangs: bool = False) -> None:
        self.answer, self.hangs = b"".join(answer), hangs
        self.bodies: list[dict[str, Any]] = []
        self.heads: list[str] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = next((s for s in head.splitlines() if s.lower().startswith("content-length:")), ":0")
                body = await reader.readexactly(int(length.partition(":")[2]))
                self.heads.append(head)
                self.bodies.append(json.loads(body or b"{}"))
                if self.hangs:
                    await asyncio.Event().wait()
                writer.write(self.answer)
                if not self.answer.startswith(b"HTTP/1.1 200"):
                    break
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


def reply(document: Any, status: int = 200) -> bytes:
    body = json.dumps(document).encode()
    return b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        status,
        len(body),
        body,
    )


def with_rasa[T](rasa: Rasa, do: Callable[[RasaEngine], Awaitable[T]], *, timeout: float = 5.0) -> T:
    async def run() -> T:
        server = await asyncio.start_server(rasa.serve, "127.0.0.1", 0)
        engine = RasaEngine(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", TOKEN, timeout=timeout)
        try:
            return await do(engine)
        finally:
            await engine.close()
            server.close()

    return asyncio.run(run())


def says(engine: RasaEngine, text: str = "你好", parse: Parse | None = None) -> Awaitable[EngineAnswer]:
    return engine.converse(sender="cv_1:2", text=text, turn_id="tn_1", parse=parse)


def test_an_answer() -> None:
    rasa = Rasa(reply(ANSWER))
    answer = with_rasa(rasa, says)
    assert (answer.ok, answer.says[0].text, answer.intent, answer.confidence) == (True, "好", "greet", 0.9)
    assert rasa.bodies == [{"sender": "cv_1:2", "message": "你好", "turn": "tn_1"}]
    assert f"X-Tuika-Engine-Token: {TOKEN}" in rasa.heads[0]


def test_a_ready_parse_goes_with_it() -> None:
    rasa = Rasa(reply(ANSWER))
    with_rasa(rasa, lambda engine: says(engine, "", Parse("upload")))
    parse = {"intent": {"name": "upload", "confidence": 1.0}, "entities": [], "text": "［无文字］"}
    assert rasa.bodies[0]["parse"] == parse


def test_one_connection_for_many_turns() -> None:
    async def thrice(engine: RasaEngine) -> None:
        for _ in range(3):
            await says(engine)

    rasa = Rasa(reply(ANSWER))
    with_rasa(rasa, thrice)
    assert (rasa.connections, len(rasa.bodies)) == (1, 3)


def test_nothing_said_is_not_ok() -> None:
    assert with_rasa(Rasa(reply({"ok": True, "messages": []})), says).ok is False


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(EngineUnavailable):
        asyncio.run(says_once(RasaEngine(f"http://127.0.0.1:{port}", TOKEN, timeout=5.0)))


async def says_once(engine: RasaEngine) -> EngineAnswer:
    try:
        return await says(engine)
    finally:
        await engine.close()


@pytest.mark.parametrize("status", [404, 502, 503])
def test_a_rasa_that_is_not_ready(status: int) -> None:
    with pytest.raises(EngineUnavailable):
        with_rasa(Rasa(reply({}, status)), says)


@pytest.mark.parametrize(
    "rasa",
    [
        Rasa(reply({}, 500)),
        Rasa(reply({}, 401)),
        Rasa(reply({}, 302)),
        Rasa(b"HTTP/1.1 200 X\r\nContent-Length: 900\r\n\r\n{"),
        Rasa(b""),
        Rasa(b"no http at all\r\n\r\n"),
    ],
    ids=["500", "401", "302", "half an answer", "hangs up", "no http"],
)
def test_what_may_have_arrived_is_unknown(rasa: Rasa) -> None:
    async def twice_over(engine: RasaEngine) -> None:
        with pytest.raises(TimeoutError):
            await says(engine)

    with_rasa(rasa, twice_over, timeout=0.5)
    assert len(rasa.bodies) == 1  # never sent a second time


def test_silence_is_unknown() -> None:
    rasa = Rasa(hangs=True)
    with pytest.raises(TimeoutError):
        with_rasa(rasa, says, timeout=0.2)
    assert len(rasa.bodies) == 1


def test_an_answer_that_is_no_json_is_unknown() -> None:
    broken = b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 3\r\n\r\n{{{"
    with pytest.raises(TimeoutError):
        with_rasa(Rasa(broken), says)


def test_ready() -> None:
    assert with_rasa(Rasa(reply({"ok": True})), RasaEngine.ready) is True
    assert with_rasa(Rasa(reply({"ok": False}, 503)), RasaEngine.ready) is False
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert asyncio.run(is_ready(RasaEngine(f"http://127.0.0.1:{port}", TOKEN, timeout=1.0))) is False


async def is_ready(engine: RasaEngine) -> bool:
    try:
        return await engine.ready()
    finally:
        await engine.close()
