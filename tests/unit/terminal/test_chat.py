"""The chat loop against a small hub that keeps its own rows."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from tuika.terminal.chat import converse, handle
from tuika.terminal.client import BuyerClient, NotRunning, Refused
from tuika.terminal.screen import Screen


class SmallHub:
    """Answers the buyer API: greets, echoes, offers two quick replies."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.bodies: list[dict[str, Any]] = []
        self.uploads: list[bytes] = []
        self.slow_answers = 0
        self.down = False

    def message(self, role: str, text: str, **more: Any) -> dict[str, Any]:
        message = {"seq": len(self.said) + 1, "role": role, "text": text, "card": None, **more}
        self.said.append(message)
        return message

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("refused", request=request)
        path, method = request.url.path, request.method
        if path == "/api/v1/demo/token":
            return self._token(request)
        if path == "/api/v1/sessions":
            greeting = self.message("bot", "您好，请问遇到什么问题？")
            return httpx.Response(
                201,
                json={"session_token": "s", "conversation_id": "cv", "buyer": None, "messages": [greeting]},
            )
        assert request.headers["Authorization"] == "Bearer s"
        if path.endswith("/attachments"):
            self.uploads.append(request.content)
            return httpx.Response(200, json={"attachment": {}, "messages": [self.message("bot", "收到截图")]})
        if method == "GET" and path.endswith("/events"):
            return self._events(int(request.headers["Last-Event-ID"]))
        if method == "GET":
            after = int(request.url.params["after"])
            return httpx.Response(200, json={"messages": [m for m in self.said if m["seq"] > after]})
        return self._heard(json.loads(request.content), request)

    def _token(self, request: httpx.Request) -> httpx.Response:
        if request.url.params["buyer"] != "b1":
            return httpx.Response(404, json={"detail": "演示店铺里没有这个买家"})
        return httpx.Response(200, json={"token": "jwt"})

    def _events(self, after: int) -> httpx.Response:
        news = [m for m in self.said if m["seq"] > after]
        frames = [f"id: {m['seq']}\ndata: {json.dumps(m, ensure_ascii=False)}\n\n" for m in news]
        return httpx.Response(200, text="retry: 2000\n\n: still here\n\n" + "".join(frames))

    def _heard(self, body: dict[str, Any], request: httpx.Request) -> httpx.Response:
        self.bodies.append(body)
        if self.slow_answers:
            self.slow_answers -= 1
            raise httpx.ReadTimeout("slow", request=request)
        if body.get("text") == "太长":
            return httpx.Response(422, json={"detail": "消息最多 2000 字"})
        self.message("buyer", body.get("text", ""))
        replies = [{"title": "确认提交", "action": "a-yes"}, {"title": "先不提交", "action": "a-no"}]
        answer = self.message("bot", f"您说：{body.get('text') or body['action']}", quick_replies=replies)
        return httpx.Response(200, json={"messages": [answer]})


class Desk:
    """A client, a screen and what the screen shows."""

    def __init__(self) -> None:
        self.hub = SmallHub()
        self.client = BuyerClient("http://hub", transport=httpx.MockTransport(self.hub))
        self.stream = io.StringIO()
        self.screen = Screen(Console(file=self.stream, width=72, color_system=None, highlight=False))

    def open(self) -> None:
        opened = self.client.open(platform="generic", user_token=None, resume=False)
        self.screen.show(opened.messages)

    @property
    def shown(self) -> str:
        return self.stream.getvalue()


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.open()
    return desk


def test_a_script_from_greeting_to_the_end(desk: Desk) -> None:
    converse(desk.client, desk.screen, ["卡密用不了", "", "1"], follow=False)
    assert "您好，请问遇到什么问题？" in desk.shown
    assert "您说：卡密用不了" in desk.shown
    assert "[1] 确认提交   [2] 先不提交" in desk.shown
    assert [body.get("text") or body["action"] for body in desk.hub.bodies] == ["卡密用不了", "a-yes"]


def test_a_number_without_such_a_reply_is_a_word(desk: Desk) -> None:
    handle(desk.client, desk.screen, "2")
    handle(desk.client, desk.screen, "7")
    assert [body.get("text") for body in desk.hub.bodies] == ["2", "7"]


def test_quick_replies_go_stale_when_something_newer_is_said(desk: Desk) -> None:
    handle(desk.client, desk.screen, "你好")
    desk.hub.message("system", "您的退款已到账")
    desk.screen.show(desk.client.since(desk.screen.last_seq))
    assert desk.screen.reply(1) is None


def test_what_came_meanwhile_is_shown_at_the_end_and_only_once(desk: Desk) -> None:
    converse(desk.client, desk.screen, ["你好"], follow=False)
    desk.hub.message("system", "您的退款已到账")
    converse(desk.client, desk.screen, [], follow=False)
    converse(desk.client, desk.screen, [], follow=False)
    assert desk.shown.count("您的退款已到账") == 1
    assert desk.shown.count("您说：你好") == 1


def test_events_bring_later_notices_in_order(desk: Desk) -> None:
    desk.hub.message("agent", "我是客服小王")
    desk.hub.message("system", "已为您登记")
    desk.screen.show(desk.client.events(desk.screen.last_seq))
    assert desk.shown.index("我是客服小王") < desk.shown.index("已为您登记")


def test_an_answer_that_did_not_come_in_time_is_asked_for_with_the_same_id(desk: Desk) -> None:
    desk.hub.slow_answers = 1
    handle(desk.client, desk.screen, "你好")
    first, second = desk.hub.bodies
    assert first["client_id"] == second["client_id"]
    assert desk.shown.count("您说：你好") == 1


def test_an_answer_that_never_comes_does_not_end_the_talk(desk: Desk) -> None:
    desk.hub.slow_answers = 9
    assert handle(desk.client, desk.screen, "你好")
    assert "还没有等到回复" in desk.shown


def test_a_refusal_is_the_hubs_own_words(desk: Desk) -> None:
    assert handle(desk.client, desk.screen, "太长")
    assert "! 消息最多 2000 字" in desk.shown


def test_a_hub_that_went_away_is_told_and_how_to_start_it(desk: Desk) -> None:
    desk.hub.down = True
    assert handle(desk.client, desk.screen, "你好")
    assert "make run" in desk.shown


@pytest.mark.parametrize("form", ["{path}", "{path} key_error", "'{path}' key_error", '"{path}"'])
def test_upload_takes_a_path_and_perhaps_a_kind(desk: Desk, tmp_path: Path, form: str) -> None:
    picture = tmp_path / "shot.png"
    picture.write_bytes(b"\x89PNG")
    handle(desk.client, desk.screen, "/upload " + form.format(path=picture))
    (body,) = desk.hub.uploads
    assert b"\x89PNG" in body
    assert (b"key_error" in body) == ("key_error" in form)
    assert "收到截图" in desk.shown


def test_a_path_with_spaces_needs_no_quotes(desk: Desk, tmp_path: Path) -> None:
    picture = tmp_path / "my shot.png"
    picture.write_bytes(b"\x89PNG")
    handle(desk.client, desk.screen, f"/upload {picture}")
    assert len(desk.hub.uploads) == 1


@pytest.mark.parametrize("line", ["/upload", "/upload   ", "/upload /nowhere/x.png", "/upload '"])
def test_a_wrong_upload_is_told(desk: Desk, line: str) -> None:
    assert handle(desk.client, desk.screen, line.strip())
    assert "! " in desk.shown
    assert not desk.hub.uploads


def test_quit_ends_and_help_helps(desk: Desk) -> None:
    converse(desk.client, desk.screen, ["/help", "/quit", "没人听见"], follow=False)
    assert "/upload" in desk.shown
    assert not desk.hub.bodies


def test_other_slashes_are_words_for_the_hub(desk: Desk) -> None:
    handle(desk.client, desk.screen, "/greet")
    assert desk.hub.bodies[0]["text"] == "/greet"


def test_demo_tokens_and_their_absence() -> None:
    desk = Desk()
    assert desk.client.demo_token("b1") == "jwt"
    with pytest.raises(Refused, match="没有这个买家"):
        desk.client.demo_token("b9")


def test_nothing_running_is_told_with_the_address() -> None:
    desk = Desk()
    desk.hub.down = True
    with pytest.raises(NotRunning, match="http://hub"):
        desk.open()
