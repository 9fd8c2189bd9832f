"""What every ``OrderGateway`` keeps."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from tuika.orders.model import Order
from tuika.orders.ports import OrderGateway
from tuika.shops.demo.fixture import Fixture

type Account = Callable[[str], str]
type Ask = Callable[[str], Order | None]

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SERIAL = "2026112122001400000000010001"
PAID_AT = NOW - timedelta(hours=3)
KEYS_OF_SHOPS = "AAAA-KEY-THAT-NOBODY-READS"
PASSWORDS = ("Ab8848", "8848")


def number(order: Order | None) -> str | None:
    return order.order_no if order else None


class TestFind:
    def test_each_order_by_its_number(self, ask: Ask, market: Fixture, guests: bool) -> None:
        for row in market.orders:
            found = ask(row.order.order_no)
            if row.order.buyer_id is None and not guests:
                assert found is None
                continue
            assert found is not None
            assert (found.order_no, found.amount) == (row.order.order_no, row.order.amount)
            assert found.status is row.order.status
            assert found.product.name == row.order.product.name

    @pytest.mark.parametrize(
        "written",
        [
            "km202611210001",
            "  KM202611210001\n",
            "KM2026 1121 0001",
            "ＫＭ２０２６１１２１０００１",
            "KM2026\u300011210001",
            "KM\u200b202611210001",
        ],
    )
    def test_case_blanks_and_full_width_do_not_matter(self, ask: Ask, written: str) -> None:
        assert number(ask(written)) == "KM202611210001"

    @pytest.mark.parametrize("dash", ["-", "–", "－", "—"])
    def test_any_dash_is_a_dash(self, ask: Ask, dash: str) -> None:
        found = ask(f"dj20261121080000123456{dash}01")
        assert number(found) == "DJ20261121080000123456-01"

    @pytest.mark.parametrize(
        "unknown",
        [
            "",
            " ",
            "%",
            "_",
            "KM2026112100",
            "KM20261121000%",
            "KM2026112100011",
            "' OR '1'='1",
            "13800000001",
            "b1",
        ],
    )
    def test_part_of_a_number_or_a_pattern_finds_nothing(self, ask: Ask, unknown: str) -> None:
        assert ask(unknown) is None

    def test_a_wildcard_character_stands_for_itself(self, ask: Ask) -> None:
        assert number(ask("A_B")) == "A_B"

    def test_by_payment_serial(self, ask: Ask, payment_serials: bool) -> None:
        found = ["KM202611210001", "KM202611210002"] if payment_serials else [None, None]
        spelled = "４２００００２６１１２０２６１１２１００００００００ ０２"
        assert [number(ask(SERIAL)), number(ask(spelled))] == found

    def test_by_the_serial_of_a_failed_payment(self, ask: Ask, several_payments: bool) -> None:
        assert number(ask("WX-7")) == ("KM202611210002" if several_payments else None)

    def test_an_order_never_holds_a_secret(self, ask: Ask, market: Fixture) -> None:
        for row in market.orders:
            found = ask(row.order.order_no)
            if found is None:
                continue
            shown = repr([getattr(found, field.name) for field in fields(Order)])
            secrets = [KEYS_OF_SHOPS, *row.key_values, row.contact, row.query_password]
            assert not [secret for secret in secrets if secret and secret in shown]

    def test_times_are_aware(self, ask: Ask) -> None:
        found = ask("KM202611210002")
        assert found is not None
        times = [found.paid_at, found.delivered_at, *(payment.at for payment in found.payments)]
        assert all(moment is None or moment.utcoffset() is not None for moment in times)


class TestOfBuyer:
    def test_newest_first(self, gateway: OrderGateway, account: Account, buyer_accounts: bool) -> None:
        found = [order.order_no for order in gateway.of_buyer(account("b1"))]
        mine = ["DJ20261121080000123456-01", "KM202611210002", "KM202611210001"]
        assert found == (mine if buyer_accounts else [])

    @pytest.mark.parametrize(("limit", "count"), [(0, 0), (1, 1), (2, 2), (99, 3)])
    def test_limit(
        self, gateway: OrderGateway, account: Account, buyer_accounts: bool, limit: int, count: int
    ) -> None:
        found = gateway.of_buyer(account("b1"), limit=limit)
        assert len(found) == (count if buyer_accounts else 0)
        assert found == gateway.of_buyer(account("b1"))[:limit]

    def test_only_the_buyers_own(self, gateway: OrderGateway, account: Account, buyer_accounts: bool) -> None:
        owners = {order.buyer_id for order in gateway.of_buyer(account("b2"))}
        assert owners == ({account("b2")} if buyer_accounts else set())
        assert gateway.of_buyer(account("b3")) == []

    @pytest.mark.parametrize(
        "nobody", ["", "b", "B1", "%", "None", "b1 ", "0", "-1", "１", "1 ", "01", "9" * 40]
    )
    def test_nobody_has_no_orders(self, gateway: OrderGateway, nobody: str) -> None:
        assert gateway.of_buyer(nobody) == []


class TestProves:
    @pytest.mark.parametrize(
        ("order_no", "proof"),
        [
            ("KM202611210001", "13800000001"),
            ("KM202611210001", "138 0000 0001"),
            ("KM202611210001", "+86 138-0000-0001"),
            ("KM202611210001", "１３８０００００００１"),
            ("km202611210001", "13800000001"),
            ("KM202611210001", " Ab8848 "),
            ("KM202611210001", "Ａｂ８８４８"),
            ("KM202611210002", "lin@example.com"),
            ("123456789012345678", "qq1234567"),
            ("123456789012345678", "8848"),
        ],
    )
    def test_contact_or_query_password(
        self, gateway: OrderGateway, order_no: str, proof: str, guests: bool, passwords: bool
    ) -> None:
        by_password = unicodedata.normalize("NFKC", proof).strip() in PASSWORDS
        known = guests and (passwords or not by_password)
        assert gateway.proves(order_no, proof) is known

    @pytest.mark.parametrize(
        ("order_no", "proof"),
        [
            ("KM202611210001", "13800000002"),
            ("KM202611210001", "1380000000"),
            ("KM202611210001", "ab8848"),
            ("KM202611210001", "8848"),
            ("KM202611210001", ""),
            ("KM202611210001", "   "),
            ("KM202611210001", "KM202611210001"),
            ("KM202611210002", "13800000001"),
            ("KM202611210002", "Ab8848"),
            ("DJ20261121080000123456-01", ""),
            ("DJ20261121080000123456-01", "13800000001"),
            ("KM999999999999", "13800000001"),
            ("KM999999999999", ""),
            ("", ""),
            ("%", "8848"),
        ],
    )
    def test_anything_else_does_not(self, gateway: OrderGateway, order_no: str, proof: str) -> None:
        assert gateway.proves(order_no, proof) is False


class TestFindPayment:
    @pytest.mark.parametrize(
        ("amount_fen", "at"),
        [
            (None, None),
            (9800, None),
            (None, PAID_AT),
            (9800, PAID_AT + timedelta(minutes=15)),
            (9800, PAID_AT - timedelta(minutes=15)),
        ],
    )
    def test_what_fits(
        self, gateway: OrderGateway, payment_serials: bool, amount_fen: int | None, at: datetime | None
    ) -> None:
        found = number(gateway.find_payment(serial=SERIAL, amount_fen=amount_fen, at=at))
        assert found == ("KM202611210001" if payment_serials else None)

    @pytest.mark.parametrize(
        ("serial", "amount_fen", "at"),
        [
            (SERIAL, 9801, None),
            (SERIAL, 0, None),
            (SERIAL, 9800, PAID_AT + timedelta(minutes=15, seconds=1)),
            (SERIAL, 9800, PAID_AT - timedelta(minutes=15, seconds=1)),
            (SERIAL[:-1], 9800, None),
            ("KM202611210001", 9800, None),
            ("", 9800, None),
            ("wx-7", 500, None),
        ],
    )
    def test_what_does_not(
        self, gateway: OrderGateway, serial: str, amount_fen: int, at: datetime | None
    ) -> None:
        assert gateway.find_payment(serial=serial, amount_fen=amount_fen, at=at) is None

    def test_amount_and_time_must_be_of_the_same_payment(
        self, gateway: OrderGateway, several_payments: bool
    ) -> None:
        found = gateway.find_payment(serial="wx-7", amount_fen=700, at=NOW - timedelta(hours=1))
        assert number(found) == ("KM202611210002" if several_payments else None)
        assert gateway.find_payment(serial="wx-7", amount_fen=700, at=NOW - timedelta(hours=2)) is None
