"""What a screenshot says, beside what the records say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuika.evidence.comparing import FlagKind, contradictions
from tuika.evidence.ocr import RapidOcr
from tuika.evidence.reading import Found, find, found_json, found_of
from tuika.money import Money
from tuika.orders.model import Merchant, Order, OrderStatus, Payment, Product, ProductType
from tuika.policy.model import EvidenceKind

PICTURES = Path(__file__).parents[2] / "pictures"
PAID = datetime(2026, 11, 23, 1, 27, 33, tzinfo=UTC)
ORDER = Order(
    order_no="KM202611230001",
    platform="generic",
    buyer_id="b1",
    merchant=Merchant("m1", "闪充小店"),
    product=Product("网易一卡通 200点", ProductType.CARD_KEY),
    amount=Money(1960),
    status=OrderStatus.DELIVERED,
    paid_at=PAID,
    delivered_at=PAID + timedelta(minutes=1),
    payments=(Payment("2026112322001400000000010001", Money(1960), PAID),),
)
BILL = """账单详情
网易一卡通200点
-19.60
交易成功
创建时间2026-11-2309:27:33
订单号2026112322001400000000010001
商家订单号KM202611230001"""


def kinds(found: Found, kind: EvidenceKind, order: Order = ORDER) -> set[FlagKind]:
    return {flag.kind for flag in contradictions(found, order, kind)}


def test_a_bill_gives_serial_merchant_number_amount_and_time() -> None:
    found = find(BILL)
    assert found.serials == ("2026112322001400000000010001",)
    assert found.merchant_nos == ("KM202611230001",)
    assert found.amounts_fen == (1960,)
    assert found.times == (PAID,)
    assert found.is_payment
    assert found_of(found_json(found)) == found


def test_an_amount_in_a_products_name_does_not_come_first() -> None:
    assert find("Steam充值卡50元\n-48.00\n交易成功").amounts_fen == (4800, 5000)


def test_what_agrees_raises_no_flag() -> None:
    assert kinds(find(BILL), EvidenceKind.PAYMENT_RECORD) == set()
    error = find("订单号KM202611230001\n2026-11-2309:40:10\n兑换失败：该卡密已被使用")
    assert kinds(error, EvidenceKind.KEY_ERROR) == set()


@pytest.mark.parametrize(
    ("text", "kind", "flag"),
    [
        ("订单号KM202611230009", EvidenceKind.ORDER_PAGE, FlagKind.OTHER_ORDER),
        ("订单号2026112022001400000000990099\n交易成功", EvidenceKind.PAYMENT_RECORD, FlagKind.OTHER_ORDER),
        ("¥48.00\n支付成功", EvidenceKind.PAYMENT_RECORD, FlagKind.OTHER_AMOUNT),
        ("创建时间 2026-11-20 21:02:11", EvidenceKind.PAYMENT_RECORD, FlagKind.OTHER_TIME),
        ("2026-11-22 09:00:00 兑换失败", EvidenceKind.KEY_ERROR, FlagKind.BEFORE_DELIVERY),
        ("兑换成功", EvidenceKind.KEY_ERROR, FlagKind.NO_FAILURE),
    ],
)
def test_what_contradicts_is_flagged(text: str, kind: EvidenceKind, flag: FlagKind) -> None:
    assert flag in kinds(find(text), kind)


def test_what_the_picture_does_not_show_contradicts_nothing() -> None:
    assert all(kinds(Found(), kind) == set() for kind in EvidenceKind)
    bare = replace(ORDER, payments=(), paid_at=None, delivered_at=None)
    assert kinds(find(BILL), EvidenceKind.PAYMENT_RECORD, bare) == set()


@given(st.text(max_size=400))
def test_any_text_can_be_read_and_stored(text: str) -> None:
    found = find(text)
    assert found_of(found_json(found)) == found
    contradictions(found, ORDER, EvidenceKind.PAYMENT_RECORD)


def test_real_pictures_are_read() -> None:
    """The installed engine on pictures as phones make them."""
    ocr = RapidOcr()
    bill = find("\n".join(line.text for line in ocr((PICTURES / "alipay_bill.png").read_bytes())))
    assert bill.serials == ("2026112322001400000000010001",) and bill.amounts_fen == (1960,)
    assert bill.times == (PAID,) and bill.merchant_nos == ("KM202611230001",)
    error = ocr((PICTURES / "key_used.png").read_bytes())
    assert find("\n".join(line.text for line in error)).failures == ("兑换失败：该卡密已被使用",)
    left, top, right, bottom = next(line.box for line in error if "ABCD" in line.text)
    assert 0 <= left < right <= 540 and 0 <= top < bottom <= 900
