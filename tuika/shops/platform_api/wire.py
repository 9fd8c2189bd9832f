"""The bodies of docs/platform-api.yaml, and orders to and from them.

Invariants: money is integer fen; times have an offset; a key travels masked or not at all; an unknown member is ignored
(a platform may say more than is asked), a missing or wrong one is an error.
"""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tuika.money import Money
from tuika.orders.model import (
    CancelledBy,
    CardKey,
    KeyCheck,
    KeyState,
    Merchant,
    Order,
    OrderStatus,
    PayChannel,
    Payment,
    PaymentStatus,
    Product,
    ProductType,
    RefundNote,
    ServiceProgress,
    ShopRefund,
    TopUp,
)
from tuika.refunds.gateway import AnswerKind, FilingReceipt, MerchantAnswer, PayoutReceipt, PayoutState

MOST_SHOWN = 4  # characters of a key that may be shown
Fen = Field(ge=0, le=10**12)


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class WirePayment(Wire):
    trade_no: str = Field(max_length=200)
    amount_fen: int = Fen
    at: AwareDatetime | None = None
    status: PaymentStatus = PaymentStatus.SUCCESS
    merchant_no: str = Field(default="", max_length=200)
    fee_fen: int = Field(default=0, ge=0, le=10**12)


class WireShopRefund(Wire):
    amount_fen: int = Fen
    at: AwareDatetime | None = None
    to_balance: bool = False


class WireKey(Wire):
    position: int = Field(ge=1)
    masked: str = Field(default="", max_length=200)
    state: KeyState = KeyState.UNKNOWN
    revealed_at: AwareDatetime | None = None
    check: KeyCheck = KeyCheck.UNKNOWN
    used_at: AwareDatetime | None = None


class WireTopUp(Wire):
    requested_account: str | None = None
    credited_account: str | None = None
    times: int = Field(default=1, ge=0)


class WireService(Wire):
    begun: bool
    percent: int = Field(default=0, ge=0, le=100)


class WireNote(Wire):
    refundable: bool | None = None
    days: int | None = Field(default=None, ge=0)
    review_extra_days: int = Field(default=0, ge=0)
    text: str = Field(default="", max_length=2000)


class WireProduct(Wire):
    name: str = Field(min_length=1, max_length=200)
    type: ProductType
    face_value_fen: int | None = Field(default=None, ge=0, le=10**12)
    delivery: str | None = None
    promised_minutes: int | None = Field(default=None, ge=0)
    refund_note: WireNote | None = None


class WireMerchant(Wire):
    id: str = Field(min_length=1, max_length=120)
    name: str = Field(min_length=1, max_length=120)


class WireOrder(Wire):
    order_no: str = Field(min_length=1, max_length=64)
    buyer_id: str | None = Field(default=None, max_length=120)
    merchant: WireMerchant
    product: WireProduct
    amount_fen: int = Fen
    status: OrderStatus
    created_at: AwareDatetime | None = None
    paid_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    completed_at: AwareDatetime | None = None
    opened_at: AwareDatetime | None = None
    cancelled_by: CancelledBy | None = None
    quantity: int = Field(default=1, ge=1, le=100_000)
    keys: tuple[WireKey, ...] = ()
    service: WireService | None = None
    activated: bool = False
    topup: WireTopUp | None = None
    pay_channel: PayChannel = PayChannel.OTHER
    payments: tuple[WirePayment, ...] = ()
    first_purchase: bool = False
    refunds: tuple[WireShopRefund, ...] = ()
    frozen: bool = False


class WireKeyCheck(Wire):
    position: int = Field(ge=1)
    check: KeyCheck
    used_at: AwareDatetime | None = None


class WireFunds(Wire):
    done: bool


class WireOrders(Wire):
    orders: tuple[WireOrder, ...]
    next_cursor: str | None = Field(default=None, max_length=400)


class WireProof(Wire):
    proved: bool


class WireFiling(Wire):
    ref: str = Field(min_length=1, max_length=80)
    answer_due: AwareDatetime | None = None


class WireAnswer(Wire):
    kind: AnswerKind
    at: AwareDatetime
    amount_fen: int | None = Field(default=None, ge=0, le=10**12)
    note: str = Field(default="", max_length=2000)


class WireRefund(WireFiling):
    state: str
    answer: WireAnswer | None = None


class WirePayout(Wire):
    state: PayoutState
    trade_no: str = Field(max_length=200)
    arrives_at: AwareDatetime | None = None
    next_check: AwareDatetime | None = None


def order_from(wire: WireOrder, platform: str) -> Order:
    """Keys are cut to what may be shown, should a platform send more."""
    product = wire.product
    note = RefundNote(**product.refund_note.model_dump()) if product.refund_note else None
    face = product.face_value_fen
    return Order(
        platform=platform,
        merchant=Merchant(wire.merchant.id, wire.merchant.name),
        product=Product(
            name=product.name,
            type=product.type,
            face_value=None if face is None else Money(face),
            delivery=product.delivery,
            promised_minutes=product.promised_minutes,
            refund_note=note,
        ),
        amount=Money(wire.amount_fen),
        keys=tuple(_key(each) for each in wire.keys),
        service=ServiceProgress(**wire.service.model_dump()) if wire.service else None,
        topup=TopUp(**wire.topup.model_dump()) if wire.topup else None,
        payments=tuple(_payment(each) for each in wire.payments),
        refunds=tuple(ShopRefund(Money(each.amount_fen), each.at, each.to_balance) for each in wire.refunds),
        **{name: getattr(wire, name) for name in _PLAIN},
    )


_PLAIN = (
    "order_no", "buyer_id", "status", "created_at", "paid_at", "delivered_at", "completed_at", "opened_at",
    "cancelled_by", "quantity", "activated", "pay_channel", "first_purchase", "frozen",
)  # fmt: skip


def _payment(wire: WirePayment) -> Payment:
    fee = Money(wire.fee_fen)
    return Payment(wire.trade_no, Money(wire.amount_fen), wire.at, wire.status, wire.merchant_no, fee)


def _key(wire: WireKey) -> CardKey:
    shown = wire.masked[-MOST_SHOWN:] if len(wire.masked) >= 2 * MOST_SHOWN else ""
    masked = "•" * (len(wire.masked) - len(shown)) + shown
    return CardKey(wire.position, masked, wire.state, wire.revealed_at, wire.check, wire.used_at)


def order_body(order: Order) -> dict[str, Any]:
    """An order as a platform sends it."""
    product, note = order.product, order.product.refund_note
    wire = WireOrder(
        merchant=WireMerchant(id=order.merchant.id, name=order.merchant.name),
        product=WireProduct(
            name=product.name,
            type=product.type,
            face_value_fen=product.face_value.fen if product.face_value is not None else None,
            delivery=product.delivery,
            promised_minutes=product.promised_minutes,
            refund_note=WireNote.model_validate(note, from_attributes=True) if note else None,
        ),
        amount_fen=order.amount.fen,
        keys=tuple(WireKey.model_validate(key, from_attributes=True) for key in order.keys),
        service=WireService.model_validate(order.service, from_attributes=True) if order.service else None,
        topup=WireTopUp.model_validate(order.topup, from_attributes=True) if order.topup else None,
        payments=tuple(
            WirePayment(
                trade_no=p.trade_no,
                amount_fen=p.amount.fen,
                at=p.at,
                status=p.status,
                merchant_no=p.merchant_no,
                fee_fen=p.fee.fen,
            )
            for p in order.payments
        ),
        refunds=tuple(
            WireShopRefund(amount_fen=r.amount.fen, at=r.at, to_balance=r.to_balance) for r in order.refunds
        ),
        **{name: getattr(order, name) for name in _PLAIN},
    )
    return wire.model_dump(mode="json")


def filing_from(wire: WireFiling) -> FilingReceipt:
    return FilingReceipt(wire.ref, wire.answer_due)


def answer_from(wire: WireAnswer | None) -> MerchantAnswer | None:
    if wire is None:
        return None
    amount = None if wire.amount_fen is None else Money(wire.amount_fen)
    return MerchantAnswer(wire.kind, wire.at, amount, wire.note)


def payout_from(wire: WirePayout) -> PayoutReceipt:
    return PayoutReceipt(wire.state, wire.trade_no, wire.arrives_at, wire.next_check)
