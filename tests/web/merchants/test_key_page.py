"""A replacement key by its link: opened once, by a press, recorded; hidden from everybody whom it was not sent to."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tuika.bootstrap import Services
from tuika.links import Purpose, without_links
from tuika.policy.model import Claim, Reason
from tuika.refunds.model import Actor, Requester
from tuika.refunds.offers import OfferKind
from tuika.shops.masks import mask_key

from .conftest import Browser

KEY = "NEWK-1111-2222-3333"
ANN = Actor.agent("demo")


@pytest.fixture
def talk(services: Services) -> str:
    """A guest's conversation in which an exchange was agreed to and the key came."""
    order = services.demo_shop.orders.find("KM202611210001")
    assert order is not None
    with services.uow() as uow:
        talk = services.conversations.open(uow, platform="generic", channel="tg", buyer=None)
        case = services.refunds.file(
            uow,
            order=order,
            claim=Claim(Reason.WRONG_RECHARGE, own_error=False),
            requester=Requester(None, talk.id, "g1"),
        )
        services.refunds.negotiate(uow, case.case_no, kind=OfferKind.EXCHANGE, actor=ANN)
        services.refunds.answer_offer(uow, case.case_no, accept=True, actor=Actor.guest("g1"))
        sealed = services.vault.seal(uow, KEY, kind="replacement_key", conversation_id=talk.id)
        services.refunds.reissue(uow, case.case_no, secret_id=sealed, masked=mask_key(KEY), actor=ANN)
    return talk.id


def link(services: Services, talk: str) -> str:
    with services.uow.reading() as uow:
        said = uow.messages.after(talk, 0)[-1].text
    assert KEY not in said
    found = re.search(r"https?://[^/]+(/key/[\w.\-]+)", said)
    assert found is not None, said
    return found.group(1)


def openings(services: Services, talk: str) -> list[Any]:
    with services.uow.reading() as uow:
        (case,) = uow.cases.of_conversation(talk)
    return [event for event in case.events if event.type == "refund.key.opened"]


def test_it_opens_once_and_only_by_the_button(
    services: Services, browser: Browser, talk: str, tmp_path: Path
) -> None:
    path = link(services, talk)
    for _ in range(3):  # what a chat app fetches to show a preview
        page = browser.get(path)
        assert page.status_code == 200 and KEY not in page.text
    assert openings(services, talk) == []
    shown = browser.post(path)
    assert KEY in shown.text and shown.headers["Cache-Control"] == "no-store"
    again = browser.post(path)
    assert again.status_code == 409 and KEY not in again.text and "已经打开过一次" in again.text
    (opened,) = openings(services, talk)
    assert opened.detail["link"] not in path  # a digest: nobody opens anything with a record
    assert not any(KEY.encode() in p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())


def test_of_many_who_press_at_once_one_sees_it(services: Services, browser: Browser, talk: str) -> None:
    path = link(services, talk)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: browser.post(path).text, range(4)))
    assert sum(KEY in answer for answer in answers) == 1 and len(openings(services, talk)) == 1


@pytest.mark.parametrize("purpose", [each for each in Purpose if each is not Purpose.KEY])
def test_other_links_open_no_key(services: Services, browser: Browser, talk: str, purpose: Purpose) -> None:
    number = services_case(services, talk)
    token = services.links.sign(purpose, now=datetime.now(UTC), case_no=number)
    assert browser.post(f"/key/{token}").status_code == 401
    assert browser.post("/key/x.y.z").status_code == 401


def test_a_case_without_a_key_has_nothing_to_open(services: Services, browser: Browser) -> None:
    token = services.links.sign(Purpose.KEY, now=datetime.now(UTC), case_no="RF00000000")
    assert browser.post(f"/key/{token}").status_code == 404


def test_agents_and_transcripts_see_no_link(services: Services, browser: Browser, talk: str) -> None:
    services.desk.ensure_demo_users()
    browser.post("/api/v1/desk/login", json={"username": "demo", "password": "demo-only-password"})
    token = link(services, talk).rsplit("/", 1)[1]
    for path in (f"/desk/conversations/{talk}", "/desk/conversations?list=bot"):
        page = browser.get(path).text
        assert "新的卡密已经备好" in page and token not in page, path
    assert "链接已隐去" in browser.get(f"/desk/conversations/{talk}").text
    assert without_links(f"看 https://a.b/key/{token}\n好") == "看 https://a.b/key/…（链接已隐去）\n好"


def services_case(services: Services, talk: str) -> str:
    with services.uow.reading() as uow:
        return str(uow.cases.of_conversation(talk)[0].case_no)
