"""What is tried of signatures and of reading orders."""

from __future__ import annotations

import json
from urllib.parse import quote

import requests

from tuika.shops.platform_api.signing import SIGNATURE, TIME, WINDOW_S
from tuika.shops.platform_api.trial import TIMEOUT_S, Check, Failed, Trial
from tuika.shops.platform_api.wire import WireKeyCheck, WireProof

_NOBODYS = "NO-SUCH-ORDER-0"


class SignatureChecks:
    def __init__(self, trial: Trial) -> None:
        self._t = trial
        self.checks: tuple[Check, ...] = (
            ("a request without a signature is 401", self._unsigned),
            ("a wrong signature is 401", self._forged),
            ("a signature of another path is 401", self._moved),
            ("a signature of another query is 401", self._asked_otherwise),
            ("a signature of another body is 401", self._said_otherwise),
            ("a time outside the window is 401", self._stale),
        )

    def _unsigned(self) -> None:
        target = self._t.base + self._t.order_path
        self._t.expect(requests.get(target, timeout=TIMEOUT_S, allow_redirects=False), 401)

    def _forged(self) -> None:
        self._t.expect(self._t.send("GET", self._t.order_path, **{SIGNATURE: "0" * 64}), 401)

    def _moved(self) -> None:
        self._t.expect(self._t.send("GET", self._t.order_path, signed_target="/v1/orders/OTHER"), 401)

    def _asked_otherwise(self) -> None:
        mine, other = (f"/v1/orders?buyer={buyer}&limit=1" for buyer in ("nobody-1", "nobody-2"))
        self._t.expect(self._t.send("GET", mine, signed_target=other), 401)

    def _said_otherwise(self) -> None:
        path, signed = f"{self._t.order_path}/proof", json.dumps({"proof": "another"})
        self._t.expect(self._t.send("POST", path, {"proof": "one"}, signed_body=signed), 401)

    def _stale(self) -> None:
        for shift in (-2 * WINDOW_S, 2 * WINDOW_S):
            self._t.expect(self._t.send("GET", self._t.order_path, shift=str(shift)), 401)
        self._t.expect(self._t.send("GET", self._t.order_path, **{TIME: "soon"}), 401)


class OrderChecks:
    def __init__(self, trial: Trial) -> None:
        self._t, self._s = trial, trial.subject
        self.checks: tuple[Check, ...] = (
            ("an order by its number, well formed", self._one),
            ("an order by /v1/orders?number=", self._by_number),
            ("an order by its payment number", self._by_payment),
            ("an unknown number gives an empty list, an unknown order 404", self._unknown),
            ("part of a number, or a pattern, finds nothing", self._part),
            ("nothing that is told of an order holds its proof", self._discreet),
            ("a buyer's orders, newest first, page by page without loss", self._pages),
            ("somebody unknown has no orders", self._nobody),
            ("buyer and number together are 4xx, and so is a page of nothing", self._malformed),
            ("a wrong proof is not proved, the right one is", self._proof),
            ("a key's check is well formed; of a key that is not there it is 404", self._key),
        )

    def _one(self) -> None:
        order = self._t.order()
        if order.order_no != self._s.order_no:
            raise Failed(f"asked for {self._s.order_no}, got {order.order_no}")
        if not order.payments:
            raise Failed("the test order must be paid: it has no payments")

    def _by_number(self) -> None:
        self._is_the_order(self._s.order_no)

    def _by_payment(self) -> None:
        order = self._t.order()
        if not order.payments or not order.payments[0].trade_no:
            raise Failed("the test order has no payment number")
        self._is_the_order(order.payments[0].trade_no)

    def _is_the_order(self, number: str) -> None:
        found = self._t.listed(f"number={quote(number, safe='')}")
        if [order.order_no for order in found.orders] != [self._s.order_no]:
            raise Failed(f"number={number}: expected exactly {self._s.order_no}")

    def _unknown(self) -> None:
        if self._t.listed(f"number={_NOBODYS}").orders:
            raise Failed("an unknown number must give an empty list")
        self._t.expect(self._t.send("GET", f"/v1/orders/{_NOBODYS}"), 404)

    def _part(self) -> None:
        for part in (self._s.order_no[:-1], self._s.order_no[1:], f"{self._s.order_no[:-1]}%", "%"):
            if part and self._t.listed(f"number={quote(part, safe='')}").orders:
                raise Failed(f"number={part} must be compared whole: it found an order")

    def _discreet(self) -> None:
        said = self._t.expect(self._t.send("GET", self._t.order_path), 200).text
        if self._s.proof and self._s.proof in said:
            raise Failed("the order's answer holds the contact or query password that proves it")

    def _pages(self) -> None:
        buyer = f"buyer={quote(self._s.buyer_id, safe='')}"
        orders = self._t.listed(f"{buyer}&limit=50").orders
        whole = [order.order_no for order in orders]
        made = [order.created_at for order in orders if order.created_at is not None]
        if made != sorted(made, reverse=True):
            raise Failed(f"not the newest first: {[when.isoformat() for when in made[:5]]}")
        if self._s.order_no not in whole:
            raise Failed(f"the test order is not among the newest 50 of buyer {self._s.buyer_id}")
        pages, cursor = [], ""
        for _ in range(len(whole) + 1):
            page = self._t.listed(f"{buyer}&limit=1{cursor}")
            pages += [order.order_no for order in page.orders]
            if page.next_cursor is None or len(pages) >= len(whole):
                break
            cursor = f"&cursor={quote(page.next_cursor, safe='')}"
        if pages != whole:
            raise Failed(f"one by one {pages[:5]} is not the list at once {whole[:5]}")

    def _nobody(self) -> None:
        if self._t.listed("buyer=nobody-of-that-name").orders:
            raise Failed("an unknown buyer must have no orders")

    def _malformed(self) -> None:
        self._t.expect(self._t.send("GET", "/v1/orders?buyer=a&number=b"), 400, 422)
        self._t.expect(self._t.send("GET", "/v1/orders?buyer=a&limit=0"), 400, 422)

    def _proof(self) -> None:
        path = f"{self._t.order_path}/proof"
        for proof, right in (("surely-not-the-proof", False), (self._s.proof, True)):
            if proof:
                answer = self._t.expect(self._t.send("POST", path, {"proof": proof}), 200)
                if WireProof.model_validate(answer.json()).proved is not right:
                    raise Failed(f"expected proved={right}")

    def _key(self) -> None:
        """A platform without an issuer to ask says 501 to both."""
        path = f"{self._t.order_path}/keys/9999/check"
        self._t.expect(self._t.send("GET", path), 404, 501)
        for key in self._t.order().keys[:1]:
            answer = self._t.send("GET", f"{self._t.order_path}/keys/{key.position}/check")
            if self._t.expect(answer, 200, 501).status_code == 200:
                said = WireKeyCheck.model_validate(answer.json())
                if said.position != key.position:
                    raise Failed(f"asked for key {key.position}, got {said.position}")
