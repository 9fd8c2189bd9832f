"""A platform by its HTTP API and the whole product but Rasa: an event makes the product ask, and nothing more."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import yaml
from fastapi import FastAPI

from tests.shops.http import listening
from tests.shops.market import market_text
from tuika.bootstrap import Services, build
from tuika.clock import FixedClock
from tuika.policy.model import Claim, Reason
from tuika.refunds.due import DueKind
from tuika.refunds.model import Requester
from tuika.safety.vault import ShopSeal
from tuika.settings import SECRET_NAMES, load_settings
from tuika.shops.demo.shop import DemoShop
from tuika.shops.platform_api.server import create_platform_app
from tuika.shops.platform_api.signing import signed_headers
from tuika.storage.database import open_engine
from tuika.storage.tables import metadata
from tuika.web.app import create_app

SECRET = secrets.token_urlsafe(32)
DOOR = "/platforms/mine/events"


@dataclass(frozen=True, slots=True)
class House:
    """The product, its doors, and the platform's own clock."""

    services: Services
    app: FastAPI
    clock: FixedClock

    def send(self, body: Any, *, path: str = DOOR, signed_path: str = "", **change: Any) -> httpx.Response:
        """``body``: bytes as they are, else as JSON; ``secret``, ``key``, ``shift``: what is wrong with it."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        now = int(time.time()) + int(change.pop("shift", 0))
        key, secret = change.pop("key", "k1"), change.pop("secret", SECRET)
        headers = signed_headers("POST", signed_path or path, sent, key_id=key, secret=secret, now=now)
        return anyio.run(self._post, path, sent, headers | {"Content-Type": "application/json"} | change)

    async def _post(self, path: str, sent: bytes, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            return await client.post(path, content=sent, headers=headers)

    def file(self, order_no: str) -> str:
        """A case that the platform's merchant is asked about."""
        order = self.services.shops["mine"].find(order_no)
        assert order is not None
        with self.services.uow() as uow:
            talk = self.services.conversations.open(uow, platform="mine", channel="widget", buyer=None)
            case = self.services.refunds.file(
                uow,
                order=order,
                claim=Claim(Reason.CHANGED_MIND),
                requester=Requester("b1", talk.id),
                statement="不想要了",
            )
        self.services.due_runner.run_due()
        return str(case.case_no)

    def state(self, case_no: str) -> str:
        with self.services.uow.reading() as uow:
            return str(self.services.refunds.get(uow, case_no).state.value)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One house for all: each test has an order of its own."""
    folder = tmp_path_factory.mktemp("house")
    clock = FixedClock(datetime.now(UTC))
    engine = open_engine(f"sqlite:///{folder / 'platform.db'}")
    shop = DemoShop(engine, clock=clock, seal=ShopSeal(SECRET), secret=SECRET.encode())
    shop.prepare()
    shop.load(market_text())
    app = create_platform_app(
        shop.orders, shop.refunds, secrets={"k1": SECRET}, wall=time.time, funds=shop.funds
    )
    with listening(app) as url:
        services = _product(folder, url)
        yield House(services, create_app(services), clock)
        services.database.engine.dispose()
    engine.dispose()


def _product(folder: Path, url: str) -> Services:
    shop = {"kind": "platform_api", "url": url, "key_id": "k1", "secret": SECRET}
    mine = {"pack": "generic", "jwt_secret": secrets.token_urlsafe(32), "shop": shop, "holds_funds": True}
    written = {name: secrets.token_urlsafe(32) for name in SECRET_NAMES}
    file = folder / "tuika.yml"
    file.write_text(
        yaml.safe_dump({**written, "data": str(folder / "data"), "platforms": {"mine": mine}}), "utf-8"
    )
    (folder / "data").mkdir()
    services = build(load_settings({"TUIKA_SETTINGS": str(file)}))
    metadata.create_all(services.database.engine)
    services.lifespan = ()
    return services


def answered(case_no: str, number: int = 1) -> dict[str, str]:
    return {"id": f"ev{number}", "type": "refund.answered", "case_no": case_no}


class TestWhatAnEventDoes:
    def test_the_merchants_answer_is_fetched_at_once(self, house: House) -> None:
        number = house.file("YES1")
        assert house.state(number) == "merchant_review"
        house.clock.advance(timedelta(hours=2))
        assert house.services.due_runner.run_due() == 0
        assert house.send(answered(number)).json() == {"accepted": True, "waited_for": True}
        house.services.due_runner.run_due()
        assert house.state(number) in ("approved", "paying", "paid")

    def test_an_event_that_is_not_true_only_costs_a_question(self, house: House) -> None:
        number = house.file("NO1")
        for turn in range(3):  # repeated, and before the merchant said anything
            assert house.send(answered(number, turn)).status_code == 202
            house.services.due_runner.run_due()
        assert house.state(number) == "merchant_review"
        house.clock.advance(timedelta(minutes=90))
        house.send(answered(number, 9))
        house.services.due_runner.run_due()
        done = house.state(number)
        assert house.send(answered(number, 1)).json()["waited_for"] is False  # late: the case has gone on
        assert house.state(number) == done

    def test_a_case_that_is_only_polled_at_its_end_is_asked_about(self, house: House) -> None:
        number = house.file("BANK1")
        with house.services.uow() as uow:
            uow.due.cancel(number, (DueKind.SHOP_POLL,))
        assert house.send(answered(number)).json()["waited_for"] is True
        assert house.services.due_runner.run_due() >= 1
        assert house.state(number) == "merchant_review"

    def test_another_platforms_case_is_not_touched(self, house: House) -> None:
        assert house.send(answered("RF12345678")).json() == {"accepted": True, "waited_for": False}

    @pytest.mark.parametrize(
        "event",
        [
            {"id": "1", "type": "order.changed", "order_no": "YES1"},
            {"id": "1", "type": "order.changed", "order_no": "%"},
            {"id": "1", "type": "payout.changed", "payout_key": "payout.pay:RF00000000"},
        ],
    )
    def test_what_nobody_waits_for_is_taken_all_the_same(self, house: House, event: dict[str, str]) -> None:
        assert house.send(event).json() == {"accepted": True, "waited_for": False}

    def test_the_platform_keeps_the_merchants_money_meanwhile(self, house: House) -> None:
        number = house.file("DEAL1")
        with house.services.uow.reading() as uow:
            assert house.services.refunds.get(uow, number).funds.value == "held"


class TestTheDoor:
    def test_anything_not_signed_right_is_refused_alike(self, house: House) -> None:
        event = answered("RF12345678")
        refused = [
            house.send(event, secret="another secret of that length"),
            house.send(event, key="k2"),
            house.send(event, signed_path="/platforms/other/events"),
            house.send(event, path="/platforms/other/events"),
            house.send(event, path=f"{DOOR}?platform=other", signed_path=DOOR),
            house.send(event, **{"Tuika-Signature": ""}),
        ]
        assert {answer.status_code for answer in refused} == {401}
        assert len({answer.json()["detail"] for answer in refused}) == 1

    @pytest.mark.parametrize("shift", [-330, 330])
    def test_an_old_one_is_refused(self, house: House, shift: int) -> None:
        answer = house.send(answered("RF12345678"), shift=shift)
        assert answer.status_code == 401
        assert "300" in answer.json()["detail"]

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"nonsense",
            b"[" * 60_000,
            b'{"id": "1"}',
            {"id": "", "type": "refund.answered", "case_no": "RF1"},
            {"id": "1", "type": "refund.answered"},
            {"id": "1", "type": "refund.answered", "order_no": "KM1"},
            {"id": "1", "type": "refund.paid", "case_no": "RF1"},
            {"id": "1", "type": "order.changed", "order_no": "x" * 65},
            {"id": 7, "type": "order.changed", "order_no": "KM1"},
        ],
    )
    def test_what_is_malformed_is_named(self, house: House, body: Any) -> None:
        answer = house.send(body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["detail"]

    def test_what_is_too_large_is_refused(self, house: House) -> None:
        assert house.send(b" " * 70_000).status_code == 413
