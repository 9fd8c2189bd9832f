"""The private door that Rasa calls for actions: its token, malformed calls, failures that tell nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from rasa_sdk import Action
from starlette.applications import Starlette

from tuika.dialogue.action_endpoint import create_action_app
from tuika.errors import ShopUnavailable, StaleTurn

TOKEN = "token-of-the-action-endpoint"
SECRET = "ABCD-1234-EFGH-5678"


class Does(Action):
    def __init__(self, name: str, error: Exception | None = None) -> None:
        self._name, self._error = name, error

    def name(self) -> str:
        return self._name

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:
        if self._error is not None:
            raise self._error
        dispatcher.utter_message(text="好")
        return []


def call(action: str = "action_fine") -> dict[str, Any]:
    message = {"text": SECRET, "intent": {"name": "greet"}, "metadata": {"turn": "t9"}, "entities": []}
    tracker = {"sender_id": "cv:1", "slots": {}, "latest_message": message, "events": [], "paused": False}
    tracker |= {"followup_action": None, "active_loop": {}, "latest_action_name": "action_listen"}
    return {"next_action": action, "sender_id": "cv:1", "tracker": tracker, "version": "3.6.21"}


class Door:
    """The app behind httpx, called synchronously."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def post(self, path: str, **request: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://actions") as client:
                return await client.post(path, **request)

        return asyncio.run(ask())


@pytest.fixture
def down() -> list[str]:
    return []


@pytest.fixture
def client(down: list[str]) -> Door:
    actions = [
        Does("action_fine"),
        Does("action_bug", RuntimeError(SECRET)),
        Does("action_stale", StaleTurn()),
        Does("action_shop", ShopUnavailable()),
    ]
    return Door(create_action_app(actions, TOKEN, shop_down=down.append))


def post(client: Door, body: Any, token: str | None = TOKEN) -> Any:
    headers = {} if token is None else {"X-Tuika-Action-Token": token}
    return client.post("/webhook", json=body, headers=headers)


def test_an_action_answers(client: Door) -> None:
    answer = post(client, call())
    assert answer.status_code == 200
    assert [m["text"] for m in answer.json()["responses"]] == ["好"]


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN + "x", "验证"])
def test_without_the_token_nothing_is_read(client: Door, token: str | None) -> None:
    if token == "验证":
        answer = client.post("/webhook", json=call(), headers={b"X-Tuika-Action-Token": token.encode()})
    else:
        answer = post(client, call(), token)
    assert answer.status_code == 401


@pytest.mark.parametrize("body", [[], "text", 7, None])
def test_a_malformed_call_is_refused(client: Door, body: Any) -> None:
    assert post(client, body).status_code == 400


def test_bytes_that_are_no_json_are_refused(client: Door) -> None:
    answer = client.post("/webhook", content=b"{", headers={"X-Tuika-Action-Token": TOKEN})
    assert answer.status_code == 400


def test_an_unknown_action_is_named(client: Door) -> None:
    answer = post(client, call("action_nowhere"))
    assert (answer.status_code, answer.json()["action_name"]) == (404, "action_nowhere")


class Waits(Does):
    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Any]:  # type: ignore[override]
        await asyncio.sleep(0)
        return []


def test_an_action_that_waits_is_a_bug_and_not_a_hanging_turn(down: list[str]) -> None:
    client = Door(create_action_app([Waits("action_waits")], TOKEN, shop_down=down.append))
    assert post(client, call("action_waits")).status_code == 500


@pytest.mark.parametrize("action", ["action_bug", "action_stale", "action_shop"])
def test_a_failure_sends_nothing_back(client: Door, action: str) -> None:
    answer = post(client, call(action))
    assert answer.status_code == 500
    assert SECRET not in answer.text


def test_a_shop_that_is_down_is_told_with_its_turn(client: Door, down: list[str]) -> None:
    post(client, call("action_shop"))
    assert down == ["t9"]
