"""What is peculiar to kamiFaka, ZFAKA and card-system, each on a real database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.shops import card_system, kamifaka, zfaka
from tests.shops.mariadb import shop_database
from tuika.errors import ShopUnavailable
from tuika.orders.model import PayChannel

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)
LOCAL = datetime(2026, 11, 20, 16)  # noqa: DTZ001 as a shop of Shanghai keeps it


class TestKamiFaka:
    """Numbers are made by browsers, money is a binary float, and "sent" is said of manual goods at once."""

    NUMBER = "1605859200000aBcDeFgHiJkLmN"

    def row(self, **change: Any) -> dict[str, Any]:
        common = {
            "out_order_id": self.NUMBER,
            "name": "代充",
            "payment": "微信",
            "contact": "13800000001",
            "price": 1.0,
            "num": 1,
            "total_price": 12345.67,
            "status": True,
            "updatetime": LOCAL,
        }
        return common | change

    @pytest.mark.parametrize("kind", ["sqlite", "mysql", "postgresql"])
    def test_money_and_mixed_case_numbers_are_exact(self, kind: str, tmp_path: Path) -> None:
        with kamifaka.kamifaka(kind, tmp_path) as made:
            made.fill("temporder", [self.row(auto=True)])
            orders = kamifaka.orders_of(made)
            for written in (self.NUMBER, self.NUMBER.upper(), self.NUMBER.lower()):
                found = orders.find(written)
                assert found is not None
                assert (found.amount.fen, found.order_no) == (1_234_567, self.NUMBER)
                assert orders.proves(written, "+86 138 0000 0001")
            assert found.pay_channel is PayChannel.WECHAT
            assert (found.paid, found.delivered) == (True, False)
            orders.close()

    @pytest.mark.parametrize(("view", "delivered"), [("tuika_no_key", False), ("", True)])
    def test_a_note_where_the_key_would_be_needs_the_view(
        self, tmp_path: Path, view: str, delivered: bool
    ) -> None:
        with kamifaka.kamifaka("sqlite", tmp_path) as made:
            made.fill("temporder", [self.row(auto=False)])
            made.fill("order", [self.row(card="手工发货，请主动联系客服")])
            orders = kamifaka.orders_of(made, view=view)
            found = orders.find(self.NUMBER)
            assert found is not None
            assert found.delivered is delivered
            told = " ".join(orders.report().cannot)
            assert ("no_key_view" in told) is (view == "")
            orders.close()

    def test_a_number_of_any_shape_finds_only_itself(self, tmp_path: Path) -> None:
        with kamifaka.kamifaka("sqlite", tmp_path) as made:
            made.fill("temporder", [self.row(auto=True)])
            orders = kamifaka.orders_of(made)
            for other in (self.NUMBER[:-1], f"{self.NUMBER}0", "%", "", "' OR 1=1 --"):
                assert orders.find(other) is None
            orders.close()


class TestZfaka:
    def test_each_of_a_buyers_contacts_is_a_proof(self) -> None:
        with zfaka.zfaka() as made:
            row = {
                "orderid": "zlkb2026112000001",
                "email": "a@b.cn",
                "qq": "10001",
                "chapwd": "pw",
                "status": 1,
            }
            made.fill(
                "t_order", [row | {"money": "1.00", "addtime": 1_700_000_000, "paytime": 1_700_000_060}]
            )
            orders = zfaka.orders_of(made)
            assert all(orders.proves("ZLKB2026112000001", proof) for proof in ("A@B.cn", "10001", "pw"))
            assert not any(
                orders.proves("zlkb2026112000001", proof) for proof in ("", "PW", "1000", "b@b.cn")
            )
            found = orders.find("ZLKB2026112000001")
            assert found is not None
            assert found.paid_at == datetime.fromtimestamp(1_700_000_060, UTC)
            orders.close()

    def test_an_operators_index_is_used(self) -> None:
        with zfaka.zfaka() as made:
            made.run(
                "CREATE INDEX by_trade ON t_order (tradeid)", "CREATE INDEX by_number ON t_order (orderid)"
            )
            orders = zfaka.orders_of(made)
            assert [each.problem for each in orders.report().lookups[:2]] == ["", ""]
            said = str(orders.schema.by_serial(["X"])) if orders.schema.by_serial else ""
            assert "max" not in said
            orders.close()


class TestCardSystem:
    def test_versions_before_3_13_have_no_query_password(self) -> None:
        with card_system.card_system(old=True) as made:
            orders = card_system.orders_of(made)
            row = {
                "user_id": 1,
                "order_no": "20201121160000aBcDe",
                "product_id": 1,
                "count": 1,
                "contact": "10001",
            }
            more = {"paid": 100, "pay_id": 1, "status": 1, "paid_at": LOCAL, "created_at": LOCAL}
            made.fill("orders", [row | more])
            assert "3.13 之前" in orders.report().variant
            assert orders.proves("20201121160000ABCDE", "10001")
            assert not orders.proves("20201121160000ABCDE", "")
            found = orders.find("20201121160000ABCDE")
            assert found is not None
            assert (found.merchant.id, found.paid_at) == ("1", AT)
            orders.close()

    def test_a_broken_extra_contact_is_no_contact(self) -> None:
        with card_system.card_system() as made:
            row = {"user_id": 1, "order_no": "N1", "product_id": 1, "count": 1, "contact": None, "pay_id": 1}
            for place, extra in enumerate(("{", "[]", '"x"', "null", None, '{"_mail": 7}')):
                made.fill("orders", [row | {"order_no": f"N{place}", "contact_ext": extra, "paid": 1}])
            orders = card_system.orders_of(made)
            assert not any(orders.proves(f"N{place}", "x") for place in range(6))
            assert orders.proves("N5", "7")
            orders.close()

    def test_a_missing_grant_is_named(self) -> None:
        with shop_database(card_system.TABLES) as made:
            made.grant("orders", card_system.ORDERS_READ)
            orders = card_system.orders_of(made)
            with pytest.raises(ShopUnavailable, match="products"):
                orders.find("X")
            orders.close()
