"""A process dies between any two lines, and several nodes work at once: each message is still answered once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tuika.channels.model import Arrival, ArrivalKind
from tuika.conversations.model import Message, Role

from .fakes.receiver import SETTINGS, Receiver
from .fakes.telegram import SETTINGS as TELEGRAM
from .fakes.telegram import TelegramServer
from .fakes.wecom import SETTINGS as WECOM
from .fakes.wecom import WeComServer
from .fakes.weixin import SETTINGS as WECHAT
from .fakes.weixin import WeChatServer
from .house import NOON, House, picture

pytestmark = pytest.mark.anyio


def said(number: int, *, channel: str = "app", peer: str = "u1", text: str = "") -> Arrival:
    order = f"{number:020d}"
    return Arrival(channel, peer, f"{peer}:{number}", order, ArrivalKind.TEXT, text or f"第{number}句")


async def test_what_was_stored_is_worked_by_whoever_comes_next(
    build: Callable[..., House], tmp_path: Path
) -> None:
    receiver = Receiver()
    first = build({"app": SETTINGS}, app=receiver)
    await first.services.gateway_of_channels.accept([said(1), said(2)])
    second = House(tmp_path, {"app": SETTINGS}, app=receiver)  # the same rows, another process
    await second.settle()
    assert receiver.texts("u1") == ["听到：第1句", "听到：第2句"]
    await first.settle()
    assert len(receiver.got) == 2
    second.close()


async def test_a_crash_after_the_hub_answered_repeats_nothing(build: Callable[..., House]) -> None:
    receiver = Receiver()
    house = build({"app": SETTINGS}, app=receiver)
    gateway = house.services.gateway_of_channels
    await gateway.accept([said(1)])
    house.wall.advance(timedelta(seconds=1))
    step = gateway._claim("app", "u1")
    assert isinstance(step, tuple)
    link, queued = step
    await gateway._taking.take(link, house.services.channels["app"], queued.arrival, 0)
    await house.settle()  # the lease of the dead node still holds: nobody else touches the peer
    house.wall.advance(timedelta(seconds=61))
    await house.settle()
    assert house.engine.heard == ["第1句"]
    assert receiver.texts("u1") == ["听到：第1句"]


async def test_a_message_that_was_under_way_is_sent_again(build: Callable[..., House]) -> None:
    receiver = Receiver()
    house = build({"app": SETTINGS}, app=receiver)
    await house.services.gateway_of_channels.accept([said(1)])
    house.wall.advance(timedelta(seconds=1))
    await house.services.gateway_of_channels.work("app", "u1")
    link = house.link("app", "u1")
    assert house.services.sender._take(link.id) is not None  # and here the process dies
    await house.settle()
    assert receiver.got == []
    house.wall.advance(timedelta(seconds=61))
    await house.settle()
    assert receiver.texts("u1") == ["听到：第1句"]


async def test_two_nodes_at_once_answer_each_message_once(
    build: Callable[..., House], tmp_path: Path
) -> None:
    receiver = Receiver()
    houses = [build({"app": SETTINGS}, app=receiver), House(tmp_path, {"app": SETTINGS}, app=receiver)]
    arrivals = [said(number, peer=f"u{buyer}") for buyer in range(6) for number in range(1, 5)]
    for house in houses:
        await house.services.gateway_of_channels.accept(arrivals)  # each node gets every delivery
    await asyncio.gather(*(house.settle() for house in houses))
    for buyer in range(6):
        assert receiver.texts(f"u{buyer}") == [f"听到：第{number}句" for number in range(1, 5)]
    houses[1].close()


async def test_an_arrival_that_never_works_is_given_up(build: Callable[..., House]) -> None:
    receiver = Receiver()
    house = build({"app": SETTINGS}, app=receiver)

    class Broken:
        async def receive(self, inbound: Any) -> Any:
            if inbound.text == "第1句":
                raise RuntimeError("never")
            return await house.services.hub.receive(inbound)

    house.services.gateway_of_channels._taking._hub = Broken()  # type: ignore[assignment]
    await house.services.gateway_of_channels.accept([said(1), said(2)])
    for _ in range(10):
        await house.settle(seconds=61)
    assert "没有处理成功" in receiver.texts("u1")[0]
    assert receiver.texts("u1")[-1] == "听到：第2句"


async def test_a_changed_key_loses_no_other_message(build: Callable[..., House]) -> None:
    receiver = Receiver()
    house = build({"app": SETTINGS}, app=receiver)
    await house.services.gateway_of_channels.accept([said(1), said(2)])
    with house.services.uow() as uow:
        uow.connection.exec_driver_sql("update channel_arrivals set sealed = x'00' where id = 1")
    await house.settle()
    assert receiver.texts("u1") == ["听到：第2句"]


CHANNELS: dict[str, tuple[dict[str, Any], Callable[[], httpx.AsyncBaseTransport], Callable[[Any], bool]]] = {
    "webhook": (SETTINGS, Receiver, lambda server: bool(server.got[-1]["image"])),
    "wechat": (WECHAT, WeChatServer, lambda server: server.said[-1]["msgtype"] == "image"),
    "wecom": (WECOM, lambda: WeComServer(NOON), lambda server: server.sent[-1]["msgtype"] == "image"),
    "telegram": (TELEGRAM, TelegramServer, lambda server: server.calls[-1][0] == "sendPhoto"),
}


@pytest.mark.parametrize("kind", CHANNELS)
async def test_pictures_go_out(build: Callable[..., House], kind: str) -> None:
    """A message with a picture from our side reaches the buyer as one."""
    values, make, is_shown = CHANNELS[kind]
    server: Any = make()
    server.left = 5  # WeCom: the buyer wrote just now
    house = build({"x": values}, x=server)
    s = house.services
    await s.gateway_of_channels.accept([said(1, channel="x", peer="42")])
    await house.settle()
    talk = house.conversation("x", "42").id
    kept = s.evidence.accept(s.uow, conversation_id=talk, client_id="p1", data=picture(), kind=None)
    shown = Message(0, Role.AGENT, "请看这张图", s.clock.now(), attachments=(kept,))
    with s.uow() as uow:
        uow.messages.append(talk, shown)
    await house.settle()
    assert is_shown(server)
    assert set(house.states()) == {"sent"}
