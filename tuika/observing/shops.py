"""Shops measured from outside: the same port, with each call a stage.

Invariant: what a shop answers and raises passes through unchanged.
"""

from __future__ import annotations

from datetime import datetime

from tuika.money import Money
from tuika.orders.model import Order
from tuika.orders.ports import OrderGateway
from tuika.refunds.gateway import (
    FilingReceipt,
    FilingRequest,
    FundsGateway,
    MerchantAnswer,
    PayoutReceipt,
    PayoutRequest,
    RefundGateway,
)
from tuika.stages import Stages


class MeasuredOrders:
    """An :class:`OrderGateway`; the stage is ``shop.<call>``, its kind the platform."""

    def __init__(self, shop: OrderGateway, stages: Stages, platform: str) -> None:
        self._shop = shop
        self._stages = stages
        self._platform = platform

    def find(self, reference: str) -> Order | None:
        with self._stages("shop.find", self._platform):
            return self._shop.find(reference)

    def of_buyer(self, buyer_id: str, *, limit: int = 5) -> list[Order]:
        with self._stages("shop.of_buyer", self._platform):
            return self._shop.of_buyer(buyer_id, limit=limit)

    def proves(self, order_no: str, proof: str) -> bool:
        with self._stages("shop.proves", self._platform):
            return self._shop.proves(order_no, proof)

    def find_payment(self, *, serial: str, amount_fen: int | None, at: datetime | None) -> Order | None:
        with self._stages("shop.find_payment", self._platform):
            return self._shop.find_payment(serial=serial, amount_fen=amount_fen, at=at)


class MeasuredRefunds:
    """A :class:`RefundGateway`, likewise."""

    def __init__(self, shop: RefundGateway, stages: Stages, platform: str) -> None:
        self._shop = shop
        self._stages = stages
        self._platform = platform

    def file(self, request: FilingRequest, *, key: str) -> FilingReceipt:
        with self._stages("shop.file", self._platform):
            return self._shop.file(request, key=key)

    def answer(self, shop_ref: str) -> MerchantAnswer | None:
        with self._stages("shop.answer", self._platform):
            return self._shop.answer(shop_ref)

    def withdraw(self, shop_ref: str, *, key: str) -> None:
        with self._stages("shop.withdraw", self._platform):
            self._shop.withdraw(shop_ref, key=key)

    def pay(self, request: PayoutRequest, *, key: str) -> PayoutReceipt:
        with self._stages("shop.pay", self._platform):
            return self._shop.pay(request, key=key)

    def payout(self, key: str, request: PayoutRequest | None = None) -> PayoutReceipt | None:
        with self._stages("shop.payout", self._platform):
            return self._shop.payout(key, request)


class MeasuredFunds:
    """A :class:`FundsGateway`, likewise."""

    def __init__(self, shop: FundsGateway, stages: Stages, platform: str) -> None:
        self._shop = shop
        self._stages = stages
        self._platform = platform

    def hold(self, order_no: str, amount: Money, *, key: str) -> bool:
        with self._stages("shop.hold", self._platform):
            return self._shop.hold(order_no, amount, key=key)

    def release(self, order_no: str, *, key: str) -> bool:
        with self._stages("shop.release", self._platform):
            return self._shop.release(order_no, key=key)

    def deduct(self, order_no: str, amount: Money, *, key: str) -> bool:
        with self._stages("shop.deduct", self._platform):
            return self._shop.deduct(order_no, amount, key=key)
