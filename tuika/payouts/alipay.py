"""Alipay: alipay.trade.refund through the kept SDK (extra ``alipay``).

Invariants: our key, digested, is Alipay's ``out_request_no``, which makes a refund happen once however often it is asked;
the answer's signature is checked by the SDK and an answer that fails it is an unknown outcome; success of the call with
``fund_change`` N is asked about, not believed.
"""

from __future__ import annotations

import hashlib
from typing import Any, Protocol

from tuika.errors import Conflict
from tuika.refunds.gateway import PayoutReceipt, PayoutRequest, PayoutState

_DONE = "10000"
_AGAIN = frozenset({"20000", "ACQ.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR"})


class Client(Protocol):
    """The two calls of ``alipay.AliPay`` that are used."""

    def api_alipay_trade_refund(self, refund_amount: str, **more: Any) -> dict[str, Any]: ...
    def api_alipay_trade_fastpay_refund_query(self, out_request_no: str, **more: Any) -> dict[str, Any]: ...


def client(app_id: str, private_key: str, alipay_public_key: str) -> Client:
    """The SDK's client. Raises ImportError where the extra is not installed."""
    from alipay import AliPay
    from alipay.utils import AliPayConfig

    made: Client = AliPay(
        appid=app_id,
        app_notify_url=None,
        app_private_key_string=private_key,
        alipay_public_key_string=alipay_public_key,
        sign_type="RSA2",
        config=AliPayConfig(timeout=10),
    )
    return made


class AlipayPayouts:
    def __init__(self, made: Client) -> None:
        self._client = made

    def pay(self, request: PayoutRequest, *, key: str) -> PayoutReceipt:
        said = self._asked(
            lambda: self._client.api_alipay_trade_refund(
                request.amount.yuan, out_request_no=request_no(key), **_of(request)
            )
        )
        if said.get("code") == _DONE:
            if said.get("fund_change") == "Y":
                return _receipt(said, request)
            known = self.known(request, key=key)
            if known is not None:
                return known
            raise TimeoutError("支付宝受理了退款，但还没有资金变化")
        if {str(said.get("code")), str(said.get("sub_code"))} & _AGAIN:
            raise TimeoutError("支付宝系统繁忙，结果未知")
        raise Conflict(f"支付宝拒绝退款：{str(said.get('sub_msg') or said.get('msg'))[:100]}")

    def known(self, request: PayoutRequest, *, key: str) -> PayoutReceipt | None:
        said = self._asked(
            lambda: self._client.api_alipay_trade_fastpay_refund_query(request_no(key), **_of(request))
        )
        if said.get("code") == _DONE and said.get("refund_status") == "REFUND_SUCCESS":
            return _receipt(said, request)
        if said.get("code") == _DONE or said.get("sub_code") == "ACQ.TRADE_NOT_EXIST":
            return None
        raise TimeoutError("支付宝没有说明退款结果")

    def _asked(self, call: Any) -> dict[str, Any]:
        try:
            said = call()
        except Exception as error:  # the SDK raises its own, urllib's and its parser's errors
            raise TimeoutError(f"支付宝没有可信的回答：{type(error).__name__}") from error
        if not isinstance(said, dict):
            raise TimeoutError("支付宝的回答读不懂")
        return said


def request_no(key: str) -> str:
    """Our key as Alipay takes it: at most 64 characters."""
    return "tuika" + hashlib.sha256(key.encode()).hexdigest()[:40]


def _of(request: PayoutRequest) -> dict[str, str]:
    return {"trade_no": request.serial} if request.serial else {"out_trade_no": request.order_no}


def _receipt(said: dict[str, Any], request: PayoutRequest) -> PayoutReceipt:
    serial = str(said.get("trade_no") or request.serial or request.order_no)
    return PayoutReceipt(PayoutState.PAID, serial, None, None)
