"""Who tells of a fraud while a person is waited for, or serves him, is not left to wait for the warning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from tuika.bootstrap import Services, build
from tuika.conversations.ownership import OwnerEvent
from tuika.handoff.model import Agent
from tuika.settings import load_settings
from tuika.storage.tables import metadata
from tuika.web.app import create_app

FRAUD = "刚才有个自称客服的让我加他QQ 998877665 交保证金才给退"
ALL_DAY = {
    "TUIKA_SUPPORT_OPENS": "00:00",
    "TUIKA_SUPPORT_CLOSES": "23:59",
    "TUIKA_SUPPORT_REST": "00:00-23:59",
}


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    nobody = {"TUIKA_ENGINE_URL": "http://127.0.0.1:9"}
    made = build(load_settings({"TUIKA_DEMO": "1", "TUIKA_DATA": str(tmp_path), **ALL_DAY, **nobody}))
    metadata.create_all(made.database.engine)
    yield made
    made.database.engine.dispose()


class Waiting:
    """A buyer who waits for a person."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.client = TestClient(create_app(services))
        opened = self.client.post(
            "/api/v1/sessions", json={"platform": "generic", "user_token": None, "channel": "widget"}
        ).json()
        self.talk = opened["conversation_id"]
        self.header = {"Authorization": f"Bearer {opened['session_token']}"}
        with services.uow() as uow:
            self.ticket = services.handoffs.request(
                uow, conversation_id=self.talk, reason="转人工", brief="x"
            ).id
            services.conversations.change_owner(uow, self.talk, OwnerEvent.HANDOFF_REQUESTED)

    def say(self, text: str) -> list[dict[str, Any]]:
        body = {"client_id": str(uuid4()), "text": text}
        path = f"/api/v1/conversations/{self.talk}/messages"
        answer = self.client.post(path, json=body, headers=self.header).json()
        return [message for message in answer["messages"] if message["role"] != "buyer"]

    def reports(self) -> list[Any]:
        with self.services.uow.reading() as uow:
            return list(uow.reports.of_conversation(self.talk))


def test_who_waits_is_warned_at_once_and_the_contact_is_on_record(services: Services) -> None:
    buyer = Waiting(services)
    first = buyer.say(FRAUD)
    assert "请先停下" in first[0]["text"] and "96110" in first[0]["text"] and "排在第" in first[0]["text"]
    assert "998877665" not in first[0]["text"]
    assert first[0]["card"]["type"] == "scam_warning"
    again = buyer.say("他又让我共享屏幕给他看")
    assert "再提醒一次" in again[0]["text"] and "请先停下" not in again[0]["text"]
    (report,) = buyer.reports()
    assert any("998877665" in contact for contact in report.contacts) and "screen_sharing" in report.tactics


def test_who_it_was_may_come_later(services: Services) -> None:
    buyer = Waiting(services)
    assert buyer.say("qq是 2938475610") and buyer.reports() == [], "a number alone is no report"
    buyer.say("他让我交500保证金解冻")
    buyer.say("qq是 2938475610")
    (report,) = buyer.reports()
    assert any("2938475610" in contact for contact in report.contacts)


def test_how_much_is_gone_may_come_later(services: Services) -> None:
    buyer = Waiting(services)
    buyer.say("客服让我把验证码发给他")
    buyer.say("然后卡里被划走了1500")
    (report,) = buyer.reports()
    assert report.paid_fen == 150000
    buyer.say("我订单号尾号是 1800")
    assert buyer.reports()[0].paid_fen == 150000, "a number is no loss"


def test_plain_words_of_who_waits_are_answered_as_ever(services: Services) -> None:
    buyer = Waiting(services)
    (notice,) = buyer.say("我的卡密用不了，等了半天了")
    assert "请先停下" not in notice["text"] and buyer.reports() == []


def test_while_an_agent_serves_him_the_report_is_filed_and_the_bot_is_silent(services: Services) -> None:
    buyer = Waiting(services)
    with services.uow() as uow:
        services.handoffs.claim(uow, buyer.ticket, Agent("demo"))
    assert buyer.say(FRAUD) == []
    assert len(buyer.reports()) == 1


def test_two_who_wait_and_name_the_same_contact_put_it_on_the_block_list(services: Services) -> None:
    first, second = Waiting(services), Waiting(services)
    first.say(FRAUD)
    with services.uow() as uow:  # another buyer, elsewhere
        services.scam_reports.file(uow, conversation_id=second.talk, text=FRAUD, reporter="203.0.113.9")
    with services.uow.reading() as uow:
        (contact,) = uow.reports.of_conversation(first.talk)[0].contacts
        assert services.blocklist.known(uow, contact) is not None
