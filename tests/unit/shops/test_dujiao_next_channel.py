"""dujiao-next's channel API: signatures, what breaks on the way, and whose orders it shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.responses import JSONResponse, Response, StreamingResponse

from tests.shops.channel import CHANNEL_SECRET, FakeChannel, client_of, refusal, success
from tests.shops.dujiao_next import SECRET, SELLER, dujiao_next, tables_of, written
from tests.shops.http import listening
from tuika.errors import ShopUnavailable
from tuika.orders.model import Order, OrderStatus, PayChannel
from tuika.shops.dujiao_next.both import ChannelThenTables
from tuika.shops.dujiao_next.channel import ChannelOrders
from tuika.shops.dujiao_next.channel_client import ChannelClient, signature

AT = "2026-11-20T08:00:00Z"
NUMBER = "DJ20261120160000123456"


def order(**change: Any) -> dict[str, Any]:
    """One order as the shop tells it, key and all."""
    told = {
        "order_id": 7,
        "order_no": NUMBER,
        "status": "delivered",
        "currency": "CNY",
        "total_amount": "9.90",
        "paid_amount": "9.90",
        "wallet_paid_amount": "0.00",
        "refunded_amount": "0.00",
        "created_at": AT,
        "paid_at": AT,
        "items": [{"product_title": "点卡", "quantity": 2, "fulfillment_type": "auto"}],
        "children": [
            {
                "order_no": f"{NUMBER}-01",
                "fulfillment": {"status": "delivered", "payload": SECRET, "delivered_at": AT},
            }
        ],
        "fulfillment_result": SECRET,
    }
    return told | change


@pytest.fixture
def fake() -> FakeChannel:
    return FakeChannel(time.time, {"42": [order()]})


@pytest.fixture
def url(fake: FakeChannel) -> Iterator[str]:
    with listening(fake.app()) as listened:
        yield listened


def shop_of(url: str, **more: Any) -> ChannelOrders:
    return ChannelOrders(client_of(url, **more), SELLER)


def answer(url: str, fake: FakeChannel, **change: Any) -> Order:
    fake.orders["42"] = [order(**change)]
    found = shop_of(url).find(NUMBER, buyer_id="tg:42")
    assert found is not None
    return found


class TestSignature:
    def test_it_is_the_published_one(self) -> None:
        """A published vector of the shop's signer: method, path, seconds and the MD5 of nothing."""
        signed = signature("fixture-only-secret", "GET", "/api/v1/channel/orders", "1700000000", b"")
        assert signed == "6e94053a777520e9df58284dfc36c0583ab2366aba1af5702d3e27674f08d52e"

    @pytest.mark.parametrize(
        "wrong",
        [{"secret": "another"}, {"key": "ck_other"}, {"wall": lambda: time.time() - 90}, {"wall": lambda: 0}],
    )
    def test_a_wrong_one_is_an_outage_that_says_why(
        self, url: str, fake: FakeChannel, wrong: dict[str, Any]
    ) -> None:
        with pytest.raises(ShopUnavailable, match="渠道密钥不对"):
            shop_of(url, **wrong).find(NUMBER, buyer_id="tg:42")
        assert CHANNEL_SECRET not in str(fake.heard)

    def test_a_channel_that_was_disabled_says_so(self, url: str, fake: FakeChannel) -> None:
        fake.disabled = True
        with pytest.raises(ShopUnavailable, match="停用"):
            shop_of(url).of_buyer("tg:42")


class TestWhose:
    def test_an_order_is_shown_to_its_buyer_alone(self, url: str, fake: FakeChannel) -> None:
        shop = shop_of(url)
        fake.orders["43"] = []
        assert shop.find(NUMBER, buyer_id="tg:42") is not None
        for other in (None, "42", "tg:43", "tg:", "tg:042", "TG:42", "tg:42 ", "tg:4２"):
            assert shop.find(NUMBER, buyer_id=other) is None

    @pytest.mark.parametrize("number", [f"{NUMBER}-01", NUMBER.lower(), f" {NUMBER} "])
    def test_the_number_of_a_part_leads_to_its_order(self, url: str, number: str) -> None:
        found = shop_of(url).find(number, buyer_id="tg:42")
        assert found is not None
        assert found.order_no == NUMBER
        assert shop_of(url).find(f"{NUMBER}-02", buyer_id="tg:42") is None

    @pytest.mark.parametrize("number", ["../me", "a/b", "DJ%2F1", "订单", "", "x" * 65])
    def test_no_number_reaches_another_door(self, url: str, fake: FakeChannel, number: str) -> None:
        assert shop_of(url).find(number, buyer_id="tg:42") is None
        assert all(
            path.startswith(("/api/v1/channel/orders/by", "/api/v1/channel/id")) for _, path in fake.heard
        )

    def test_nobody_is_asked_about_whom_the_shop_does_not_know(self, url: str, fake: FakeChannel) -> None:
        """Its order doors would make an account for him."""
        shop = shop_of(url)
        assert shop.of_buyer("tg:99") == []
        assert shop.find(NUMBER, buyer_id="tg:99") is None
        shop.report()
        assert fake.made_accounts == []
        assert {path for _, path in fake.heard} == {"/api/v1/channel/identities/telegram/resolve"}

    def test_a_key_goes_no_further(self, url: str) -> None:
        shop = shop_of(url)
        shown = repr(shop.find(NUMBER, buyer_id="tg:42")) + repr(shop.of_buyer("tg:42"))
        assert "点卡" in shown
        assert SECRET not in shown

    def test_many_orders_come_page_by_page(self, url: str, fake: FakeChannel) -> None:
        fake.orders["42"] = [
            order(order_no=f"DJ{n:020d}", created_at=f"2026-11-20T08:{n:02d}:00Z") for n in range(45)
        ]
        found = shop_of(url).of_buyer("tg:42", limit=41)
        assert [each.order_no for each in found] == [f"DJ{n:020d}" for n in range(44, 3, -1)]


class TestStates:
    """What the nine words come to, with what hangs on them."""

    @pytest.mark.parametrize(
        ("change", "status", "paid", "delivered"),
        [
            ({"status": "pending_payment", "paid_at": None, "children": []}, "unpaid", False, False),
            ({"status": "paid", "children": []}, "paid", True, False),
            ({"status": "fulfilling", "children": []}, "paid", True, False),
            ({"status": "partially_delivered"}, "delivered", True, True),
            ({"status": "delivered"}, "delivered", True, True),
            ({"status": "completed"}, "completed", True, True),
            ({"status": "canceled", "paid_at": None, "children": []}, "cancelled", False, False),
            ({"status": "refunded"}, "delivered", True, True),
            ({"status": "refunded", "children": []}, "paid", True, False),
            ({"status": "paid", "children": [{"fulfillment": {"status": "pending"}}]}, "paid", True, False),
        ],
    )
    def test_each_word(
        self,
        url: str,
        fake: FakeChannel,
        change: dict[str, Any],
        status: str,
        paid: bool,
        delivered: bool,
    ) -> None:
        found = answer(url, fake, **change)
        assert (found.status.value, found.paid, found.delivered) == (status, paid, delivered)
        assert (found.amount.fen, found.quantity) == (990, 2)

    @pytest.mark.parametrize(
        ("change", "refunds"),
        [
            ({"status": "refunded", "refunded_amount": "9.90"}, [990]),
            ({"status": "refunded", "refunded_amount": "0.00"}, [990]),
            ({"status": "partially_refunded", "refunded_amount": "3.30"}, [330]),
            ({"status": "partially_refunded", "refunded_amount": "0.00"}, [0]),
            ({"status": "delivered"}, []),
        ],
    )
    def test_what_the_shop_gave_back(
        self, url: str, fake: FakeChannel, change: dict[str, Any], refunds: list[int]
    ) -> None:
        assert [each.amount.fen for each in answer(url, fake, **change).refunds] == refunds

    def test_paid_from_the_wallet(self, url: str, fake: FakeChannel) -> None:
        assert answer(url, fake, wallet_paid_amount="9.90").pay_channel is PayChannel.BALANCE

    def test_another_currency_is_for_people(self, url: str, fake: FakeChannel) -> None:
        with pytest.raises(ShopUnavailable, match="USD"):
            answer(url, fake, currency="USD")
        assert shop_of(url).of_buyer("tg:42") == []


def _slow() -> Response:
    async def drip() -> Any:
        await anyio.sleep(2)
        yield b"{}"

    return StreamingResponse(drip())


class TestOnTheWay:
    """Whatever breaks: a sentence for people, and no order that is not one."""

    @pytest.mark.parametrize(
        ("broken", "says"),
        [
            (lambda: refusal(429, "rate_limited"), "429"),
            (lambda: refusal(500, "internal_error"), "500"),
            (lambda: Response(b"<html>", 502), "502"),
            (lambda: Response(b"<html>"), "JSON"),
            (lambda: Response(b"[" * 20_000), "JSON"),
            (lambda: JSONResponse([1]), "约定"),
            (lambda: JSONResponse({"status_code": 500, "msg": "x"}), "约定"),
            (lambda: success(None), "读不懂"),
            (lambda: success({"order_no": NUMBER, "status": "paid", "total_amount": None}), "读不懂"),
            (lambda: success(order(total_amount="many")), "整分"),
            (lambda: success(order(paid_at="yesterday")), "读不懂"),
            (lambda: Response(b"404 page not found", 404), "渠道接口"),
            (lambda: Response(status_code=302, headers={"Location": "http://127.0.0.1:9/"}), "302"),
            (_slow, "按时"),
        ],
    )
    def test_an_answer_that_is_none(
        self, url: str, fake: FakeChannel, broken: Callable[[], Response], says: str
    ) -> None:
        fake.script = [lambda: success({"bound": True}), broken, broken]  # a broken question is asked twice
        with pytest.raises(ShopUnavailable, match=says) as caught:
            shop_of(url, timeout_s=1.0).find(NUMBER, buyer_id="tg:42")
        assert SECRET not in caught.value.detail

    def test_an_order_of_another_number_is_not_taken(self, url: str, fake: FakeChannel) -> None:
        fake.script = [lambda: success({"bound": True}), lambda: success(order(order_no="DJ9", children=[]))]
        assert shop_of(url).find(NUMBER, buyer_id="tg:42") is None

    def test_the_circuit_opens_and_the_shop_is_left_alone(self, url: str, fake: FakeChannel) -> None:
        fake.script = [lambda: refusal(429, "rate_limited")] * 9
        shop = shop_of(url, failures=3)
        for _ in range(6):
            with pytest.raises(ShopUnavailable):
                shop.of_buyer("tg:42")
        assert len(fake.heard) == 3

    def test_nobody_there(self) -> None:
        with pytest.raises(ShopUnavailable):
            ChannelOrders(
                ChannelClient("http://127.0.0.1:9", key="k", secret="s", timeout_s=1, wall=time.time), SELLER
            ).of_buyer("tg:42")


class TestWithTables:
    """The API says whose an order is, the database what it is."""

    @pytest.fixture
    def shop(self, url: str, tmp_path: Path) -> Iterator[ChannelThenTables]:
        with dujiao_next("sqlite", tmp_path) as made:
            at = written(made, datetime(2026, 11, 20, 8, tzinfo=UTC))
            common = {
                "currency": "CNY",
                "total_amount": "9.90",
                "paid_at": at,
                "created_at": at,
                "status": "paid",
            }
            made.fill(
                "orders",
                [
                    common | {"id": 1, "order_no": NUMBER, "user_id": 7},
                    common | {"id": 2, "order_no": "DJ2", "user_id": 8},
                ],
            )
            tables = tables_of(made)
            yield ChannelThenTables(shop_of(url), tables)
            tables.close()

    def test_a_telegram_buyers_order_is_read_from_the_tables_and_his(self, shop: ChannelThenTables) -> None:
        for found in (shop.find(NUMBER, buyer_id="tg:42"), *shop.of_buyer("tg:42")):
            assert found is not None
            assert (found.buyer_id, found.status) == ("tg:42", OrderStatus.PAID)

    def test_anothers_order_stays_anothers(self, shop: ChannelThenTables) -> None:
        found = shop.find("DJ2", buyer_id="tg:42")
        assert found is not None
        assert found.buyer_id == "8"
        assert shop.find(NUMBER) == shop.find(NUMBER, buyer_id="7")

    def test_what_only_the_api_has_is_told_by_it(self, shop: ChannelThenTables, fake: FakeChannel) -> None:
        fake.orders["42"].append(order(order_no="DJ3"))
        found = shop.find("DJ3", buyer_id="tg:42")
        assert found is not None
        assert found.buyer_id == "tg:42"

    def test_accounts_and_the_doctor(self, shop: ChannelThenTables) -> None:
        assert [each.order_no for each in shop.of_buyer("8")] == ["DJ2"]
        assert shop.of_buyer("tg:99") == []
        report = shop.report()
        assert sum(report.counts.values()) == 2
        assert "127.0.0.1" in report.where
        assert CHANNEL_SECRET not in report.where
