"""Several Rasas as one: who is asked, who is left alone, and that a turn is sent at most once."""

from __future__ import annotations

import asyncio
from collections import Counter

import httpx
import pytest

from tuika.conversations.ports import EngineAnswer
from tuika.dialogue.pool import LONGEST_REST_S, EnginePool
from tuika.dialogue.rasa import RasaEngine
from tuika.errors import EngineUnavailable

SENDERS = [f"cv_{number}:1" for number in range(60)]


class Network:
    """Three Rasas; ``state`` of each: up, away, 503, silent (it took the message and says nothing)."""

    def __init__(self) -> None:
        self.state = {f"rasa-{n}": "up" for n in range(3)}
        self.received: list[tuple[str, str]] = []
        self.tried: Counter[str] = Counter()
        self.moment = 0.0
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))
        engines = [
            RasaEngine(
                f"http://{name}:5005", "t" * 24, timeout=1, client=client, actions="http://hub:5055/webhook"
            )
            for name in self.state
        ]
        self.pool = EnginePool(engines, now=lambda: self.moment)

    def ask(self, sender: str) -> EngineAnswer:
        return asyncio.run(self.pool.converse(sender=sender, text="在吗", turn_id=f"tn-{sender}", parse=None))

    def asked(self, sender: str) -> str:
        """Who received the sender's turn."""
        before = len(self.received)
        self.ask(sender)
        ((name, _),) = self.received[before:]
        return name

    def _answer(self, request: httpx.Request) -> httpx.Response:
        name = request.url.host
        self.tried[name] += 1
        state = self.state[name]
        if state == "away":
            raise httpx.ConnectError("refused")
        if state == "503":
            return httpx.Response(503)
        if request.method == "GET":
            return httpx.Response(200)
        assert request.headers["X-Tuika-Actions"] == "http://hub:5055/webhook"
        self.received.append((name, request.content.decode()))
        if state == "silent":
            raise httpx.ReadTimeout("nothing came")
        return httpx.Response(200, json={"ok": True, "messages": [{"text": name}]})


@pytest.fixture
def network() -> Network:
    return Network()


def test_a_sender_keeps_to_one_and_all_have_some(network: Network) -> None:
    homes = {sender: network.asked(sender) for sender in SENDERS}
    assert {sender: network.asked(sender) for sender in SENDERS} == homes
    assert min(Counter(homes.values())[name] for name in network.state) >= 8


@pytest.mark.parametrize("state", ["away", "503"])
def test_one_that_is_away_moves_only_its_own_senders(network: Network, state: str) -> None:
    homes = {sender: network.asked(sender) for sender in SENDERS}
    network.state["rasa-1"] = state
    moved = {sender: network.asked(sender) for sender in SENDERS}
    assert {s for s in SENDERS if moved[s] != homes[s]} == {s for s in SENDERS if homes[s] == "rasa-1"}
    assert "rasa-1" not in moved.values()
    network.state["rasa-1"] = "up"
    network.moment += LONGEST_REST_S
    assert {sender: network.asked(sender) for sender in SENDERS} == homes


def test_one_that_is_away_is_not_asked_by_every_turn(network: Network) -> None:
    network.state["rasa-0"] = "away"
    for sender in SENDERS:
        network.ask(sender)
    assert network.tried["rasa-0"] == 1


def test_it_is_tried_again_and_rests_longer_each_time(network: Network) -> None:
    network.state["rasa-0"] = "away"
    sender = next(s for s in SENDERS if network.asked(s) and network.tried["rasa-0"])
    rests = []
    for _ in range(7):
        tried, began = network.tried["rasa-0"], network.moment
        while network.tried["rasa-0"] == tried:
            network.moment += 0.25
            network.ask(sender)
        rests.append(network.moment - began)
    assert rests == sorted(rests) and rests[-1] <= LONGEST_REST_S + 0.25


def test_a_turn_that_may_have_arrived_goes_to_no_other(network: Network) -> None:
    for name in network.state:
        network.state[name] = "silent"
    for sender in SENDERS[:10]:
        with pytest.raises(TimeoutError):
            network.ask(sender)
    assert len(network.received) == 10


def test_after_silence_the_others_take_over_for_a_while(network: Network) -> None:
    sender = SENDERS[0]
    home = network.asked(sender)
    network.state[home] = "silent"
    with pytest.raises(TimeoutError):
        network.ask(sender)
    assert network.asked(sender) != home
    network.state[home] = "up"
    network.moment += LONGEST_REST_S
    assert network.asked(sender) == home


def test_when_all_are_away_all_are_tried_each_time(network: Network) -> None:
    network.state = dict.fromkeys(network.state, "away")
    for _ in range(2):
        with pytest.raises(EngineUnavailable):
            network.ask(SENDERS[0])
    assert network.tried == Counter(dict.fromkeys(network.state, 2))
    assert asyncio.run(network.pool.ready()) is False
    network.state["rasa-2"] = "up"
    assert network.asked(SENDERS[0]) == "rasa-2"
    assert asyncio.run(network.pool.ready()) is True
