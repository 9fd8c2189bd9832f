"""``tuika channel``: what an operator is told about his configuration."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tuika.commands.channel import _collected, _published
from tuika.errors import SettingsError
from tuika.settings import Settings, load_settings

from .fakes.chatwoot import SETTINGS as CHATWOOT
from .fakes.chatwoot import ChatwootServer
from .fakes.receiver import SETTINGS as WEBHOOK
from .fakes.receiver import Receiver
from .fakes.telegram import SETTINGS as TELEGRAM
from .fakes.telegram import TelegramServer
from .fakes.wecom import SETTINGS as WECOM
from .fakes.wecom import WeComServer
from .fakes.weixin import SETTINGS as WECHAT
from .fakes.weixin import WeChatServer
from .house import NOON, House, settings

pytestmark = pytest.mark.anyio
KINDS: dict[str, tuple[dict[str, Any], Callable[[], Any]]] = {
    "wechat": (WECHAT, WeChatServer),
    "wecom": (WECOM, lambda: WeComServer(NOON)),
    "telegram": (TELEGRAM, TelegramServer),
    "webhook": (WEBHOOK, Receiver),
    "chatwoot": (CHATWOOT, ChatwootServer),
}


async def told(
    build: Callable[..., House], kind: str, *, server: Any = None, **more: Any
) -> tuple[bool, str]:
    """Whether all is well, and every line."""
    values, make = KINDS[kind]
    house = build({"x": {**values, **more}}, x=server or make())
    findings = await _collected(house.services, "x")
    lines = [f"{finding.what} -> {finding.hint}" for finding in findings]
    return all(finding.ok is not False for finding in findings), "\n".join(lines)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_right_configuration_is_found_right(build: Callable[..., House], kind: str) -> None:
    ok, lines = await told(build, kind)
    assert ok, lines
    assert "/channels/x" in lines


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("wechat", {"app_secret": "wrong"}, "AppSecret 不对"),
        ("wecom", {"secret": "wrong"}, "微信客服”专用的 Secret"),
        ("wecom", {"open_kfid": "wkNoSuch"}, "没有客服账号 wkNoSuch"),
        ("telegram", {"bot_token": "1:wrong"}, "@BotFather"),
        (
            "telegram",
            {"public_url": "https://shop.example.com", "secret_token": "x" * 20},
            "tuika channel publish",
        ),
        ("webhook", {"secret": "another-secret-of-24-characters"}, "没有正常答复"),
        ("webhook", {"deliver_url": "http://shop.example.com/x"}, "换成 https"),
        ("webhook", {"secret": "another-secret-of-24-characters"}, "对方不认签名"),
        ("chatwoot", {"token": "wrong"}, "token 不对"),
        ("chatwoot", {"inbox_id": 6}, "核对 account_id 和 inbox_id"),
    ],
)
async def test_what_is_wrong_is_named(
    build: Callable[..., House], kind: str, more: dict[str, Any], words: str
) -> None:
    ok, lines = await told(build, kind, **more)
    assert not ok and words in lines
    for secret in ("wrong", "another-secret"):
        assert f"{secret}-" not in lines.replace("wkNoSuch", "")


async def test_an_account_without_customer_service_is_told(build: Callable[..., House]) -> None:
    server = WeChatServer()
    server.errors = [{"errcode": 48001, "errmsg": "api unauthorized"}]
    ok, lines = await told(build, "wechat", server=server)
    assert not ok and "customer_service: false" in lines


async def test_a_webhook_left_over_stops_polling(build: Callable[..., House]) -> None:
    server = TelegramServer()
    server.webhook["url"] = "https://old.example.com/hook"
    ok, lines = await told(build, "telegram", server=server)
    assert not ok and "轮询收不到消息" in lines


async def test_an_inbox_of_the_wrong_kind(build: Callable[..., House]) -> None:
    server = ChatwootServer()
    server.errors = [httpx.Response(200, json={"id": 5, "channel_type": "Channel::WebWidget"})]
    ok, lines = await told(build, "chatwoot", server=server)
    assert not ok and "API 类型" in lines


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("wecom", "连不上企业微信"),
        ("wechat", "取 access_token 失败"),
        ("chatwoot", "连不上 Chatwoot"),
        ("webhook", "没有正常答复"),
    ],
)
async def test_who_cannot_be_reached_has_refused_nothing(
    build: Callable[..., House], kind: str, words: str
) -> None:
    """A closed firewall is not a wrong secret, and the advice says so."""

    def nobody(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    ok, lines = await told(build, kind, server=httpx.MockTransport(nobody))
    assert not ok and words in lines and "检查外网访问" in lines and "拒绝" not in lines


@pytest.mark.parametrize(
    ("address", "ok", "words"),
    [
        ("https://shop.example.com/channels/x", True, ""),
        ("https://shop.example.com/channels/y", False, "客服的回复到不了这里"),
        ("", True, "没有填 Webhook 网址"),
    ],
)
async def test_where_an_inbox_sends_its_events(
    build: Callable[..., House], address: str, ok: bool, words: str
) -> None:
    server = ChatwootServer()
    server.errors = [
        httpx.Response(200, json={"id": 5, "channel_type": "Channel::Api", "webhook_url": address})
    ]
    fine, lines = await told(build, "chatwoot", server=server)
    assert fine is ok and words in lines


async def test_publishing(build: Callable[..., House]) -> None:
    telegram = TelegramServer()
    more = {"public_url": "https://shop.example.com/", "secret_token": "x" * 20}
    house = build({"x": {**TELEGRAM, **more}}, x=telegram)
    assert "https://shop.example.com/channels/x" in await _published(house.services, "x")
    assert telegram.webhook["url"] == "https://shop.example.com/channels/x"


async def test_publishing_no_webhook_and_a_menu(build: Callable[..., House]) -> None:
    telegram, wechat = TelegramServer(), WeChatServer()
    telegram.webhook["url"] = "https://old.example.com"
    house = build({"x": TELEGRAM, "g": WECHAT}, x=telegram, g=wechat)
    assert "polls" in await _published(house.services, "x")
    assert telegram.webhook["url"] == ""
    await _published(house.services, "g")
    assert len(wechat.menus) == 1


@pytest.mark.parametrize(
    ("channels", "words"),
    [
        ({"x": {**WECHAT, "aes_key": None}}, "要设置 aes_key"),
        ({"x": {**WECHAT, "aes_key": "short"}}, "EncodingAESKey"),
        ({"x": {**WECHAT, "app_id": "gh_1"}}, "app_id"),
        ({"x": {k: v for k, v in WECHAT.items() if k != "app_secret"}}, "app_secret"),
        ({"x": {k: v for k, v in TELEGRAM.items() if k != "bot_token"}}, "bot_token"),
        ({"x": {k: v for k, v in WEBHOOK.items() if k != "secret"}}, "secret"),
        ({"x": {**WEBHOOK, "secret": "short"}}, "secret"),
        ({"x": {**TELEGRAM, "public_url": "https://a.example"}}, "要设置 secret_token"),
        ({"x": {**TELEGRAM, "platform": "nowhere"}}, "没有 nowhere"),
        ({"Big Name": WEBHOOK}, "名称应为"),
        ({"x": {**WEBHOOK, "kind": "qq"}}, "kind"),
        ({"x": {**WEBHOOK, "delivery": 1}}, "delivery"),
    ],
)
def test_settings_say_what_is_wrong(tmp_path: Any, channels: dict[str, Any], words: str) -> None:
    with pytest.raises((ValueError, SettingsError), match=words):
        settings(tmp_path, channels)


def test_a_short_secret_is_told_in_chinese(tmp_path: Any) -> None:
    environ = {
        "TUIKA_DEMO": "true",
        "TUIKA_DATA": str(tmp_path),
        "TUIKA_CHANNELS": json.dumps({"x": {**WEBHOOK, "secret": "short"}}),
    }
    with pytest.raises(SettingsError, match=r"channels\.x\.webhook\.secret: 至少要 24 个"):
        load_settings(environ)


def test_secrets_do_not_show(tmp_path: Any) -> None:
    shown = repr(settings(tmp_path, {"x": WECHAT, "t": TELEGRAM, "w": WEBHOOK, "c": CHATWOOT, "k": WECOM}))
    for values, name in ((WECHAT, "app_secret"), (TELEGRAM, "bot_token"), (WEBHOOK, "secret")):
        assert values[name] not in shown
    assert isinstance(settings(tmp_path, {}), Settings)
