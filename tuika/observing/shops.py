"""Shops measured from outside: the same port, with each call a stage.

Invariant: what a shop answers and raises passes through unchanged.
"""

from __future__ import annotations

from datetime import datetime

from tuika.money import Money
from tuika.orders.model import Order
from tuika.orders.ports import KeyChecks, KeyVerdict, OrderGateway
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

    def find(self, reference: str, *, buyer_id: str | None = None) -> Order | None:
        with self._stages("shop.find", self._platform):
            return self._shop.find(reference, buyer_id=buyer_id)

    def of_buyer(self, buyer_id: str, *, limit: int = 5) -> list[Order]:
        with self._stages("shop.of_buyer", self._platform):
            return self._shop.of_buyer(buyer_id, limit=limit)

    def proves(self, order_no: str, proof: str) -> bool:
        with self._stages("shop.proves", self._platform):
            return self._shop.proves(order_no, proof)

    def find_payment(self, *, serial: str, amount_fen: int | None, at: datetime | None) -> Order | None:
        with self._stages("shop.find_payment", self._platform):
            return self._shop.find_payment(serial=serial, amount_fen=amount_fen, at=at)


class MeasuredKeyedOrders(MeasuredOrders):
    """For a shop that asks the issuer about keys besides."""

    def __init__(self, shop: OrderGateway, keys: KeyChecks, stages: Stages, platform: str) -> None:
        super().__init__(shop, stages, platform)
        self._keys = keys

    def check_key(self, order_no: str, position: int) -> KeyVerdict | None:
        with self._stages("shop.check_key", self._platform):
            return self._keys.check_key(order_no, position)


def measured_orders(shop: OrderGateway, stages: Stages, platform: str) -> OrderGateway:
    """The shop as it is asked from now on; it offers what it offered."""
    if isinstance(shop, KeyChecks):
        return MeasuredKeyedOrders(shop, shop, stages, platform)
    return MeasuredOrders(shop, stages, platform)


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
