"""易支付 (epay): the refund call of the common gateway, ``api.php?act=refund``.

Invariants: that call knows no idempotency key, so it is never made before the order was asked what it has refunded
already: our own earlier refunds explain a sum, and so does this one when it went through unheard; any other sum is for a
person. An answer that cannot be read is an unknown outcome, never a success.
"""

from __future__ import annotations

from typing import Any, Protocol

import requests

from tuika.errors import Conflict, ShopUnavailable
from tuika.money import Money
from tuika.refunds.gateway import PayoutReceipt, PayoutRequest, PayoutState

TIMEOUT_S = 10
_REFUNDED = "2"


class Http(Protocol):
    def get(self, url: str, **more: Any) -> requests.Response: ...
    def post(self, url: str, **more: Any) -> requests.Response: ...


class EpayPayouts:
    """``url``: the gateway's root; ``pid`` and ``key``: the shop's account there."""

    def __init__(self, url: str, pid: str, key: str, *, http: Http | None = None) -> None:
        self._api = url.rstrip("/") + "/api.php"
        self._account = {"pid": pid, "key": key}
        self._http = http or requests.Session()

    def pay(self, request: PayoutRequest, *, key: str) -> PayoutReceipt:
        known = self.known(request, key=key)
        if known is not None:
            return known
        form = {**self._account, **self._of(request), "money": request.amount.yuan}
        try:
            answer = self._http.post(self._api, params={"act": "refund"}, data=form, timeout=TIMEOUT_S)
        except requests.ConnectTimeout as error:
            raise ShopUnavailable("支付网关连不上") from error
        except requests.RequestException as error:
            raise TimeoutError("支付网关没有回答退款请求") from error
        said = _read(answer)
        if str(said.get("code")) == "1":
            return self._receipt(request)
        known = self.known(request, key=key) if str(said.get("code")) == "0" else None  # newer gateways say 0
        if known is not None:
            return known
        raise Conflict(f"支付网关拒绝退款：{str(said.get('msg', ''))[:100]}")

    def known(self, request: PayoutRequest, *, key: str) -> PayoutReceipt | None:
        """None where the order's refunds are just those that we know of. Raises Conflict for any other sum."""
        try:
            answer = self._http.get(
                self._api,
                params={"act": "order", **self._account, **self._of(request)},
                timeout=TIMEOUT_S,
            )
        except requests.RequestException as error:
            raise ShopUnavailable("支付网关查询不到订单") from error
        said = _read(answer, asked=True)
        if str(said.get("code")) != "1":
            raise Conflict(f"支付网关没有这笔订单：{str(said.get('msg', ''))[:100]}")
        refunded = _refunded(said, whole=not request.already and request.amount == request.paid)
        if refunded == request.already:
            return None
        if refunded == request.already + request.amount:
            return self._receipt(request)
        raise Conflict(
            f"支付网关记录已退 {refunded}，与我们的记录（已退 {request.already}，本次 {request.amount}）不符"
        )

    def _of(self, request: PayoutRequest) -> dict[str, str]:
        """The gateway's own number where the shop keeps it, else the shop's."""
        if request.serial:
            return {"trade_no": request.serial}
        return {"out_trade_no": request.order_no}

    def _receipt(self, request: PayoutRequest) -> PayoutReceipt:
        serial = request.serial or request.order_no
        return PayoutReceipt(PayoutState.PAID, serial, None, None)


def _read(answer: requests.Response, *, asked: bool = False) -> dict[str, Any]:
    """The JSON object of an answer. What cannot be read: no effect where we only asked, else unknown."""
    try:
        said = answer.json() if answer.status_code == 200 else None
    except ValueError:
        said = None
    if isinstance(said, dict):
        return said
    problem = f"支付网关的回答读不懂（{answer.status_code}）"
    raise ShopUnavailable(problem) if asked else TimeoutError(problem)


def _refunded(said: dict[str, Any], *, whole: bool) -> Money:
    """What the order has given back. Raises Conflict where the gateway does not say.

    ``whole``: all of the payment is asked back at once; then the order's state alone tells.
    """
    told = said.get("refundmoney", said.get("refund_money"))
    try:
        if told not in (None, ""):
            return Money.from_yuan(str(told))
        if whole:
            return Money.from_yuan(str(said["money"])) if str(said.get("status")) == _REFUNDED else Money(0)
    except (KeyError, ValueError):
        pass
    raise Conflict("支付网关没有说明这笔订单退过多少，请人工核对后打款")
