"""An order as every shop adapter presents it.

Invariants: values are frozen; times are aware; money is :class:`~tuika.money.Money`; a card key's
secret never enters this model (only its masked form does); ``None`` means "the shop does not know",
which the policy treats as its own fact. ``merchant`` is the seller, ``buyer_id`` is None for a guest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tuika.money import ZERO, Money


class ProductType(StrEnum):
    CARD_KEY = "card_key"
    DIRECT_TOPUP = "direct_topup"
    MEMBERSHIP = "membership"
    PHYSICAL_CARD = "physical_card"
    CUSTOM_SERVICE = "custom_service"


class OrderStatus(StrEnum):
    UNPAID = "unpaid"
    PAID = "paid"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class KeyState(StrEnum):
    """How far the platform saw the key go; UNKNOWN where a shop records nothing."""

    UNSEEN = "unseen"
    REVEALED = "revealed"
    REDEEMED = "redeemed"
    UNKNOWN = "unknown"


class KeyCheck(StrEnum):
    """What the issuer's key check answers."""

    VALID = "valid"
    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class PayChannel(StrEnum):
    ALIPAY = "alipay"
    WECHAT = "wechat"
    QQ = "qq"
    BANK_CARD = "bank_card"
    BALANCE = "balance"
    USDT = "usdt"
    OTHER = "other"


class CancelledBy(StrEnum):
    MERCHANT = "merchant"
    PLATFORM = "platform"
    BUYER = "buyer"


class PaymentStatus(StrEnum):
    SUCCESS = "success"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CardKey:
    """One delivered key, 1-based ``position`` within its order; ``masked`` shows at most 4 characters."""

    position: int
    masked: str
    state: KeyState = KeyState.UNKNOWN
    revealed_at: datetime | None = None
    check: KeyCheck = KeyCheck.UNKNOWN
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TopUp:
    """A direct top-up: the account asked for, the one credited (None: not yet or unknown), how often."""

    requested_account: str | None
    credited_account: str | None
    times: int = 1


@dataclass(frozen=True, slots=True)
class ServiceProgress:
    begun: bool
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Payment:
    """``trade_no`` is the gateway's number, ``merchant_no`` the one that it keeps for the shop (商户单号).

    ``fee``: what the gateway took from the buyer beyond ``amount``, which pays for goods alone.
    """

    trade_no: str
    amount: Money
    at: datetime | None
    status: PaymentStatus = PaymentStatus.SUCCESS
    merchant_no: str = ""
    fee: Money = ZERO


@dataclass(frozen=True, slots=True)
class ShopRefund:
    """Money that the shop's own records say went back. ``at`` None: only the sum is known there."""

    amount: Money
    at: datetime | None = None
    to_balance: bool = False


@dataclass(frozen=True, slots=True)
class RefundNote:
    """The refund note on a product's own page. ``None`` fields override nothing."""

    refundable: bool | None = None
    days: int | None = None
    review_extra_days: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    name: str
    type: ProductType
    face_value: Money | None = None
    delivery: str | None = None  # "instant" | "scheduled"
    promised_minutes: int | None = None
    refund_note: RefundNote | None = None


@dataclass(frozen=True, slots=True)
class Merchant:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Order:
    order_no: str
    platform: str
    buyer_id: str | None
    merchant: Merchant
    product: Product
    amount: Money
    status: OrderStatus
    created_at: datetime | None = None
    paid_at: datetime | None = None
    delivered_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_by: CancelledBy | None = None
    keys: tuple[CardKey, ...] = ()
    quantity: int = 1
    service: ServiceProgress | None = None
    activated: bool = False
    topup: TopUp | None = None
    opened_at: datetime | None = None
    pay_channel: PayChannel = PayChannel.OTHER
    payments: tuple[Payment, ...] = field(default_factory=tuple)
    first_purchase: bool = False
    refunds: tuple[ShopRefund, ...] = ()
    frozen: bool = False  # the shop holds the order's money because of a dispute

    @property
    def paid_total(self) -> Money:
        """Sum of the successful payments on record."""
        total = ZERO
        for payment in self.payments:
            if payment.status is PaymentStatus.SUCCESS:
                total = total + payment.amount
        return total

    @property
    def refunded_total(self) -> Money:
        """What the shop's own records say was given back; a shop without refunds says nothing."""
        return sum((refund.amount for refund in self.refunds), ZERO)

    @property
    def paid(self) -> bool:
        """Whether a successful payment is on record."""
        return any(p.status is PaymentStatus.SUCCESS for p in self.payments)

    @property
    def delivered(self) -> bool:
        """Key or goods handed over; credited account set; membership opened; service done."""
        kind = self.product.type
        if kind is ProductType.DIRECT_TOPUP:
            return self.topup is not None and self.topup.credited_account is not None
        if kind is ProductType.MEMBERSHIP:
            return self.opened_at is not None
        return self.delivered_at is not None
