"""Several Rasas as one: who is asked, who is left alone, and that a turn is sent at most once."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tuika.conversations.ports import EngineAnswer
from tuika.dialogue.pool import LONGEST_REST_S, EnginePool
from tuika.dialogue.rasa import RasaEngine
from tuika.errors import EngineUnavailable

SENDERS = [f"cv_{number}:1" for number in range(60)]
ACTIONS = "http://hub:5055/webhook"


class Rasa:
    """A server on a port of its own; ``state``: up, away (nobody listens), 503, silent (it took the turn and hangs up)."""

    def __init__(self, name: str, received: list[str]) -> None:
        self.name = name
        self.received = received
        self.tried = 0
        self._state = "up"
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self._listen()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def state(self) -> str:
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        self._state = state
        if state == "away":
            self.close()
        elif self._server is None:
            self._listen()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _listen(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), _handler(self))
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()


def _handler(rasa: Rasa) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(200, {})

        def do_POST(self) -> None:
            rasa.tried += 1
            self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["X-Tuika-Actions"] == ACTIONS
            if rasa.state == "503":
                self._send(503, {})
                return
            rasa.received.append(rasa.name)
            if rasa.state != "silent":
                self._send(200, {"ok": True, "messages": [{"text": rasa.name}]})

        def _send(self, status: int, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            return

    return Handler


class Network:
    """Three Rasas and a hub's pool of them."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.rasas = {f"rasa-{n}": Rasa(f"rasa-{n}", self.received) for n in range(3)}
        self.moment = 0.0
        self.runner = asyncio.Runner()
        engines = [RasaEngine(rasa.url, "t" * 24, timeout=5, actions=ACTIONS) for rasa in self.rasas.values()]
        self.refused: Counter[str] = Counter()
        names = {rasa.url: name for name, rasa in self.rasas.items()}
        self.pool = EnginePool(
            [_Counted(each, names, self.refused) for each in engines], now=lambda: self.moment
        )

    def set_all(self, state: str) -> None:
        for rasa in self.rasas.values():
            rasa.state = state

    def ask(self, sender: str) -> EngineAnswer:
        return self.runner.run(
            self.pool.converse(sender=sender, text="在吗", turn_id=f"tn-{sender}", parse=None)
        )

    def ready(self) -> bool:
        return self.runner.run(self.pool.ready())

    def asked(self, sender: str) -> str:
        """Who received the sender's turn."""
        before = len(self.received)
        self.ask(sender)
        (name,) = self.received[before:]
        return name

    def close(self) -> None:
        self.runner.run(self.pool.close())
        self.runner.close()
        for rasa in self.rasas.values():
            rasa.close()


class _Counted(RasaEngine):
    """The real client; counts turns that its Rasa surely did not get."""

    def __init__(self, like: RasaEngine, names: dict[str, str], refused: Counter[str]) -> None:
        self.__dict__.update(like.__dict__)
        self._name, self._refused = names[like.url], refused

    async def converse(self, **turn: Any) -> EngineAnswer:
        try:
            return await super().converse(**turn)
        except EngineUnavailable:
            self._refused[self._name] += 1
            raise


@pytest.fixture
def network() -> Iterator[Network]:
    made = Network()
    yield made
    made.close()


def test_a_sender_keeps_to_one_and_all_have_some(network: Network) -> None:
    homes = {sender: network.asked(sender) for sender in SENDERS}
    assert {sender: network.asked(sender) for sender in SENDERS} == homes
    assert min(Counter(homes.values())[name] for name in network.rasas) >= 3


@pytest.mark.parametrize("state", ["away", "503"])
def test_one_that_is_away_moves_only_its_own_senders(network: Network, state: str) -> None:
    homes = {sender: network.asked(sender) for sender in SENDERS}
    network.rasas["rasa-1"].state = state
    moved = {sender: network.asked(sender) for sender in SENDERS}
    assert {s for s in SENDERS if moved[s] != homes[s]} == {s for s in SENDERS if homes[s] == "rasa-1"}
    assert "rasa-1" not in moved.values()
    network.rasas["rasa-1"].state = "up"
    network.moment += LONGEST_REST_S
    assert {sender: network.asked(sender) for sender in SENDERS} == homes


def test_one_that_is_away_is_not_asked_by_every_turn(network: Network) -> None:
    network.rasas["rasa-0"].state = "away"
    for sender in SENDERS:
        network.ask(sender)
    assert network.refused["rasa-0"] == 1


def test_it_is_tried_again_and_rests_longer_each_time(network: Network) -> None:
    network.rasas["rasa-0"].state = "away"
    sender = next(s for s in SENDERS if network.asked(s) and network.refused["rasa-0"])
    rests = []
    for _ in range(7):
        tried, began = network.refused["rasa-0"], network.moment
        while network.refused["rasa-0"] == tried:
            network.moment += 0.25
            network.ask(sender)
        rests.append(network.moment - began)
    assert rests == sorted(rests) and rests[-1] <= LONGEST_REST_S + 0.25


def test_a_turn_that_may_have_arrived_goes_to_no_other(network: Network) -> None:
    network.set_all("silent")
    for sender in SENDERS[:10]:
        with pytest.raises(TimeoutError):
            network.ask(sender)
    assert len(network.received) == 10


def test_after_silence_the_others_take_over_for_a_while(network: Network) -> None:
    sender = SENDERS[0]
    home = network.asked(sender)
    network.rasas[home].state = "silent"
    with pytest.raises(TimeoutError):
        network.ask(sender)
    assert network.asked(sender) != home
    network.rasas[home].state = "up"
    network.moment += LONGEST_REST_S
    assert network.asked(sender) == home


def test_when_all_are_away_all_are_tried_each_time(network: Network) -> None:
    network.set_all("away")
    for _ in range(2):
        with pytest.raises(EngineUnavailable):
            network.ask(SENDERS[0])
    assert network.refused == Counter(dict.fromkeys(network.rasas, 2))
    assert network.ready() is False
    network.rasas["rasa-2"].state = "up"
    assert network.asked(SENDERS[0]) == "rasa-2"
    assert network.ready() is True
