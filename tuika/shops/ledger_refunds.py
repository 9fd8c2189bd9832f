"""Refunds of a shop that is only read: they live in Tuika's own ledger and a person pays them.

Invariants: nothing is sent anywhere, because the shop has no place for it; a filing is acknowledged with a
reference of our own that depends on its key alone; no merchant ever answers here (the desk does); a payout is
refused, since the money moves by a person's hand.
"""

from __future__ import annotations

from tuika.errors import Conflict
from tuika.refunds.gateway import FilingReceipt, FilingRequest, MerchantAnswer, PayoutReceipt, PayoutRequest
from tuika.shops.plans import filing_ref


class LedgerRefunds:
    """A ``RefundGateway`` for shops without refunds."""

    def file(self, request: FilingRequest, *, key: str) -> FilingReceipt:
        return FilingReceipt(filing_ref(key), None)

    def answer(self, shop_ref: str) -> MerchantAnswer | None:
        return None

    def withdraw(self, shop_ref: str, *, key: str) -> None:
        return None

    def pay(self, request: PayoutRequest, *, key: str) -> PayoutReceipt:
        raise Conflict("这家店铺的退款由人工打款：请在支付后台原路退回，再到工作台登记流水号")

    def payout(self, key: str, request: PayoutRequest | None = None) -> PayoutReceipt | None:
        return None
