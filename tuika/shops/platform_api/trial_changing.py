"""What is tried of refunds and of the merchant's money. Whatever is begun is taken back."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tuika.shops.platform_api.trial import Check, Failed, Trial
from tuika.shops.platform_api.wire import WireFiling, WireFunds, WireRefund

_NOT_OFFERED = 501


class RefundChecks:
    def __init__(self, trial: Trial) -> None:
        self._t = trial
        self._ref, self._amount = "", 1
        self.checks: tuple[Check, ...] = (
            ("a refund without Idempotency-Key is 4xx", self._keyless),
            ("a refund of an unknown order is 404", self._lost),
            ("a refund is filed; the same again gives the same reference", self._filed),
            ("the same key with another body is 409", self._conflict),
            ("the refund can be asked for", self._asked),
            ("an unknown payout is 404", self._unknown_payout),
            ("it is withdrawn, twice alike", self._withdrawn),
        )

    @property
    def _filing(self) -> dict[str, Any]:
        return {
            "case_no": f"CONF{self._t.run}"[:40],
            "order_no": self._t.subject.order_no,
            "reason": "no_delivery",
            "amount_fen": self._amount,
            "statement": "conformance test, will be withdrawn",
            "keys": [],
        }

    def _keyless(self) -> None:
        self._t.expect(self._t.send("POST", "/v1/refunds", self._filing), 400, 422)

    def _lost(self) -> None:
        body = self._filing | {"order_no": "NO-SUCH-ORDER-0"}
        self._t.expect(self._t.send("POST", "/v1/refunds", body, key=f"conf-lost-{self._t.run}"), 404)

    def _filed(self) -> None:
        self._amount, refs = max(self._t.order().amount_fen, 1), []
        for _ in range(2):
            answer = self._t.send("POST", "/v1/refunds", self._filing, key=f"conf-{self._t.run}")
            refs.append(WireFiling.model_validate(self._t.expect(answer, 200, 201).json()).ref)
        if refs[0] != refs[1]:
            raise Failed(f"one key gave two references: {refs}")
        self._ref = refs[0]

    def _conflict(self) -> None:
        body = self._filing | {"statement": "another statement"}
        self._t.expect(self._t.send("POST", "/v1/refunds", body, key=f"conf-{self._t.run}"), 409)

    def _asked(self) -> None:
        answer = self._t.expect(self._t.send("GET", f"/v1/refunds/{quote(self._ref, safe='')}"), 200)
        WireRefund.model_validate(answer.json())

    def _unknown_payout(self) -> None:
        self._t.expect(self._t.send("GET", "/v1/payouts/no-such-payout-0"), 404)

    def _withdrawn(self) -> None:
        target = f"/v1/refunds/{quote(self._ref, safe='')}/withdraw"
        for _ in range(2):
            self._t.expect(self._t.send("POST", target, {}, key=f"conf-back-{self._t.run}"), 200, 201)


class FundsChecks:
    """A platform that keeps no merchants' money says 501 to each of these doors."""

    def __init__(self, trial: Trial) -> None:
        self._t = trial
        self.checks: tuple[Check, ...] = (
            ("holding funds without Idempotency-Key is 4xx", self._keyless),
            ("an order's funds are held once per key", self._held),
            ("they are released, twice alike", self._released),
        )

    def _move(self, step: str, body: dict[str, int], key: str) -> bool | None:
        """Whether it was done; None: not offered."""
        answer = self._t.send("POST", f"{self._t.order_path}/funds/{step}", body, key=key)
        if self._t.expect(answer, 200, 201, _NOT_OFFERED).status_code == _NOT_OFFERED:
            return None
        return WireFunds.model_validate(answer.json()).done

    def _keyless(self) -> None:
        answer = self._t.send("POST", f"{self._t.order_path}/funds/hold", {"amount_fen": 1})
        self._t.expect(answer, 400, 422, _NOT_OFFERED)

    def _held(self) -> None:
        key = f"conf-hold-{self._t.run}"
        first, again = (self._move("hold", {"amount_fen": 1}, key) for _ in range(2))
        if first != again:
            raise Failed(f"one key was answered done={first}, then done={again}")

    def _released(self) -> None:
        key = f"conf-release-{self._t.run}"
        first, again = (self._move("release", {}, key) for _ in range(2))
        if first != again:
            raise Failed(f"one key was answered done={first}, then done={again}")
