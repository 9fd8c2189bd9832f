"""epay knows no idempotency key: whatever breaks, the order is asked first and money moves once."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import requests

from tuika.errors import Conflict, ShopUnavailable
from tuika.money import Money
from tuika.payouts.epay import EpayPayouts
from tuika.refunds.gateway import PayoutRequest, PayoutState

WHOLE = PayoutRequest(
    "RF1", "KM1", Money(9800), platform="generic", serial="2026112122001", paid=Money(9800), already=Money(0)
)
PART = replace(WHOLE, amount=Money(4900))


class Gateway:
    """As much of an epay gateway as a refund needs; ``breaks`` names how the next refund answer is spoilt."""

    def __init__(self, *, tells_sum: bool = True) -> None:
        self.refunded, self.calls, self.tells_sum = 0, 0, tells_sum
        self.breaks: str | None = None
        self.down: type[requests.RequestException] | None = None
        self.order: dict[str, Any] = {"code": 1, "money": "98.00", "trade_no": "2026112122001"}

    def get(self, url: str, *, params: dict[str, str], timeout: float) -> requests.Response:
        assert url == "https://pay.example/api.php" and params["act"] == "order"
        assert (params["pid"], params["key"]) == ("1001", "k" * 32)
        if self.down is not None:
            raise self.down
        told = {"refundmoney": f"{self.refunded / 100:.2f}"} if self.tells_sum else {}
        status = "2" if self.refunded >= 9800 else "1"
        return answered({**self.order, "status": status, **told})

    def post(
        self, url: str, *, params: dict[str, str], data: dict[str, str], timeout: float
    ) -> requests.Response:
        assert params == {"act": "refund"} and data["trade_no"] == "2026112122001"
        breaks, self.breaks = self.breaks, None
        if breaks == "before":
            raise requests.ConnectTimeout
        if breaks == "refuses":
            return answered({"code": -1, "msg": "余额不足"})
        self.calls += 1
        self.refunded += round(float(data["money"]) * 100)
        if breaks == "after":
            raise requests.ReadTimeout
        if breaks == "nonsense":
            return answered(None, text="<html>502</html>", status=502)
        return answered({"code": 0 if breaks == "zero" else 1, "msg": "退款成功"})


def answered(said: Any, *, text: str | None = None, status: int = 200) -> requests.Response:
    made = requests.Response()
    made.status_code = status
    made._content = (text if text is not None else json.dumps(said)).encode()
    return made


def payouts(gateway: Gateway) -> EpayPayouts:
    return EpayPayouts("https://pay.example/", "1001", "k" * 32, http=gateway)


@pytest.mark.parametrize("request_", [WHOLE, PART], ids=["whole", "part"])
def test_a_refund_is_paid_once_and_known_afterwards(request_: PayoutRequest) -> None:
    gateway = Gateway()
    made = payouts(gateway)
    assert made.known(request_, key="k1") is None
    first = made.pay(request_, key="k1")
    assert (first.state, first.trade_no) == (PayoutState.PAID, "2026112122001")
    assert made.pay(request_, key="k1") == made.known(request_, key="k1") == first
    assert (gateway.calls, gateway.refunded) == (1, request_.amount.fen)


@pytest.mark.parametrize("breaks", ["after", "nonsense"])
def test_an_unheard_success_is_found_by_asking(breaks: str) -> None:
    gateway = Gateway()
    gateway.breaks = breaks
    with pytest.raises(TimeoutError):
        payouts(gateway).pay(PART, key="k1")
    assert payouts(gateway).pay(PART, key="k1").state is PayoutState.PAID
    assert (gateway.calls, gateway.refunded) == (1, 4900)


def test_what_never_arrived_is_sent_again() -> None:
    gateway = Gateway()
    gateway.breaks = "before"
    with pytest.raises(ShopUnavailable):
        payouts(gateway).pay(PART, key="k1")
    payouts(gateway).pay(PART, key="k1")
    assert gateway.calls == 1


def test_gateways_that_say_nought_for_success_are_asked() -> None:
    gateway = Gateway()
    gateway.breaks = "zero"
    assert payouts(gateway).pay(PART, key="k1").state is PayoutState.PAID
    assert gateway.calls == 1


def test_a_refusal_is_final() -> None:
    gateway = Gateway()
    gateway.breaks = "refuses"
    with pytest.raises(Conflict, match="余额不足"):
        payouts(gateway).pay(PART, key="k1")


def test_a_second_share_of_the_same_order_knows_of_the_first() -> None:
    gateway = Gateway()
    payouts(gateway).pay(PART, key="k1")
    rest = replace(PART, already=Money(4900))
    assert payouts(gateway).known(rest, key="k2") is None
    payouts(gateway).pay(rest, key="k2")
    assert gateway.refunded == 9800


def test_a_sum_that_nobody_can_explain_goes_to_a_person() -> None:
    gateway = Gateway()
    gateway.refunded = 100
    with pytest.raises(Conflict, match="不符"):
        payouts(gateway).pay(PART, key="k1")
    assert gateway.calls == 0


def test_a_gateway_that_does_not_tell_sums_pays_whole_refunds_only() -> None:
    gateway = Gateway(tells_sum=False)
    with pytest.raises(Conflict, match="人工"):
        payouts(gateway).pay(PART, key="k1")
    payouts(gateway).pay(WHOLE, key="k2")
    payouts(gateway).pay(WHOLE, key="k2")
    assert gateway.calls == 1


@pytest.mark.parametrize("order", [{"code": -1, "msg": "订单不存在"}, {"code": 1, "refundmoney": "很多"}])
def test_nonsense_about_the_order_stops_the_payout(order: dict[str, Any]) -> None:
    gateway = Gateway(tells_sum=False)
    gateway.order = order
    with pytest.raises(Conflict):
        payouts(gateway).pay(WHOLE, key="k1")
    assert gateway.calls == 0


def test_a_gateway_that_is_away_had_no_effect() -> None:
    gateway = Gateway()
    gateway.down = requests.ConnectionError
    with pytest.raises(ShopUnavailable):
        payouts(gateway).pay(WHOLE, key="k1")
