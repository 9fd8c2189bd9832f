"""A shop whose payouts go another way: filing and answers stay with it, money goes by the platform's own provider.

Invariants: which way a payout takes is decided by its platform alone, so that asking again asks the same place; the
operation's key goes along unchanged; a payout is never sent both ways.
"""

from __future__ import annotations

from typing import Protocol

from tuika.errors import Unavailable
from tuika.refunds.gateway import (
    FilingReceipt,
    FilingRequest,
    MerchantAnswer,
    PayoutReceipt,
    PayoutRequest,
    RefundGateway,
)


class PayoutProvider(Protocol):
    """A way to pay back. ``pay`` raises as :class:`RefundGateway` says."""

    def pay(self, request: PayoutRequest, *, key: str) -> PayoutReceipt: ...

    def known(self, request: PayoutRequest, *, key: str) -> PayoutReceipt | None:
        """What became of a payout; None: it never arrived there."""
        ...


class PaidElsewhere:
    def __init__(self, shop: RefundGateway, provider: PayoutProvider) -> None:
        self._shop = shop
        self._provider = provider

    def file(self, request: FilingRequest, *, key: str) -> FilingReceipt:
        return self._shop.file(request, key=key)

    def answer(self, shop_ref: str) -> MerchantAnswer | None:
        return self._shop.answer(shop_ref)

    def withdraw(self, shop_ref: str, *, key: str) -> None:
        self._shop.withdraw(shop_ref, key=key)

    def pay(self, request: PayoutRequest, *, key: str) -> PayoutReceipt:
        return self._provider.pay(request, key=key)

    def payout(self, key: str, request: PayoutRequest | None = None) -> PayoutReceipt | None:
        if request is None:
            raise Unavailable("没有原来的请求，查不到这笔打款")
        return self._provider.known(request, key=key)
