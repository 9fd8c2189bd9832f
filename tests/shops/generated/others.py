"""Orders of the shops that run on several databases: kamiFaka and dujiao-next."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tests.shops.generated import Batch, Draw, Expected, local

SECRET = "AAAA-KEY-THAT-NOBODY-READS"
_KAMI_STATES = ("unpaid", "lost", "sent", "by_hand", "sold_out", "short", "cleared")


def kamifaka(draws: Sequence[Draw], start: int) -> Batch:
    """Unpaid; paid without a row; sent; manual with a note for a key; sold out; short; and sent with the first row gone."""
    batch = Batch()
    for place, draw in enumerate(draws):
        number, state = f"wf{start + place:025d}", _KAMI_STATES[place % len(_KAMI_STATES)]
        common: dict[str, Any] = {
            "out_order_id": number,
            "name": "点卡",
            "payment": "支付宝当面付",
            "contact": f"138{draw.seconds % 10**8:08d}",
            "price": 1.0,
            "num": draw.quantity,
            "total_price": draw.fen / 100,
        }
        paid = state != "unpaid"
        if state != "cleared":
            by_hand = state == "by_hand"
            batch.add("temporder", **common, status=paid, auto=not by_hand, updatetime=local(draw.at))
        if paid and state != "lost":
            card = {"by_hand": "手工发货，请主动联系客服", "sold_out": None, "short": f"{SECRET},None"}.get(
                state, SECRET
            )
            batch.add("order", **common, status=state != "sold_out", card=card, updatetime=local(draw.after))
        delivered = state in ("sent", "cleared")
        made_at = draw.at if state == "lost" else draw.after
        batch.expected.append(
            Expected(
                number,
                status="delivered" if delivered else "paid" if paid else "unpaid",
                amount_fen=draw.fen,
                quantity=draw.quantity,
                paid_fen=draw.fen if paid else 0,
                delivered=delivered,
                created_at=None if state == "cleared" else draw.at,
                paid_at=made_at if paid else None,
                contact=common["contact"],
            )
        )
    return batch


_NEXT_STATES = (
    "pending_payment", "paid", "fulfilling", "partially_delivered", "delivered", "completed", "canceled", "refunded",
    "partially_refunded",
)  # fmt: skip
_HANDED_OVER = ("delivered", "completed")
_NEVER_PAID = ("pending_payment", "canceled")


class _Next:
    """One order of dujiao-next: a parent and a child for each of its goods."""

    def __init__(self, batch: Batch, draw: Draw, place: int, start: int, keep: Any) -> None:
        self.batch, self.draw, self.keep = batch, draw, keep
        self.word = _NEXT_STATES[place % len(_NEXT_STATES)]
        self.id = (start + place) * 10 + 1
        self.number = f"DJ{start + place:020d}"
        self.paid = self.word not in _NEVER_PAID
        self.goods = 2 if self.word == "partially_delivered" or draw.spare % 3 == 0 else 1
        self.handed = self.goods if self.word in _HANDED_OVER or draw.spare % 2 else 0
        if self.word in ("pending_payment", "paid", "fulfilling", "canceled"):
            self.handed = 0
        elif self.word == "partially_delivered":
            self.handed = 1
        self.wallet = draw.fen // 3 if self.paid and draw.spare % 5 == 0 else 0
        self.refunded = {"refunded": draw.fen, "partially_refunded": max(1, draw.fen // 2)}.get(self.word, 0)
        self.serial = f"2026{self.id:024d}"

    def write(self) -> Expected:
        draw = self.draw
        self._order(self.id, self.number, None)
        for child in range(1, self.goods + 1):
            self._order(self.id + child, f"{self.number}-{child:02d}", self.id)
            quantity = draw.quantity if self.goods == 1 or child == 2 else 1
            self._goods(self.id + child, quantity, done=child <= self.handed)
        self._pay()
        if self.refunded and draw.spare % 4:
            self.batch.add(
                "order_refund_records",
                order_id=self.id + draw.spare % 2,
                type=("wallet", "manual")[draw.spare % 2],
                amount=_yuan(self.refunded),
                currency="CNY",
                remark="",
                created_at=self.keep(draw.after),
            )
        return self._expected()

    def _order(self, order_id: int, number: str, parent: int | None) -> None:
        draw = self.draw
        own = parent is None
        self.batch.add(
            "orders",
            id=order_id,
            order_no=number,
            parent_id=parent,
            user_id=draw.spare,
            guest_email=f"{self.number}@example.com",
            guest_password=f"pw{draw.spare}",
            status=self.word,
            currency="CNY",
            total_amount=draw.yuan,
            wallet_paid_amount=_yuan(self.wallet) if own else "0",
            refunded_amount=_yuan(self.refunded) if own else "0",
            paid_at=self.keep(draw.after) if self.paid else None,
            created_at=self.keep(draw.at),
        )

    def _goods(self, order_id: int, quantity: int, *, done: bool) -> None:
        title = json.dumps({"zh-CN": "点卡", "en-US": "card"})
        kind = "auto" if self.draw.spare % 2 else "manual"
        self.batch.add(
            "order_items", order_id=order_id, title_json=title, quantity=quantity, fulfillment_type=kind
        )
        if done or self.word == "fulfilling":
            self.batch.add(
                "fulfillments",
                order_id=order_id,
                type=kind,
                status="delivered" if done else "pending",
                payload=SECRET,
                delivered_at=self.keep(self.draw.after) if done else None,
            )

    def _pay(self) -> None:
        """A failed try first, for some; the fee is on top of what the order leaves to pay."""
        draw, fee = self.draw, self.draw.spare % 50
        for place, good in enumerate((False, True) if draw.spare % 7 == 0 else (True,)):
            if good and not self.paid:
                continue
            self.batch.add(
                "payments",
                order_id=self.id,
                provider_type="epay",
                channel_type="alipay",
                amount=_yuan(draw.fen - self.wallet + fee),
                fee_amount=_yuan(fee),
                currency="CNY",
                status="success" if good else "failed",
                provider_ref=self.serial if good else f"F{self.serial}",
                gateway_order_no=f"P{self.id}{place}",
                created_at=self.keep(draw.at),
                paid_at=self.keep(draw.after) if good else None,
            )

    def _expected(self) -> Expected:
        draw = self.draw
        whole = self.handed == self.goods
        delivered = self.word in (*_HANDED_OVER, "partially_delivered") or (self.paid and whole)
        status = "delivered" if delivered else "paid" if self.paid else "unpaid"
        status = {"completed": "completed", "canceled": "cancelled"}.get(self.word, status)
        return Expected(
            self.number,
            status=status,
            amount_fen=draw.fen,
            quantity=draw.quantity if self.goods == 1 else draw.quantity + 1,
            paid_fen=draw.fen if self.paid else 0,
            delivered=delivered,
            created_at=draw.at,
            paid_at=draw.after if self.paid else None,
            refunded_fen=self.refunded,
            serial=self.serial if self.paid else "",
            contact=f"{self.number}@example.com",
            password=f"pw{draw.spare}",
        )


def dujiao_next(draws: Sequence[Draw], start: int, keep: Any) -> Batch:
    """``keep``: how the shop's database keeps a time."""
    batch = Batch()
    for place, draw in enumerate(draws):
        batch.expected.append(_Next(batch, draw, place, start, keep).write())
    return batch


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def kept_time(moment: datetime) -> datetime:
    return moment
