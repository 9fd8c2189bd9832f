"""WeChat Pay, API v3: domestic refunds through the kept SDK (extra ``wechatpay``).

Invariants: our key, digested, is ``out_refund_no``, which makes a refund happen once however often it is asked; amounts go
over in fen, with the total paid beside; PROCESSING is on its way and asked about again, never told as arrived.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from tuika.clock import Clock
from tuika.errors import Conflict, ShopUnavailable
from tuika.refunds.gateway import PayoutReceipt, PayoutRequest, PayoutState

ASK_AGAIN = timedelta(minutes=10)


class Client(Protocol):
    """The two calls of ``wechatpayv3.WeChatPay`` that are used; each answers (HTTP status, body)."""

    def refund(self, out_refund_no: str, amount: dict[str, Any], **more: Any) -> tuple[int, str]: ...
    def query_refund(self, out_refund_no: str) -> tuple[int, str]: ...


def client(
    *, mchid: str, private_key: str, cert_serial: str, apiv3_key: str, public_key: str, public_key_id: str
) -> Client:
    """The SDK's client, which asks WeChat for nothing by itself. Raises ImportError without the extra."""
    from wechatpayv3 import WeChatPay, WeChatPayType

    made: Client = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=mchid,
        private_key=private_key,
        cert_serial_no=cert_serial,
        apiv3_key=apiv3_key,
        appid="",
        notify_url=None,
        timeout=(5, 10),
        public_key=public_key,
        public_key_id=public_key_id,
    )
    return made


class WechatPayouts:
    def __init__(self, made: Client, *, clock: Clock) -> None:
        self._client = made
        self._clock = clock

    def pay(self, request: PayoutRequest, *, key: str) -> PayoutReceipt:
        status, said = _asked(
            lambda: self._client.refund(
                refund_no(key),
                {"refund": request.amount.fen, "total": request.paid.fen, "currency": "CNY"},
                **_of(request),
            )
        )
        if status == 200:
            return self._receipt(said)
        if status in (429, 500, 502, 503) or said.get("code") in ("SYSTEM_ERROR", "FREQUENCY_LIMITED"):
            raise TimeoutError("微信支付系统繁忙，结果未知")
        raise Conflict(f"微信支付拒绝退款：{str(said.get('message', ''))[:100]}")

    def known(self, request: PayoutRequest, *, key: str) -> PayoutReceipt | None:
        status, said = _asked(lambda: self._client.query_refund(refund_no(key)))
        if status == 200:
            return self._receipt(said)
        if status == 404:
            return None
        raise ShopUnavailable("微信支付没有说明退款结果")

    def _receipt(self, said: dict[str, Any]) -> PayoutReceipt:
        serial, state = str(said.get("refund_id", "")), said.get("status")
        if state == "SUCCESS":
            at = said.get("success_time")
            return PayoutReceipt(PayoutState.PAID, serial, datetime.fromisoformat(at) if at else None, None)
        if state == "PROCESSING":
            return PayoutReceipt(PayoutState.PENDING, serial, None, self._clock.now() + ASK_AGAIN)
        raise Conflict(f"微信支付退款没有成功（{state}），请人工核对原路退回的账户")


def refund_no(key: str) -> str:
    """Our key as WeChat takes it: at most 64 characters of letters and digits."""
    return "tuika" + hashlib.sha256(key.encode()).hexdigest()[:40]


def _of(request: PayoutRequest) -> dict[str, str]:
    return {"transaction_id": request.serial} if request.serial else {"out_trade_no": request.order_no}


def _asked(call: Callable[[], tuple[int, str]]) -> tuple[int, dict[str, Any]]:
    try:
        status, body = call()
        said = json.loads(body) if body else {}
    except Exception as error:  # the SDK raises requests' errors and plain Exception
        raise TimeoutError(f"微信支付没有可信的回答：{type(error).__name__}") from error
    if not isinstance(said, dict):
        raise TimeoutError("微信支付的回答读不懂")
    return status, said
