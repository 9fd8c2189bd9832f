"""Calls about the merchant's money for a disputed order: held, then released or used for the refund.

Invariants: what ends a hold waits until the hold is known, and an appeal's hold until the release before it is; a shop that
keeps no such money is asked and left alone; money that was held and is no longer there when the refund is to be taken
from it is a refusal, which people hear of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from tuika.errors import Conflict
from tuika.money import Money
from tuika.refunds.gateway import FundsGateway
from tuika.refunds.model import Funds
from tuika.refunds.outbox import Operation, OpKind, is_again, operation_key
from tuika.refunds.ports import RefundStore
from tuika.refunds.service import Refunds

MOVES = {OpKind.HOLD: Funds.HELD, OpKind.RELEASE: Funds.RELEASED, OpKind.DEDUCT: Funds.DEDUCTED}


class NotReady(Exception):
    """An earlier call of the case has to come first."""


class FundCalls:
    """``funds``: by platform, the shops that keep merchants' money."""

    def __init__(
        self,
        *,
        units: Callable[[], AbstractContextManager[RefundStore]],
        refunds: Refunds,
        funds: Mapping[str, FundsGateway],
    ) -> None:
        self._units = units
        self._refunds = refunds
        self._funds = funds

    def move(self, operation: Operation, platform: str) -> Funds | None:
        """Where the money is now; None where the shop keeps none. Raises NotReady, Conflict."""
        funds = self._funds.get(platform)
        if funds is None:
            return None
        self._wait_for_what_comes_first(operation)
        done = _asked(funds, operation)
        if not done and operation.kind is OpKind.DEDUCT and self._is_held(operation.case_no):
            raise Conflict("店铺那里已经没有这笔冻结的货款")
        return MOVES[operation.kind] if done else None

    def _wait_for_what_comes_first(self, operation: Operation) -> None:
        again = is_again(operation.key)
        if operation.kind is not OpKind.HOLD:
            self._settled(OpKind.HOLD, operation.case_no, again=again)
        elif again:
            self._settled(OpKind.RELEASE, operation.case_no, again=False)

    def _settled(self, kind: OpKind, case_no: str, *, again: bool) -> None:
        """Raises NotReady while nobody knows what came of that call."""
        with self._units() as uow:
            earlier = uow.outbox.by_key(operation_key(kind, case_no, again=again))
        if earlier is not None and not earlier.state.settled:
            raise NotReady

    def _is_held(self, case_no: str) -> bool:
        with self._units() as uow:
            return self._refunds.get(uow, case_no).funds is Funds.HELD


def _asked(funds: FundsGateway, operation: Operation) -> bool:
    order_no = operation.request["order_no"]
    if operation.kind is OpKind.RELEASE:
        return funds.release(order_no, key=operation.key)
    amount = Money(operation.request["amount_fen"])
    step = funds.hold if operation.kind is OpKind.HOLD else funds.deduct
    return step(order_no, amount, key=operation.key)
