"""Working due rows: claimed with a lease, in order of time, each at its own instant when the clock jumps.

Invariants: safe from many threads and processes at once; a row ends in the transaction of its effect;
whatever the shop must be asked is asked before that transaction; a handler that fails puts its row back for
later and never stops the others. One jump of the demo clock and many small ones leave the same rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import sleep
from typing import Any

from tuika.clock import Clock, at_instant, real_time
from tuika.errors import Conflict, Unavailable
from tuika.ids import Ids
from tuika.orders.ports import OrderGateways
from tuika.refunds.calls import ShopCalls, Units, payout_request
from tuika.refunds.due import DEADLINES, DueKind, DueRow
from tuika.refunds.gateway import FundsGateway, MerchantAnswer, RefundGateways
from tuika.refunds.model import RefundCase, Wait
from tuika.refunds.outbox import wait_before
from tuika.refunds.ports import Jumps
from tuika.refunds.service import Refunds
from tuika.refunds.states import REVIEW_STATES, CaseState
from tuika.stages import Stages, unwatched

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
GIVE_UP = 12  # failures of a row that is no call to the shop
UNHEARD = 6  # failed questions after which the merchant's silence is taken for granted
POLL_AGAIN = timedelta(hours=1)
_RENEW_EVERY = 20
_PAUSE = 0.02  # seconds between two looks at rows in other hands
_PATIENCE = 250


class DueRunner:
    def __init__(
        self,
        *,
        units: Units,
        refunds: Refunds,
        shops: RefundGateways,
        orders: OrderGateways,
        clock: Clock,
        ids: Ids,
        jumps: Jumps | None = None,
        others: Mapping[DueKind, Callable[[Any, DueRow], object]] | None = None,
        funds: Mapping[str, FundsGateway] | None = None,
        calls: Mapping[DueKind, Callable[[DueRow], object]] | None = None,
        wall: Callable[[], datetime] = real_time,
        pause: Callable[[float], None] = sleep,
        lease: timedelta = LEASE,
        stages: Stages = unwatched,
    ) -> None:
        """``others`` are worked in the row's transaction; ``calls`` go outside and finish their rows themselves.

        ``lease``: how long, in real time, a row stays with whoever took it and fell silent.
        """
        self._units = units
        self._refunds = refunds
        self._shops = shops
        self._orders = orders
        self._clock = clock
        self._ids = ids
        self._jumps = jumps
        self._others = others or {}
        self._elsewhere = calls or {}
        self._wall = wall
        self._pause = pause
        self._lease = lease
        self._stages = stages
        self._calls = ShopCalls(units=units, refunds=refunds, shops=shops, clock=clock, funds=funds)

    def run_due(self, until: datetime | None = None, *, limit: int = 200) -> int:
        """Work what is due by ``until`` (else by now, cascades included); how many rows were worked.

        Does nothing while somebody else's jump runs: the jumper works everything in order.
        """
        worked = 0
        while worked < limit and not (self._jumps is not None and self._jumps.jumping()):
            row = self._claim(until or self._clock.now())
            if row is None:
                break
            self._work(row)
            worked += 1
        return worked

    def advance_to(self, target: datetime) -> int:
        """Demo: work every row due by ``target`` at its own instant, then set the clock there.

        A target in the past only sets the clock. Raises Conflict while another jump runs.
        """
        if self._jumps is None:
            raise Conflict("只有演示模式可以拨动时钟")
        if not self._jumps.begin_jump():
            raise Conflict("时钟正在拨动，请等上一次完成")
        reached: datetime | None = None
        try:
            worked = self._work_until(target, self._jumps)
            reached = target
        finally:
            self._jumps.end_jump(reached)
        return worked

    def _work_until(self, target: datetime, jumps: Jumps) -> int:
        instant, worked = self._clock.now(), 0
        self._let_others_finish(target)
        while (row := self._claim(target, jumper=True)) is not None:
            instant = max(instant, row.due_at)
            with at_instant(instant):
                self._work(row)
            worked += 1
            if worked % _RENEW_EVERY == 0:
                jumps.renew_jump()
        return worked

    def _let_others_finish(self, target: datetime) -> None:
        """Rows that were in other hands when the jump began end first; what they lead to is ours."""
        for _ in range(_PATIENCE):
            with self._units() as uow:
                if not uow.due.held(until=target, wall=self._wall()):
                    return
            self._pause(_PAUSE)

    def _claim(self, until: datetime, *, jumper: bool = False) -> DueRow | None:
        lease = self._ids.new("ls")
        with self._units() as uow:
            return uow.due.claim(
                until=until, lease=lease, wall=self._wall(), lease_for=self._lease, jumper=jumper
            )

    def _work(self, row: DueRow) -> None:
        try:
            with self._stages("due", row.kind.value):
                self._handle(row)
        except (Unavailable, TimeoutError, ConnectionError) as away:
            self._put_back(row, str(away))
        except Exception as error:  # one bad row must not stop the rest
            log.exception("due row failed", extra={"row_id": row.id, "kind": row.kind.value})
            self._put_back(row, str(error), give_up=True)

    def _handle(self, row: DueRow) -> None:
        if row.kind is DueKind.OUTBOX:
            self._calls.carry_out(row)
        elif row.kind is DueKind.PAYOUT_CHECK:
            self._check_payout(row)
        elif row.kind in (DueKind.SHOP_POLL, DueKind.MERCHANT):
            self._ask_merchant(row)
        elif row.kind is DueKind.DECIDE_AGAIN:
            self._decide_again(row)
        elif row.kind is DueKind.WATCH:
            shop, buyer = self._orders[row.payload["platform"]], row.payload.get("buyer_id") or None
            order = shop.find(row.payload["order_no"], buyer_id=buyer)
            with self._units() as uow:
                if uow.due.finish(row):
                    self._refunds.watched(uow, row, order)
        elif row.kind in self._elsewhere:
            self._elsewhere[row.kind](row)
        elif row.kind in self._others:
            with self._units() as uow:
                if uow.due.finish(row):
                    self._others[row.kind](uow, row)
        else:
            self._time_passed(row)

    def _time_passed(self, row: DueRow) -> None:
        """Rows that need nobody but us."""
        with self._units() as uow:
            uow.cases.get(row.ref, lock=True)  # the case before its rows: steps of people lock in that order
            if not uow.due.finish(row):
                return
            if row.kind is DueKind.NOTICE:
                self._refunds.follow_up(uow, row.ref)
            elif row.kind in DEADLINES:
                self._refunds.deadline_passed(uow, row.ref, Wait(row.kind.value.removeprefix("deadline.")))

    def _check_payout(self, row: DueRow) -> None:
        with self._units() as uow:
            operation = uow.outbox.get(row.ref)
            platform = self._refunds.get(uow, operation.case_no).platform if operation else ""
        receipt = (
            self._shops[platform].payout(operation.key, payout_request(operation)) if operation else None
        )
        with self._units() as uow:
            uow.cases.get(operation.case_no if operation else "", lock=True)
            if not uow.due.finish(row) or operation is None:
                return
            if receipt is None:
                self._refunds.payout_unknown(uow, operation)
            else:
                self._refunds.payout_known(uow, operation, receipt)

    def _decide_again(self, row: DueRow) -> None:
        with self._units() as uow:
            case = self._refunds.get(uow, row.ref)
        order = None
        if case.state in REVIEW_STATES:
            order = self._orders[case.platform].find(case.order_no, buyer_id=case.buyer_id)
        with self._units() as uow:
            uow.cases.get(row.ref, lock=True)
            if uow.due.finish(row):
                self._refunds.decide_again(uow, row.ref, order)

    def _ask_merchant(self, row: DueRow) -> None:
        """A poll, or the last question before the merchant's silence counts."""
        with self._units() as uow:
            case = self._refunds.get(uow, row.ref)
        answer, heard = self._answer(row, case if case.state in REVIEW_STATES else None)
        last = row.kind is DueKind.MERCHANT
        with self._units() as uow:
            case = self._refunds.locked(uow, row.ref)
            if answer is None and not last and case.state is CaseState.MERCHANT_REVIEW:
                uow.due.postpone(row, due_at=self._clock.now() + POLL_AGAIN, attempts=0)
                return
            if not uow.due.finish(row) or case.state not in REVIEW_STATES:
                return
            if answer is not None:
                self._refunds.merchant_answer(uow, row.ref, answer)
            elif last:
                self._refunds.deadline_passed(uow, row.ref, Wait.MERCHANT, heard=heard)

    def _answer(self, row: DueRow, case: RefundCase | None) -> tuple[MerchantAnswer | None, bool]:
        """The answer as of now, and whether the shop could be asked. Raises while more tries are left."""
        if case is None or case.shop_ref is None:
            return None, True
        try:
            return self._shops[case.platform].answer(case.shop_ref), True
        except (Unavailable, TimeoutError, ConnectionError):
            if row.kind is DueKind.MERCHANT and row.attempts >= UNHEARD:
                return None, False
            raise

    def _put_back(self, row: DueRow, problem: str, *, give_up: bool = False) -> None:
        attempts = row.attempts + 1
        with self._units() as uow:
            if give_up and attempts >= GIVE_UP:
                uow.due.finish(row, failed=True)
                log.error(
                    "due row given up", extra={"row_id": row.id, "kind": row.kind.value, "problem": problem}
                )
                return
            uow.due.postpone(row, due_at=self._clock.now() + wait_before(attempts), attempts=attempts)
