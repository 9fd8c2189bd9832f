"""What is posted to an action, over how many connections, and which answers are taken."""

from __future__ import annotations

import asyncio
import random
from typing import Any, Dict, List

import pytest
from aiohttp import web
from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.trackers import EventVerbosity
from rasa.utils.endpoints import EndpointConfig

from tuika_nlu.speed import calls

from .drawing import DOMAIN, tracker

PARTS: Dict[str, List[Any]] = {
    "event": ["slot", "followup", "action", "user", "bot", "unheard", None, 3],
    "name": ["order", "", None, 3, {"a": 1}],
    "value": [None, "done", 3, [1], {"a": 1}],
    "timestamp": [None, 1.5, "late", True],
    "metadata": [None, {}, {"a": 1}, "x"],
    "policy": [None, "p", 3],
    "text": ["t", None, 4],
}


def drawn_answer(draw: random.Random) -> Any:
    events = [
        {n: draw.choice(v) for n, v in PARTS.items() if draw.random() < 0.55}
        for _ in range(draw.randint(0, 2))
    ]
    answer: Dict[str, Any] = {"events": events, "responses": [{"text": "a"}] * draw.randint(0, 2)}
    if draw.random() < 0.1:
        answer[draw.choice(["events", "responses"])] = draw.choice([None, {}, "x", [None], [3]])
    return answer


SCHEMA = RemoteAction.action_response_format_spec()
STOCK = validator_for(SCHEMA)(SCHEMA)


def test_what_is_plainly_right_is_right() -> None:
    draw, plain, right = random.Random(9), 0, 0
    for _ in range(600):
        answer, action = drawn_answer(draw), RemoteAction("a", None)
        plain += calls._plainly_right(answer)
        if STOCK.is_valid(answer):
            assert calls.validate_action_result(action, answer)
            right += 1
        else:
            with pytest.raises(ValidationError, match="Action server response"):
                calls.validate_action_result(action, answer)
    assert right > plain > 20  # both ways were taken


def test_answers_of_our_actions_are_plainly_right() -> None:
    slot = {"event": "slot", "timestamp": None, "name": "order", "value": "done"}
    followup = {"event": "followup", "timestamp": None, "name": "refund_form"}
    assert calls._plainly_right({"events": [slot, followup], "responses": [{"custom": {"say": {}}}]})


def test_the_body_has_all_but_events() -> None:
    drawn = tracker(random.Random(2), 6)
    drawn.change_loop_to("refund_form")
    endpoint = EndpointConfig("http://127.0.0.1:1", enable_selective_domain=True)
    body = calls.action_call_format(RemoteAction("action_tell", endpoint), drawn, DOMAIN)
    whole = drawn.current_state(EventVerbosity.NONE)
    assert body["tracker"] == {**whole, "events": []}
    assert body["next_action"] == "action_tell" and body["sender_id"] == "s" and "domain" not in body


def test_a_domain_is_sent_where_it_is_not_left_out() -> None:
    body = calls.action_call_format(
        RemoteAction("action_tell", EndpointConfig("http://x")), tracker(random.Random(2), 1), DOMAIN
    )
    assert body["domain"] == DOMAIN.as_dict() and body["tracker"]["events"] == []


class Listener:
    """An action server that counts connections."""

    def __init__(self) -> None:
        self.ports = set()
        self.tokens: List[Any] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.ports.add(request.transport.get_extra_info("peername")[1])
        self.tokens.append(request.headers.get("X-Token"))
        return web.json_response({"events": [], "responses": []})


async def _called(times: int, listener: Listener, endpoint_of: Any) -> None:
    app = web.Application()
    app.router.add_post("/webhook", listener.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    endpoint = endpoint_of(site._server.sockets[0].getsockname()[1])
    try:
        for _ in range(times):
            assert await endpoint.request(json={"a": 1}) == {"events": [], "responses": []}
        await calls.session(endpoint)._session.close()
    finally:
        await runner.cleanup()


def test_one_connection_for_all_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EndpointConfig, "session", calls.session)
    listener = Listener()
    asyncio.run(
        _called(
            5,
            listener,
            lambda port: EndpointConfig(f"http://127.0.0.1:{port}/webhook", headers={"X-Token": "t"}),
        )
    )
    assert len(listener.ports) == 1 and listener.tokens == ["t"] * 5


def test_each_loop_has_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EndpointConfig, "session", calls.session)
    listener, kept = Listener(), EndpointConfig()

    def same_endpoint(port: int) -> EndpointConfig:
        kept.url = f"http://127.0.0.1:{port}/webhook"
        return kept

    for _ in range(2):
        asyncio.run(_called(1, listener, same_endpoint))
    assert len(listener.tokens) == 2
