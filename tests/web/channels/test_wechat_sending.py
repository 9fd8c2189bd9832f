"""Customer-service messages of an official account: budget, window, the provider's errors, the shared token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from tuika.channels.wechat.messages import arrival
from tuika.conversations.model import Role, Say

from .house import House
from .test_wechat import PEER, Account

pytestmark = pytest.mark.anyio


async def post(house: House, text: str) -> None:
    link = house.link("gzh", PEER)
    with house.services.uow() as uow:
        house.services.conversations.post(uow, link.conversation_id, Role.SYSTEM, Say(text))


async def talking(build: Callable[..., House]) -> Account:
    """An account with a peer, on a clock that stands still."""
    account = Account(build, live=False)
    came = account.text("你好")
    parsed = arrival({k: str(v) for k, v in came.items()}, channel="gzh", menu={})
    assert parsed is not None
    await account.house.services.gateway_of_channels.accept([parsed])
    await account.house.settle()
    account.server.said.clear()
    return account


async def test_five_messages_and_no_more_until_the_buyer_writes(build: Callable[..., House]) -> None:
    account = await talking(build)
    for number in range(1, 8):
        await post(account.house, f"通知{number}")
        await account.house.settle()
    # one of the five was the answer itself
    assert [each["text"]["content"] for each in account.server.said] == [f"通知{n}" for n in range(1, 5)]
    assert account.house.states()[-3:] == ["held"] * 3
    parsed = arrival({k: str(v) for k, v in account.text("在吗").items()}, channel="gzh", menu={})
    assert parsed is not None
    await account.house.services.gateway_of_channels.accept([parsed])
    await account.house.settle()
    last = account.server.said[-1]["text"]["content"]
    assert last == "通知5\n\n通知6\n\n通知7\n\n听到：在吗"  # one message holds them all


async def test_nothing_is_sent_after_48_hours(build: Callable[..., House]) -> None:
    account = await talking(build)
    account.house.wall.advance(timedelta(hours=48))
    await post(account.house, "退款已打出")
    await account.house.settle()
    assert account.server.said == [] and account.house.states()[-1] == "held"


async def test_the_providers_no_is_understood(build: Callable[..., House]) -> None:
    account = await talking(build)
    for code, state in ((45015, "held"), (45047, "held"), (40003, "failed")):
        account.server.errors = [{"errcode": code, "errmsg": "no"}]
        await post(account.house, f"通知 {code}")
        await account.house.settle()
        assert account.house.states()[-1] == state, code
        link = account.house.link("gzh", PEER)
        with account.house.services.uow() as uow:
            uow.links.save(replace(link, budget_left=5))
            uow.connection.exec_driver_sql("update channel_deliveries set state = 'sent'")


async def test_busy_slow_and_broken_answers_are_tried_again(build: Callable[..., House]) -> None:
    account = await talking(build)
    account.server.errors = [
        {"errcode": -1, "errmsg": "system error"},
        httpx.Response(429, headers={"retry-after": "7"}),
        httpx.ConnectTimeout("no way"),
        httpx.ReadTimeout("slow"),
        httpx.Response(502),
    ]
    await post(account.house, "退款已打出")
    for _ in range(8):
        await account.house.settle(seconds=61)
    assert [each["text"]["content"] for each in account.server.said] == ["退款已打出"]
    # only the one whose outcome is unknown counts against the budget
    assert account.house.link("gzh", PEER).budget_left == 5 - 1 - 1 - 1


async def test_a_token_is_shared_and_renewed_when_refused(build: Callable[..., House]) -> None:
    account = await talking(build)
    assert account.server.calls.count("/cgi-bin/stable_token") == 1
    await post(account.house, "一")
    await account.house.settle()
    assert account.server.calls.count("/cgi-bin/stable_token") == 1  # from the row
    account.server.token_no += 1  # somebody else asked for a token
    await post(account.house, "二")
    await account.house.settle()
    assert [each["text"]["content"] for each in account.server.said] == ["一", "二"]
    assert account.server.calls.count("/cgi-bin/stable_token") == 2
    sealed = account.house.column("select sealed from channel_values where name = 'token:gzh'")[0]
    assert account.server.token.encode() not in sealed
    account.house.wall.advance(timedelta(hours=2))
    link = account.house.link("gzh", PEER)
    assert link.window_until > account.house.wall.now()
    await post(account.house, "三")
    await account.house.settle()
    assert account.server.calls.count("/cgi-bin/stable_token") == 3
