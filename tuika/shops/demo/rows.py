"""Orders to rows and back.

Invariants: what is written comes back equal (tests hold every generated order to that); seconds are the
finest unit of a plan, microseconds of a time.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

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
    TopUp,
)
from tuika.orders.references import normalise_reference
from tuika.refunds.gateway import AnswerKind
from tuika.shops.plans import AnswerPlan, PayoutPlan

Columns = dict[str, Any]


def order_columns(order: Order) -> Columns:
    """The order itself, without keys, payments, proofs and plans."""
    note = order.product.refund_note
    return {
        "order_no": order.order_no,
        "reference": normalise_reference(order.order_no),
        "platform": order.platform,
        "buyer_id": order.buyer_id,
        "merchant_id": order.merchant.id,
        "product_name": order.product.name,
        "product_type": order.product.type.value,
        "face_value_fen": None if order.product.face_value is None else order.product.face_value.fen,
        "delivery": order.product.delivery,
        "promised_minutes": order.product.promised_minutes,
        "refund_note": asdict(note) if note else None,
        "amount_fen": order.amount.fen,
        "status": order.status.value,
        "cancelled_by": order.cancelled_by.value if order.cancelled_by else None,
        "quantity": order.quantity,
        "activated": order.activated,
        "pay_channel": order.pay_channel.value,
        "first_purchase": order.first_purchase,
        **_times(order),
        **_progress(order),
    }


def _times(order: Order) -> Columns:
    return {
        "created_at": order.created_at,
        "paid_at": order.paid_at,
        "delivered_at": order.delivered_at,
        "completed_at": order.completed_at,
        "opened_at": order.opened_at,
    }


def _progress(order: Order) -> Columns:
    service, topup = order.service, order.topup
    return {
        "service_begun": service.begun if service else None,
        "service_percent": service.percent if service else None,
        "topup_times": topup.times if topup else None,
        "requested_account": topup.requested_account if topup else None,
        "credited_account": topup.credited_account if topup else None,
    }


def key_columns(order_no: str, key: CardKey, sealed: bytes | None) -> Columns:
    return {
        "order_no": order_no,
        "position": key.position,
        "sealed": sealed,
        "masked": key.masked,
        "state": key.state.value,
        "revealed_at": key.revealed_at,
        "check": key.check.value,
        "used_at": key.used_at,
    }


def payment_columns(order_no: str, position: int, payment: Payment) -> Columns:
    return {
        "order_no": order_no,
        "position": position,
        "trade_no": payment.trade_no,
        "reference": normalise_reference(payment.trade_no),
        "amount_fen": payment.amount.fen,
        "at": payment.at,
        "status": payment.status.value,
    }


def read_order(
    row: Row[Any], merchant_name: str, *, keys: tuple[CardKey, ...], payments: tuple[Payment, ...]
) -> Order:
    return Order(
        order_no=row.order_no,
        platform=row.platform,
        buyer_id=row.buyer_id,
        merchant=Merchant(row.merchant_id, merchant_name),
        product=_product(row),
        amount=Money(row.amount_fen),
        status=OrderStatus(row.status),
        created_at=row.created_at,
        paid_at=row.paid_at,
        delivered_at=row.delivered_at,
        completed_at=row.completed_at,
        cancelled_by=CancelledBy(row.cancelled_by) if row.cancelled_by else None,
        keys=keys,
        quantity=row.quantity,
        service=_service(row),
        activated=row.activated,
        topup=_topup(row),
        opened_at=row.opened_at,
        pay_channel=PayChannel(row.pay_channel),
        payments=payments,
        first_purchase=row.first_purchase,
    )


def _product(row: Row[Any]) -> Product:
    return Product(
        name=row.product_name,
        type=ProductType(row.product_type),
        face_value=None if row.face_value_fen is None else Money(row.face_value_fen),
        delivery=row.delivery,
        promised_minutes=row.promised_minutes,
        refund_note=RefundNote(**row.refund_note) if row.refund_note else None,
    )


def _service(row: Row[Any]) -> ServiceProgress | None:
    return None if row.service_begun is None else ServiceProgress(row.service_begun, row.service_percent)


def _topup(row: Row[Any]) -> TopUp | None:
    return (
        None
        if row.topup_times is None
        else TopUp(row.requested_account, row.credited_account, row.topup_times)
    )


def read_key(row: Row[Any]) -> CardKey:
    return CardKey(
        position=row.position,
        masked=row.masked,
        state=KeyState(row.state),
        revealed_at=row.revealed_at,
        check=KeyCheck(row.check),
        used_at=row.used_at,
    )


def read_payment(row: Row[Any]) -> Payment:
    return Payment(row.trade_no, Money(row.amount_fen), row.at, PaymentStatus(row.status))


def answer_columns(plan: AnswerPlan) -> Columns:
    return {
        "answer_kind": plan.kind.value if plan.kind else None,
        "answer_after_s": int(plan.after.total_seconds()),
        "answer_amount_fen": plan.amount.fen if plan.amount is not None else None,
    }


def read_answer_plan(row: Row[Any]) -> AnswerPlan:
    return AnswerPlan(
        kind=AnswerKind(row.answer_kind) if row.answer_kind else None,
        after=timedelta(seconds=row.answer_after_s),
        amount=None if row.answer_amount_fen is None else Money(row.answer_amount_fen),
    )


def seconds(plan: PayoutPlan) -> int | None:
    """How a plan's time is stored; None: never."""
    return None if plan.after is None else int(plan.after.total_seconds())


def payout_of(stored: int | None) -> PayoutPlan:
    return PayoutPlan(None if stored is None else timedelta(seconds=stored))


def payout_columns(plan: PayoutPlan | None) -> Columns:
    return {"payout_planned": plan is not None, "payout_after_s": seconds(plan) if plan else None}
