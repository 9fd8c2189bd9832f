"""What the demo shop's file holds, and when."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tuika.clock import FixedClock
from tuika.errors import FixtureError
from tuika.money import Money
from tuika.policy.model import Reason
from tuika.refunds.gateway import FilingRequest, PayoutRequest
from tuika.shops.demo.fixture import Platform
from tuika.shops.demo.shop import DemoShop
from tuika.shops.demo.store import DemoStore

ONE = """
platform: binghui
buyers: [{id: b1, name: 小林, phone: "13800000001"}]
merchants: [{id: m1, answers: {approve_after: 2h}}]
orders:
  - {order_no: A1, buyer: b1, merchant: m1, amount_fen: 100, status: delivered, paid: -2h, delivered: -1h,
     product: {name: 卡, type: card_key}, contact: "13912345678", query_password: hunter-8848,
     keys: [{value: ABCD-1234-EFGH-5678}, {value: SHORT7}, {state: revealed}]}
"""
TWO = ONE.replace("A1", "B1").replace("binghui", "solo")


class BrokenSeal:
    def seal(self, text: str) -> bytes:
        raise RuntimeError("the vault is down")

    def open(self, sealed: bytes) -> str:
        raise RuntimeError("the vault is down")


def file_bytes(engine: Engine, folder: Path) -> bytes:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(path.read_bytes() for path in sorted(folder.glob("shop.db*")))


def test_no_secret_stands_in_the_file(shop: DemoShop, engine: Engine, tmp_path: Path) -> None:
    shop.load(ONE)
    content = file_bytes(engine, tmp_path)
    assert b"A1" in content
    for secret in (b"ABCD-1234-EFGH", b"SHORT7", b"13912345678", b"hunter-8848", b"13800000001"):
        assert secret not in content


def test_masks_show_four_characters_at_most(shop: DemoShop) -> None:
    shop.load(ONE)
    order = shop.orders.find("A1")
    assert order is not None
    assert [key.masked for key in order.keys] == ["•" * 15 + "5678", "••••••", ""]


def test_the_shop_itself_can_open_a_key(shop: DemoShop) -> None:
    shop.load(ONE)
    assert shop.key_value("A1", 1) == "ABCD-1234-EFGH-5678"
    assert shop.key_value("A1", 3) is None
    assert shop.key_value("A1", 9) is None


def test_loading_replaces_everything(shop: DemoShop) -> None:
    shop.load(ONE)
    filed = shop.refunds.file(FilingRequest("RF1", "A1", Reason.NO_DELIVERY, Money(100)), key="f1")
    shop.refunds.pay(PayoutRequest("RF1", "A1", Money(100)), key="p1")
    shop.load(TWO)
    assert shop.orders.find("A1") is None
    assert shop.orders.find("B1") is not None
    assert shop.refunds.answer(filed.shop_ref) is None
    assert shop.refunds.payout("p1") is None
    assert shop.platform() is Platform.SOLO


def test_the_same_market_can_be_loaded_again_after_a_full_refund(shop: DemoShop) -> None:
    for _ in range(2):
        shop.load(ONE)
        shop.refunds.pay(PayoutRequest("RF1", "A1", Money(100)), key="p1")


def test_a_wrong_document_leaves_the_shop_as_it_was(shop: DemoShop) -> None:
    shop.load(ONE)
    with pytest.raises(FixtureError):
        shop.load(TWO.replace("status: delivered", "status: x"))
    assert shop.orders.find("A1") is not None


def test_a_load_that_breaks_halfway_leaves_the_shop_as_it_was(shop: DemoShop, engine: Engine) -> None:
    shop.load(ONE)
    broken = DemoStore(engine, seal=BrokenSeal(), secret=b"s" * 32)
    with pytest.raises(RuntimeError):
        broken.replace_all(shop.parse(TWO))
    assert shop.orders.find("A1") is not None
    assert shop.platform() is Platform.BINGHUI


def test_clearing_empties_it(shop: DemoShop) -> None:
    assert shop.is_empty()
    shop.load(ONE)
    assert not shop.is_empty()
    assert shop.buyer("b1") is not None
    shop.clear()
    assert shop.is_empty()
    assert shop.orders.find("A1") is None
    assert shop.buyer("b1") is None


def test_preparing_twice_keeps_what_is_there(shop: DemoShop) -> None:
    shop.load(ONE)
    shop.prepare()
    assert shop.orders.find("A1") is not None


def test_offsets_count_from_the_clock(shop: DemoShop, clock: FixedClock) -> None:
    first = shop.load(ONE).orders[0].order.paid_at
    clock.set(clock.now().replace(year=2027))
    second = shop.load(ONE).orders[0].order.paid_at
    assert first is not None
    assert second == first.replace(year=2027)


def test_a_digest_needs_a_real_secret(engine: Engine) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        DemoStore(engine, seal=BrokenSeal(), secret=b"short")


def test_the_same_contact_on_two_orders_has_two_digests(shop: DemoShop, engine: Engine) -> None:
    order = ONE[ONE.index("  - {order_no") :]
    shop.load(ONE + order.replace("A1", "A2"))
    with engine.connect() as connection:
        digests = connection.execute(text("SELECT contact_digest FROM orders")).scalars().all()
    assert len(set(digests)) == 2


def test_a_reader_sees_the_old_shop_or_the_new_one(shop: DemoShop, engine: Engine) -> None:
    shop.load(ONE)
    with engine.connect() as reader:
        before = reader.execute(text("SELECT order_no FROM orders")).scalars().all()
        shop.load(TWO)
        assert reader.execute(text("SELECT order_no FROM orders")).scalars().all() == before == ["A1"]
