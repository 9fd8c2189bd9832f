"""A shop's word that something changed there: what waits for it is looked at now instead of in its time.

Invariants: a nudge is no fact. Whatever it says, the shop is asked, and only its answer counts, so that a forged, repeated
or late one changes nothing but the moment of a question; rows are brought forward, never made anew where one waits.
"""

from __future__ import annotations

from tuika.clock import Clock
from tuika.refunds.due import DueKind, DueRow
from tuika.refunds.ports import RefundStore
from tuika.refunds.states import REVIEW_STATES


class Nudges:
    """Each step runs in the caller's transaction and tells whether anything waited for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def refund_answered(self, uow: RefundStore, platform: str, case_no: str) -> bool:
        """The merchant may have answered the case."""
        case = uow.cases.get(case_no, lock=True)
        if case is None or case.platform != platform:
            return False
        if case.state not in REVIEW_STATES or case.shop_ref is None:
            return False
        waiting = uow.due.waiting(DueKind.SHOP_POLL, case_no)
        if not waiting:
            uow.due.add(DueRow(DueKind.SHOP_POLL, case_no, self._clock.now()))
        return self._hasten(uow, waiting) or not waiting

    def payout_changed(self, uow: RefundStore, platform: str, key: str) -> bool:
        """A payout may have arrived, or failed."""
        operation = uow.outbox.by_key(key)
        case = uow.cases.get(operation.case_no, lock=True) if operation is not None else None
        if operation is None or case is None or case.platform != platform:
            return False
        return self._hasten(uow, uow.due.waiting(DueKind.PAYOUT_CHECK, operation.id))

    def order_changed(self, uow: RefundStore, platform: str, order_no: str) -> bool:
        """An order may have been delivered: whoever was told to wait for it hears now."""
        waiting = uow.due.waiting_under(DueKind.WATCH, order_no)
        mine = [
            row
            for row in waiting
            if (row.payload.get("platform"), row.payload.get("order_no")) == (platform, order_no)
        ]
        return self._hasten(uow, mine)

    def _hasten(self, uow: RefundStore, rows: list[DueRow]) -> bool:
        for row in rows:
            uow.due.hasten(row, at=self._clock.now())
        return bool(rows)
