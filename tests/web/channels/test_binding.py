"""Account and buyer: a one-time code from the site, spent in a channel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tuika.conversations.model import Buyer
from tuika.conversations.ownership import OwnerEvent

from .fakes.receiver import SETTINGS, Receiver, message, signed
from .fakes.telegram import SETTINGS as TELEGRAM
from .fakes.telegram import TelegramServer
from .fakes.wecom import SETTINGS as WECOM
from .fakes.wecom import WeComServer
from .house import NOON, House, user_token

pytestmark = pytest.mark.anyio


class Site:
    def __init__(self, build: Callable[..., House]) -> None:
        self.receiver = Receiver()
        self.house = build(
            {"app": SETTINGS, "tg": TELEGRAM, "kf": WECOM},
            app=self.receiver,
            tg=TelegramServer(),
            kf=WeComServer(NOON),
        )

    async def say(self, text: str, user: str = "u1") -> str:
        """What was answered last."""
        body = message(user, text)
        async with self.house.client() as client:
            answer = await client.post(
                "/channels/app", content=body, headers=signed(body, self.house.wall.now())
            )
            assert answer.status_code == 202
        await self.house.settle()
        return self.receiver.texts(user)[-1]

    def code(self, buyer: Buyer | None = None, platform: str = "generic") -> str:
        with self.house.services.uow() as uow:
            made = buyer or Buyer("b1", "林小满")
            return self.house.services.binding.issue(uow, platform=platform, buyer=made)[0]

    def talk(self, user: str = "u1") -> Any:
        return self.house.conversation("app", user)


@pytest.fixture
def site(build: Callable[..., House]) -> Site:
    return Site(build)


async def test_a_logged_in_buyer_gets_a_code_and_ways(site: Site) -> None:
    async with site.house.client() as client:
        opened = await client.post(
            "/api/v1/sessions", json={"platform": "generic", "user_token": user_token("b1")}
        )
        session = opened.json()
        path = f"/api/v1/conversations/{session['conversation_id']}/channel-code"
        auth = {"Authorization": f"Bearer {session['session_token']}"}
        answer = await client.post(path, headers=auth)
        assert answer.status_code == 201
        code = answer.json()
        assert (await client.post(path)).status_code == 401
        guest = (await client.post("/api/v1/sessions", json={"platform": "generic"})).json()
        other = f"/api/v1/conversations/{guest['conversation_id']}/channel-code"
        assert (await client.post(other, headers=auth)).status_code == 404
        auth = {"Authorization": f"Bearer {guest['session_token']}"}
        assert (await client.post(other, headers=auth)).status_code == 409
    bare = code["code"].replace("-", "")
    ways = {way["channel"]: way for way in code["ways"]}
    assert set(ways) == {"tg", "kf"}  # a webhook brings the site's own token
    assert ways["tg"]["link"] == f"https://t.me/tuika_bot?start={bare}"
    assert ways["kf"]["link"] == f"https://work.weixin.qq.com/kfid/kfc123?scene_param={bare}"
    assert "绑定成功" in await site.say(ways["tg"]["say"])
    assert site.talk().buyer.id == "b1"


async def test_a_guest_keeps_his_conversation(site: Site) -> None:
    await site.say("卡密用不了")
    before = site.talk()
    assert "绑定成功：林***满" in await site.say(f"绑定 {site.code()}")
    after = site.talk()
    assert (after.id, after.buyer.id, after.session_no) == (before.id, "b1", before.session_no + 1)
    assert await site.say("继续") == "听到：继续"


async def test_a_code_is_good_once_and_for_ten_minutes(site: Site) -> None:
    code = site.code()
    await site.say(code, user="u1")
    assert "不对、已经用过或过期" in await site.say(code, user="u2")
    late = site.code()
    site.house.wall.advance(timedelta(minutes=11))
    assert "不对、已经用过或过期" in await site.say(late, user="u3")
    assert "不对、已经用过或过期" in await site.say(site.code(platform="solo"), user="u4")
    for user in ("u2", "u3", "u4"):
        assert site.talk(user).buyer is None


async def test_only_what_bears_our_signature_is_a_code(site: Site) -> None:
    code = site.code().replace("-", "")
    swapped = "Z" if code[-1] != "Z" else "Y"
    assert site.house.services.binding.code_in(code[:-1] + swapped) is None
    await site.say(code[:-1] + swapped)  # a text like any other (and screened as one)
    assert len(site.house.engine.heard) == 1
    assert site.house.services.binding.code_in(f"我的码是 {code}") is None
    assert site.house.services.binding.code_in(f" 绑定：{code.lower()} ") == code


async def test_five_wrong_codes_lock_the_peer(site: Site) -> None:
    codes = [site.code() for _ in range(7)]
    for code in codes:
        await site.say(code, user="other")
    spent = codes[:6]
    answers = [await site.say(code, user="u1") for code in spent]
    assert all("不对" in answer for answer in answers[:5])
    assert "验证失败次数太多" in answers[5]
    assert "验证失败次数太多" in await site.say(site.code(), user="u1")
    assert site.talk("u1").buyer is None


async def test_another_buyer_never_sees_the_first_ones_words(site: Site) -> None:
    await site.say(site.code(Buyer("b1", "林小满")))
    await site.say("我的订单 KM202611210001")
    first = site.talk().id
    assert "绑定成功" in await site.say(site.code(Buyer("b2", "阿芳")))
    assert site.talk().id != first and site.talk().buyer.id == "b2"
    assert "KM202611210001" not in "".join(site.house.texts("app", "u1"))
    assert "已经绑定过了" in await site.say(site.code(Buyer("b2", "阿芳")))


async def test_unbinding_makes_a_guest(site: Site) -> None:
    assert "不需要解除" in await site.say("解除绑定")
    await site.say(site.code())
    first = site.talk().id
    assert "已解除绑定" in await site.say("解除绑定。")
    assert site.talk().buyer is None and site.talk().id != first


async def test_nothing_is_rebound_while_a_person_serves(site: Site) -> None:
    await site.say(site.code())
    with site.house.services.uow() as uow:
        site.house.services.conversations.change_owner(uow, site.talk().id, OwnerEvent.CLAIMED)
    assert "处理结束后再" in await site.say(site.code(Buyer("b2", "阿芳")))
    assert "处理结束后再" in await site.say("解除绑定")
    assert site.talk().buyer.id == "b1"


async def test_bindings_are_in_the_audit_log_without_the_account(site: Site) -> None:
    await site.say(site.code(), user="openid-of-somebody")
    with site.house.services.uow.reading() as uow:
        found = [event for event in uow.audit.list(limit=50) if event.type.startswith("channel.")]
    assert [event.type for event in found] == ["channel.peer.bound"]
    assert "openid" not in str(found[0])


async def test_a_code_lies_nowhere_in_clear(site: Site) -> None:
    code = site.code().replace("-", "")
    await site.say(code)
    digests = site.house.column("select digest from channel_codes")
    assert code not in "".join(digests) + "".join(site.house.texts("app", "u1"))


async def test_erasing_a_buyer_forgets_his_chat_account(site: Site) -> None:
    await site.say(site.code())
    await site.say("卡密用不了")
    site.house.services.privacy.erase("generic", "b1")
    assert site.house.column("select count(*) from channel_links") == [0]
    assert site.house.column("select count(*) from channel_deliveries") == [0]
    assert await site.say("在吗") == "听到：在吗"
    assert site.talk().buyer is None


async def test_what_is_past_its_time_is_erased_with_its_link(site: Site) -> None:
    await site.say("卡密用不了")
    site.house.services.clock.advance(timedelta(days=3650))  # type: ignore[attr-defined]
    assert site.house.services.privacy.expire() > 0
    assert site.house.column("select count(*) from channel_links") == [0]
