"""Carrying out one call to the shop: intent before, outcome after, nothing open in between.

Invariants: no transaction is open while the shop is asked; an operation is marked ``sent`` before the call,
so that whoever finds it later knows that it may have happened; an unknown outcome is resolved by asking
with the same key (a payout by its key first); "surely no effect" gives back ``pending`` only when no
earlier try was unknown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

from tuika.clock import Clock
from tuika.errors import ShopUnavailable, TuikaError, Unavailable
from tuika.money import Money
from tuika.policy.model import Reason
from tuika.refunds.due import DueRow
from tuika.refunds.fund_calls import MOVES, FundCalls, NotReady
from tuika.refunds.gateway import (
    FilingReceipt,
    FilingRequest,
    FundsGateway,
    PayoutReceipt,
    PayoutRequest,
    RefundGateways,
)
from tuika.refunds.model import Funds
from tuika.refunds.outbox import (
    LAST_ATTEMPT,
    PATIENCE,
    Operation,
    OpKind,
    OpState,
    operation_key,
    wait_before,
)
from tuika.refunds.ports import RefundStore
from tuika.refunds.service import Refunds

log = logging.getLogger(__name__)
Units = Callable[[], AbstractContextManager[RefundStore]]
Receipt = FilingReceipt | PayoutReceipt | Funds | None
_RECEIPTS: dict[OpKind, type[object]] = {OpKind.FILE: FilingReceipt, OpKind.PAY: PayoutReceipt}
WAIT_FOR_FILING = timedelta(seconds=30)


class ShopCalls:
    def __init__(
        self,
        *,
        units: Units,
        refunds: Refunds,
        shops: RefundGateways,
        clock: Clock,
        funds: Mapping[str, FundsGateway] | None = None,
    ) -> None:
        self._money = FundCalls(units=units, refunds=refunds, funds=funds or {})
        self._units = units
        self._refunds = refunds
        self._shops = shops
        self._clock = clock

    def carry_out(self, row: DueRow) -> None:
        """Work the operation of an outbox row."""
        begun = self._begin(row)
        if begun is None:
            return
        operation, unknown = begun
        try:
            receipt = _readable(operation, self._call(operation, unknown=unknown))
        except NotReady:
            self._later(row, operation, WAIT_FOR_FILING)
        except (ShopUnavailable, Unavailable) as error:
            self._again(row, operation, str(error), sure=not unknown)
        except (TimeoutError, ConnectionError) as error:
            self._again(row, operation, str(error) or "超时", sure=False)
        except TuikaError as refusal:
            self._refused(row, operation, refusal.detail)
        except Exception as nonsense:  # an adapter that broke over an answer: nobody knows what the shop did
            log.exception("shop call broke", extra={"operation": operation.id})
            self._again(row, operation, f"店铺的回答读不懂（{type(nonsense).__name__}）", sure=False)
        else:
            self._done(row, operation, receipt)

    def _begin(self, row: DueRow) -> tuple[Operation, bool] | None:
        """Mark it sent; with it whether an earlier try may have had its effect."""
        with self._units() as uow:
            operation = uow.outbox.get(row.ref, lock=True)
            if operation is None or operation.state.settled:
                uow.due.finish(row)
                return None
            unknown = operation.state is OpState.SENT
            sent = replace(operation, state=OpState.SENT)
            uow.outbox.save(sent)
            return sent, unknown

    def _call(self, operation: Operation, *, unknown: bool) -> Receipt:
        shop = self._shops[self._platform(operation)]
        if operation.kind is OpKind.FILE:
            return shop.file(_filing(operation), key=operation.key)
        if operation.kind is OpKind.WITHDRAW:
            shop_ref = self._filed_ref(operation)
            if shop_ref is not None:
                shop.withdraw(shop_ref, key=operation.key)
            return None
        if operation.kind in MOVES:
            return self._money.move(operation, self._platform(operation))
        request = payout_request(operation)
        known = shop.payout(operation.key, request) if unknown else None
        return known or shop.pay(request, key=operation.key)

    def _platform(self, operation: Operation) -> str:
        with self._units() as uow:
            return self._refunds.get(uow, operation.case_no).platform

    def _filed_ref(self, operation: Operation) -> str | None:
        """The shop's reference of the case's filing; None: it was never filed. Raises NotReady."""
        with self._units() as uow:
            case = self._refunds.get(uow, operation.case_no)
            filing = uow.outbox.by_key(operation_key(OpKind.FILE, operation.case_no))
        if case.shop_ref is None and filing is not None and not filing.state.settled:
            raise NotReady
        return case.shop_ref

    def _done(self, row: DueRow, operation: Operation, receipt: Receipt) -> None:
        with self._units() as uow:
            self._hold(uow, operation)
            if not uow.due.finish(row):
                return  # the lease was lost: whoever has the row now will ask the same and learn the same
            uow.outbox.save(replace(operation, state=OpState.DONE, problem=""))
            if isinstance(receipt, FilingReceipt):
                self._refunds.filing_heard(uow, operation, receipt)
            elif isinstance(receipt, PayoutReceipt):
                self._refunds.payout_known(uow, operation, receipt)
            elif isinstance(receipt, Funds):
                self._refunds.funds_moved(uow, operation, receipt)

    def _refused(self, row: DueRow, operation: Operation, problem: str) -> None:
        """The shop said no: the call had no effect and trying again would change nothing."""
        with self._units() as uow:
            self._hold(uow, operation)
            if uow.due.finish(row, failed=True):
                uow.outbox.save(replace(operation, state=OpState.FAILED, problem=problem))
                self._refunds.call_failed(uow, operation, problem)

    def _again(self, row: DueRow, operation: Operation, problem: str, *, sure: bool) -> None:
        attempts = operation.attempts + 1
        if attempts >= LAST_ATTEMPT:
            self._refused(row, replace(operation, attempts=attempts), f"多次尝试没有成功：{problem}")
            return
        state = OpState.PENDING if sure else OpState.SENT
        tried = replace(operation, state=state, attempts=attempts, problem=problem)
        with self._units() as uow:
            self._hold(uow, operation)
            at = self._clock.now() + wait_before(attempts)
            if not uow.due.postpone(row, due_at=at, attempts=attempts):
                return
            uow.outbox.save(tried)
            if attempts == PATIENCE:
                self._refunds.call_delayed(uow, tried, problem)

    def _hold(self, uow: RefundStore, operation: Operation) -> None:
        """The case first, then its rows: steps of people lock in that order."""
        uow.cases.get(operation.case_no, lock=True)

    def _later(self, row: DueRow, operation: Operation, wait: timedelta) -> None:
        with self._units() as uow:
            if uow.due.postpone(row, due_at=self._clock.now() + wait, attempts=row.attempts):
                uow.outbox.save(replace(operation, state=OpState.PENDING))


def _readable(operation: Operation, receipt: Receipt) -> Receipt:
    """The receipt, if it is one of this call. Raises TimeoutError for nonsense: what the shop did is unknown."""
    wanted = _RECEIPTS.get(operation.kind)
    if wanted is not None and not isinstance(receipt, wanted):
        raise TimeoutError("店铺的回答读不懂")
    if isinstance(receipt, FilingReceipt) and not receipt.shop_ref:
        raise TimeoutError("店铺没有给出申请的编号")
    return receipt


def _filing(operation: Operation) -> FilingRequest:
    asked = operation.request
    return FilingRequest(
        case_no=operation.case_no,
        order_no=asked["order_no"],
        reason=Reason(asked["reason"]),
        amount=Money(asked["amount_fen"]),
        statement=asked["statement"],
        keys=tuple(asked["keys"]),
    )


def payout_request(operation: Operation) -> PayoutRequest:
    """The request of a payout as it was fixed when the intent was stored."""
    asked = operation.request
    return PayoutRequest(
        case_no=operation.case_no,
        order_no=asked["order_no"],
        amount=Money(asked["amount_fen"]),
        to_balance=asked["to_balance"],
        platform=asked.get("platform", ""),
        serial=asked.get("serial", ""),
        paid=Money(asked.get("paid_fen", 0)),
        already=Money(asked.get("already_fen", 0)),
    )
