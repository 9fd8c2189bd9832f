"""What a platform's own implementation must do, tried against it: ``tuika shop conformance URL``.

Invariants: nothing is paid and no payout asked for; one refund is filed on the given test order and withdrawn at the end;
every check says what was expected and what came. Checks run in order and never stop at the first failure.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from tuika.shops.platform_api.signing import SIGNATURE, TIME, WINDOW_S, signed_headers
from tuika.shops.platform_api.wire import WireFiling, WireOrder, WireOrders, WireProof, WireRefund

_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Subject:
    """The implementation, and a paid test order of a test buyer there."""

    url: str
    key_id: str
    secret: str
    order_no: str
    buyer_id: str
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check. ``problem`` is empty where it passed."""

    name: str
    problem: str = ""


class Failed(Exception):
    """A check's expectation that did not hold; says what came instead."""


def conform(subject: Subject, *, wall: Callable[[], float], run: str) -> Iterator[Outcome]:
    """Every check in turn. ``run`` makes this run's idempotency keys its own."""
    trial = _Trial(subject, wall, run)
    for name, check in trial.checks:
        try:
            check()
        except Failed as error:
            yield Outcome(name, str(error))
        except (requests.RequestException, ValueError) as error:
            yield Outcome(name, f"{type(error).__name__}: {str(error)[:200]}")
        else:
            yield Outcome(name)


class _Trial:
    def __init__(self, subject: Subject, wall: Callable[[], float], run: str) -> None:
        self._s, self._wall, self._run = subject, wall, run
        self._path = urlsplit(subject.url.rstrip("/")).path
        self._ref = ""
        self._amount = 0
        self._order = f"/v1/orders/{quote(subject.order_no, safe='')}"
        self.checks: tuple[tuple[str, Callable[[], None]], ...] = (
            ("a request without a signature is 401", self._unsigned),
            ("a wrong signature is 401", self._forged),
            ("a signature of another path is 401", self._moved),
            ("a time outside the window is 401", self._stale),
            ("an order by its number, well formed", self._one),
            ("an order by /v1/orders?number=", self._by_number),
            ("an order by its payment number", self._by_payment),
            ("an unknown number gives an empty list, an unknown order 404", self._unknown),
            ("a buyer's orders, newest first, page by page without loss", self._pages),
            ("somebody unknown has no orders", self._nobody),
            ("buyer and number together are 422", self._both),
            ("a wrong proof is not proved, the right one is", self._proof),
            ("a refund without Idempotency-Key is 4xx", self._keyless),
            ("a refund of an unknown order is 404", self._lost),
            ("a refund is filed; the same again gives the same reference", self._filed),
            ("the same key with another body is 409", self._conflict),
            ("the refund can be asked for", self._asked),
            ("an unknown payout is 404", self._unknown_payout),
            ("it is withdrawn, twice alike", self._withdrawn),
        )

    def _send(
        self, method: str, target: str, body: Any = None, *, key: str = "", **change: str
    ) -> requests.Response:
        sent = b"" if body is None else json.dumps(body).encode()
        now = int(self._wall()) + int(change.pop("shift", "0"))
        signed = change.pop("signed_target", target)
        headers = signed_headers(
            method, self._path + signed, sent, key_id=self._s.key_id, secret=self._s.secret, now=now
        )
        headers |= {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        for name, value in change.items():
            headers[name.replace("_", "-").title()] = value
        url = self._s.url.rstrip("/") + target
        return requests.request(
            method, url, data=sent or None, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False
        )

    def _expect(self, answer: requests.Response, *statuses: int) -> requests.Response:
        if answer.status_code not in statuses:
            wanted = " or ".join(str(each) for each in statuses)
            raise Failed(f"expected HTTP {wanted}, got {answer.status_code}: {answer.text[:160]}")
        return answer

    def _unsigned(self) -> None:
        answer = requests.get(
            self._s.url.rstrip("/") + self._order, timeout=_TIMEOUT_S, allow_redirects=False
        )
        self._expect(answer, 401)

    def _forged(self) -> None:
        self._expect(self._send("GET", self._order, **{SIGNATURE: "0" * 64}), 401)

    def _moved(self) -> None:
        self._expect(self._send("GET", self._order, signed_target="/v1/orders/OTHER"), 401)

    def _stale(self) -> None:
        for shift in (-2 * WINDOW_S, 2 * WINDOW_S):
            self._expect(self._send("GET", self._order, shift=str(shift)), 401)
        self._expect(self._send("GET", self._order, **{TIME: "soon"}), 401)

    def _one(self) -> None:
        order = WireOrder.model_validate(self._expect(self._send("GET", self._order), 200).json())
        if order.order_no != self._s.order_no:
            raise Failed(f"asked for {self._s.order_no}, got {order.order_no}")
        if not order.payments:
            raise Failed("the test order must be paid: it has no payments")
        self._amount = order.amount_fen

    def _by_number(self) -> None:
        self._is_the_order(self._s.order_no)

    def _by_payment(self) -> None:
        order = WireOrder.model_validate(self._expect(self._send("GET", self._order), 200).json())
        if not order.payments or not order.payments[0].trade_no:
            raise Failed("the test order has no payment number")
        self._is_the_order(order.payments[0].trade_no)

    def _is_the_order(self, number: str) -> None:
        found = self._list(f"number={quote(number, safe='')}")
        if [order.order_no for order in found.orders] != [self._s.order_no]:
            raise Failed(f"number={number}: expected exactly {self._s.order_no}")

    def _list(self, query: str) -> WireOrders:
        return WireOrders.model_validate(self._expect(self._send("GET", f"/v1/orders?{query}"), 200).json())

    def _unknown(self) -> None:
        if self._list("number=NO-SUCH-ORDER-0").orders:
            raise Failed("an unknown number must give an empty list")
        self._expect(self._send("GET", "/v1/orders/NO-SUCH-ORDER-0"), 404)

    def _pages(self) -> None:
        buyer = f"buyer={quote(self._s.buyer_id, safe='')}"
        whole = [order.order_no for order in self._list(f"{buyer}&limit=50").orders]
        if self._s.order_no not in whole:
            raise Failed(f"the test order is not among the newest 50 of buyer {self._s.buyer_id}")
        pages, cursor = [], ""
        for _ in range(len(whole) + 1):
            page = self._list(f"{buyer}&limit=1{cursor}")
            pages += [order.order_no for order in page.orders]
            if page.next_cursor is None or len(pages) >= len(whole):
                break
            cursor = f"&cursor={quote(page.next_cursor, safe='')}"
        if pages != whole:
            raise Failed(f"one by one {pages[:5]} is not the list at once {whole[:5]}")

    def _nobody(self) -> None:
        if self._list("buyer=nobody-of-that-name").orders:
            raise Failed("an unknown buyer must have no orders")

    def _both(self) -> None:
        self._expect(self._send("GET", "/v1/orders?buyer=a&number=b"), 400, 422)

    def _proof(self) -> None:
        for proof, right in (("surely-not-the-proof", False), (self._s.proof, True)):
            if proof:
                answer = self._expect(self._send("POST", f"{self._order}/proof", {"proof": proof}), 200)
                if WireProof.model_validate(answer.json()).proved is not right:
                    raise Failed(f"expected proved={right}")

    @property
    def _filing(self) -> dict[str, Any]:
        return {
            "case_no": f"CONF{self._run}"[:40],
            "order_no": self._s.order_no,
            "reason": "no_delivery",
            "amount_fen": max(self._amount, 1),
            "statement": "conformance test, will be withdrawn",
            "keys": [],
        }

    def _keyless(self) -> None:
        self._expect(self._send("POST", "/v1/refunds", self._filing), 400, 422)

    def _lost(self) -> None:
        body = self._filing | {"order_no": "NO-SUCH-ORDER-0"}
        self._expect(self._send("POST", "/v1/refunds", body, key=f"conf-lost-{self._run}"), 404)

    def _filed(self) -> None:
        refs = []
        for _ in range(2):
            answer = self._send("POST", "/v1/refunds", self._filing, key=f"conf-{self._run}")
            refs.append(WireFiling.model_validate(self._expect(answer, 200, 201).json()).ref)
        if refs[0] != refs[1]:
            raise Failed(f"one key gave two references: {refs}")
        self._ref = refs[0]

    def _conflict(self) -> None:
        body = self._filing | {"statement": "another statement"}
        self._expect(self._send("POST", "/v1/refunds", body, key=f"conf-{self._run}"), 409)

    def _asked(self) -> None:
        answer = self._expect(self._send("GET", f"/v1/refunds/{quote(self._ref, safe='')}"), 200)
        WireRefund.model_validate(answer.json())

    def _unknown_payout(self) -> None:
        self._expect(self._send("GET", "/v1/payouts/no-such-payout-0"), 404)

    def _withdrawn(self) -> None:
        target = f"/v1/refunds/{quote(self._ref, safe='')}/withdraw"
        for _ in range(2):
            self._expect(self._send("POST", target, {}, key=f"conf-back-{self._run}"), 200, 201)
