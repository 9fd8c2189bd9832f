"""Alipay and WeChat Pay through their SDKs: what is asked, how it is signed, what answers mean.

The texts to be signed are those of the providers' documentation (WeChat Pay API v3, "how to generate a request's
signature"; Alipay, "how to sign by yourself": parameters sorted, joined by &); the keys are made here, as nobody publishes private ones.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tuika.clock import FixedClock
from tuika.errors import Conflict, ShopUnavailable
from tuika.money import Money
from tuika.payouts.alipay import AlipayPayouts, request_no
from tuika.payouts.alipay import client as alipay_client
from tuika.payouts.wechatpay import WechatPayouts, refund_no
from tuika.payouts.wechatpay import client as wechat_client
from tuika.refunds.gateway import PayoutRequest, PayoutState

pytest.importorskip("alipay", reason="extra alipay is not installed")
pytest.importorskip("wechatpayv3", reason="extra wechatpay is not installed")

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
REQUEST = PayoutRequest(
    "RF1", "KM1", Money(4900), platform="generic", serial="4200002611", paid=Money(9800), already=Money(0)
)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(*, private: bool) -> str:
    if private:
        made = KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    else:
        made = KEY.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    return made.decode()


def signed_by_us(text: str, signature: str) -> None:
    """Raises where the signature is not RSA-SHA256 of the text."""
    KEY.public_key().verify(b64decode(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())


# -- WeChat Pay --


def test_wechat_signs_the_documented_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """The documentation's example: method, path, time and nonce, an empty body, five lines each ended."""
    from wechatpayv3 import utils

    monkeypatch.setattr(utils.time, "time", lambda: 1554208460)
    header = utils.build_authorization(
        "/v3/certificates",
        "GET",
        "1900009191",
        "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C",
        utils.load_private_key(pem(private=True)),
        nonce_str="593BEC0C930BF1AFEB40B4A08C8FB242",
    )
    told = dict(re.findall(r'(\w+)="([^"]*)"', header))
    assert header.startswith("WECHATPAY2-SHA256-RSA2048 ")
    signature = told.pop("signature")
    assert told == {
        "mchid": "1900009191",
        "nonce_str": "593BEC0C930BF1AFEB40B4A08C8FB242",
        "timestamp": "1554208460",
        "serial_no": "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C",
    }
    signed_by_us("GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n", signature)


class Wechat:
    """Answers by a list; writes down what was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), []

    def refund(self, out_refund_no: str, amount: dict[str, Any], **more: Any) -> tuple[int, str]:
        self.asked.append(("refund", out_refund_no, amount, more))
        return self._next()

    def query_refund(self, out_refund_no: str) -> tuple[int, str]:
        self.asked.append(("query", out_refund_no))
        return self._next()

    def _next(self) -> tuple[int, str]:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, said = answer
        return status, said if isinstance(said, str) else json.dumps(said)


def wechat(*answers: Any) -> tuple[WechatPayouts, Wechat]:
    made = Wechat(*answers)
    return WechatPayouts(made, clock=FixedClock(NOW)), made


def test_wechat_is_asked_in_fen_with_the_total_and_one_number_per_key() -> None:
    payouts, heard = wechat((200, {"refund_id": "50300", "status": "PROCESSING"}))
    receipt = payouts.pay(REQUEST, key="payout.pay:RF1")
    number = refund_no("payout.pay:RF1")
    assert heard.asked == [
        (
            "refund",
            number,
            {"refund": 4900, "total": 9800, "currency": "CNY"},
            {"transaction_id": "4200002611"},
        )
    ]
    assert (receipt.state, receipt.trade_no, receipt.arrives_at) == (PayoutState.PENDING, "50300", None)
    assert receipt.next_check is not None and re.fullmatch(r"[A-Za-z0-9_\-|*@]{1,64}", number)


def test_the_wechat_sdk_sends_the_signed_body(monkeypatch: pytest.MonkeyPatch) -> None:
    from wechatpayv3 import core

    sent: dict[str, Any] = {}

    def post(url: str, **more: Any) -> Any:
        sent.update(url=url, **more)
        raise ConnectionError("nobody there")

    monkeypatch.setattr(core.requests, "post", post)
    made = wechat_client(
        mchid="1900009191",
        private_key=pem(private=True),
        cert_serial="SERIAL",
        apiv3_key="a" * 32,
        public_key=pem(private=False),
        public_key_id="PUB_KEY_ID_1",
    )
    with pytest.raises(TimeoutError):
        WechatPayouts(made, clock=FixedClock(NOW)).pay(REQUEST, key="k")
    assert sent["url"] == "https://api.mch.weixin.qq.com/v3/refund/domestic/refunds"
    body = sent.get("data") or sent.get("json")
    text = body if isinstance(body, str) else json.dumps(body)
    assert json.loads(text)["amount"] == {"refund": 4900, "total": 9800, "currency": "CNY"}
    told = dict(re.findall(r'(\w+)="([^"]*)"', sent["headers"]["Authorization"]))
    path = "/v3/refund/domestic/refunds"
    signed_by_us(f"POST\n{path}\n{told['timestamp']}\n{told['nonce_str']}\n{text}\n", told["signature"])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((500, {"code": "SYSTEM_ERROR"}), TimeoutError),
        (Exception("certificate"), TimeoutError),
        ((200, "<html>"), TimeoutError),
        ((200, "[]"), TimeoutError),
        ((403, {"code": "NOT_ENOUGH", "message": "基本账户余额不足"}), Conflict),
        ((200, {"refund_id": "5", "status": "ABNORMAL"}), Conflict),
    ],
)
def test_wechats_bad_answers(answer: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        wechat(answer)[0].pay(REQUEST, key="k")


def test_what_wechat_knows() -> None:
    success = {"refund_id": "50300", "status": "SUCCESS", "success_time": "2026-11-23T12:00:00+08:00"}
    known = wechat((200, success))[0].known(REQUEST, key="k")
    assert known is not None and (known.state, known.arrives_at) == (PayoutState.PAID, NOW)
    assert wechat((404, {"code": "RESOURCE_NOT_EXISTS"}))[0].known(REQUEST, key="k") is None
    with pytest.raises(ShopUnavailable):
        wechat((500, {}))[0].known(REQUEST, key="k")


# -- Alipay --


def test_alipay_signs_sorted_parameters_and_sends_the_refund(monkeypatch: pytest.MonkeyPatch) -> None:
    import alipay

    asked: list[str] = []

    def urlopen(url: str, timeout: float) -> Any:
        asked.append(url)
        raise OSError("nobody there")

    monkeypatch.setattr(alipay, "urlopen", urlopen)
    made = alipay_client("2014072300007148", pem(private=True), pem(private=False))
    with pytest.raises(TimeoutError):
        AlipayPayouts(made).pay(REQUEST, key="payout.pay:RF1")
    address, _, query = asked[0].partition("?")
    assert address == "https://openapi.alipay.com/gateway.do"
    told = {name: values[0] for name, values in parse_qs(query).items()}
    signature = told.pop("sign")
    assert (told["method"], told["sign_type"], told["app_id"]) == (
        "alipay.trade.refund",
        "RSA2",
        "2014072300007148",
    )
    assert json.loads(told["biz_content"]) == {
        "refund_amount": "49.00",
        "out_request_no": request_no("payout.pay:RF1"),
        "trade_no": "4200002611",
    }
    signed_by_us("&".join(f"{name}={told[name]}" for name in sorted(told)), signature)


class Ali:
    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    def api_alipay_trade_refund(self, refund_amount: str, **more: Any) -> Any:
        return self._next()

    def api_alipay_trade_fastpay_refund_query(self, out_request_no: str, **more: Any) -> Any:
        return self._next()

    def _next(self) -> Any:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


OK = {"code": "10000", "msg": "Success", "trade_no": "2026112122001", "fund_change": "Y"}


def test_alipay_pays_and_knows() -> None:
    paid = AlipayPayouts(Ali(OK)).pay(REQUEST, key="k")
    assert (paid.state, paid.trade_no) == (PayoutState.PAID, "2026112122001")
    asked = AlipayPayouts(Ali({"code": "10000", "refund_status": "REFUND_SUCCESS", "trade_no": "T"}))
    known = asked.known(REQUEST, key="k")
    assert known is not None and known.trade_no == "T"
    assert AlipayPayouts(Ali({"code": "10000"})).known(REQUEST, key="k") is None
    assert (
        AlipayPayouts(Ali({"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"})).known(REQUEST, key="k")
        is None
    )


def test_alipays_repeated_refund_is_asked_about_and_not_believed() -> None:
    again = {**OK, "fund_change": "N"}
    known = {"code": "10000", "refund_status": "REFUND_SUCCESS"}
    assert AlipayPayouts(Ali(again, known)).pay(REQUEST, key="k").state is PayoutState.PAID
    with pytest.raises(TimeoutError):
        AlipayPayouts(Ali(again, {"code": "10000"})).pay(REQUEST, key="k")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"code": "20000", "msg": "Service Currently Unavailable"}, TimeoutError),
        ({"code": "40004", "sub_code": "ACQ.SYSTEM_ERROR"}, TimeoutError),
        ({"code": "40004", "sub_code": "ACQ.SELLER_BALANCE_NOT_ENOUGH", "sub_msg": "余额不足"}, Conflict),
        (ValueError("sign check failed"), TimeoutError),
        ("nonsense", TimeoutError),
    ],
)
def test_alipays_bad_answers(answer: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        AlipayPayouts(Ali(answer)).pay(REQUEST, key="k")
