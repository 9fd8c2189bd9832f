"""Both ports over a platform's HTTP API.

Invariants: an order is of the platform that was asked, whatever its body says; a number is compared again here; paths are
escaped, so that no number reaches another door.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from tuika.errors import NotFound, ShopUnavailable
from tuika.money import Money
from tuika.orders.model import Order
from tuika.orders.ports import KeyVerdict
from tuika.orders.references import MAX_REFERENCE, normalise_reference
from tuika.refunds.gateway import FilingReceipt, FilingRequest, MerchantAnswer, PayoutReceipt, PayoutRequest
from tuika.shops.caller import NotOffered
from tuika.shops.payments import payment_matches
from tuika.shops.platform_api.client import PlatformClient
from tuika.shops.platform_api.wire import (
    WireFiling,
    WireFunds,
    WireKeyCheck,
    WireOrders,
    WirePayout,
    WireProof,
    WireRefund,
    answer_from,
    filing_from,
    order_from,
    payout_from,
)
from tuika.shops.report import ShopReport

_PAGE = 50
_MOST_PAGES = 20


class PlatformApiOrders:
    def __init__(self, client: PlatformClient, platform: str) -> None:
        self._client = client
        self._platform = platform

    def find(self, reference: str, *, buyer_id: str | None = None) -> Order | None:
        wanted = normalise_reference(reference)
        if not wanted or len(wanted) > MAX_REFERENCE:
            return None
        found = self._orders(number=wanted, limit=_PAGE)
        for order in found:
            if normalise_reference(order.order_no) == wanted:
                return order
        paid = (o for o in found if any(normalise_reference(p.trade_no) == wanted for p in o.payments))
        return next(paid, None)

    def of_buyer(self, buyer_id: str, *, limit: int = 5) -> list[Order]:
        if not buyer_id or limit <= 0:
            return []
        found = self._orders(buyer=buyer_id, limit=limit)
        return [order for order in found if order.buyer_id == buyer_id][:limit]

    def proves(self, order_no: str, proof: str) -> bool:
        wanted = normalise_reference(order_no)
        if not wanted or not proof.strip():
            return False
        try:
            path = f"/v1/orders/{quote(wanted, safe='')}/proof"
            return self._client.post(path, {"proof": proof}, WireProof, key=None).proved
        except NotFound:
            return False
        except TimeoutError as error:  # a question: it had no effect
            raise ShopUnavailable(str(error)) from error

    def find_payment(self, *, serial: str, amount_fen: int | None, at: datetime | None) -> Order | None:
        wanted = normalise_reference(serial)
        if not wanted or len(wanted) > MAX_REFERENCE:
            return None
        for order in self._orders(number=wanted, limit=_PAGE):
            if any(payment_matches(p, wanted, amount_fen=amount_fen, at=at) for p in order.payments):
                return order
        return None

    def check_key(self, order_no: str, position: int) -> KeyVerdict | None:
        path = f"/v1/orders/{quote(order_no, safe='')}/keys/{position}/check"
        try:
            said = self._client.get(path, WireKeyCheck)
        except (NotFound, NotOffered):
            return None
        return KeyVerdict(said.check, said.used_at) if said.position == position else None

    def report(self) -> ShopReport:
        """Whether the platform answers and takes our signature. Raises ShopUnavailable."""
        self._client.get("/v1/orders", WireOrders, number="TUIKA-DOCTOR-0", limit=1)
        knows = ("订单、付款、发货、卡密状态（平台所说）", "退款申请、商家答复与打款结果")
        cannot = ("订单总数：接口只按买家或号码查",)
        return ShopReport(self._client.base, "平台接口 v1", {}, (), knows=knows, cannot=cannot)

    def _orders(self, *, limit: int, buyer: str | None = None, number: str | None = None) -> list[Order]:
        """Pages are read until there are ``limit`` orders."""
        found: list[Order] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            least = min(_PAGE, limit - len(found))
            page = self._client.get(
                "/v1/orders", WireOrders, buyer=buyer, number=number, limit=least, cursor=cursor
            )
            found += [order_from(wire, self._platform) for wire in page.orders]
            cursor = page.next_cursor
            if cursor is None or len(found) >= limit or not page.orders:
                break
        return found[:limit]


class PlatformApiFunds:
    """The merchant's money for a disputed order, kept by the platform. A platform without such doors says so (501)."""

    def __init__(self, client: PlatformClient) -> None:
        self._client = client

    def hold(self, order_no: str, amount: Money, *, key: str) -> bool:
        return self._move("hold", order_no, {"amount_fen": amount.fen}, key)

    def release(self, order_no: str, *, key: str) -> bool:
        return self._move("release", order_no, {}, key)

    def deduct(self, order_no: str, amount: Money, *, key: str) -> bool:
        return self._move("deduct", order_no, {"amount_fen": amount.fen}, key)

    def _move(self, step: str, order_no: str, said: dict[str, int], key: str) -> bool:
        path = f"/v1/orders/{quote(order_no, safe='')}/funds/{step}"
        try:
            return self._client.post(path, said, WireFunds, key=key).done
        except (NotFound, NotOffered):
            return False


class PlatformApiRefunds:
    def __init__(self, client: PlatformClient) -> None:
        self._client = client

    def file(self, request: FilingRequest, *, key: str) -> FilingReceipt:
        said = {
            "case_no": request.case_no,
            "order_no": request.order_no,
            "reason": request.reason.value,
            "amount_fen": request.amount.fen,
            "statement": request.statement,
            "keys": list(request.keys),
        }
        return filing_from(self._client.post("/v1/refunds", said, WireFiling, key=key))

    def answer(self, shop_ref: str) -> MerchantAnswer | None:
        try:
            found = self._client.get(f"/v1/refunds/{quote(shop_ref, safe='')}", WireRefund)
        except NotFound:
            return None
        return answer_from(found.answer)

    def withdraw(self, shop_ref: str, *, key: str) -> None:
        self._client.post(f"/v1/refunds/{quote(shop_ref, safe='')}/withdraw", {}, WireFiling, key=key)

    def pay(self, request: PayoutRequest, *, key: str) -> PayoutReceipt:
        said = {
            "case_no": request.case_no,
            "order_no": request.order_no,
            "amount_fen": request.amount.fen,
            "to_balance": request.to_balance,
        }
        return payout_from(self._client.post("/v1/payouts", said, WirePayout, key=key))

    def payout(self, key: str, request: PayoutRequest | None = None) -> PayoutReceipt | None:
        try:
            return payout_from(self._client.get(f"/v1/payouts/{quote(key, safe='')}", WirePayout))
        except NotFound:
            return None
