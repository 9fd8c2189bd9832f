"""Coming back to a buyer who was told to wait: too early to claim, so the desk looks again in time.

Invariants: one watch per conversation, order and reason; it files nothing and promises nothing; what it
tells is read from the shop at that moment; it says nothing once a case is open on the order.
"""

from __future__ import annotations

from datetime import datetime

from tuika.orders.model import Order
from tuika.policy.model import Claim, Outcome, Reason
from tuika.refunds import telling
from tuika.refunds.due import DueKind, DueRow
from tuika.refunds.lapse import Lapses
from tuika.refunds.ports import RefundStore


class Watches(Lapses):
    def watch(
        self, uow: RefundStore, *, order: Order, reason: Reason, conversation_id: str, at: datetime
    ) -> None:
        """Look at the order again at ``at`` and tell the buyer."""
        ref = f"{conversation_id}:{order.order_no}:{reason.value}"
        if uow.due.waiting(DueKind.WATCH, ref):
            return
        payload = {
            "conversation_id": conversation_id,
            "order_no": order.order_no,
            "platform": order.platform,
            "reason": reason.value,
            "buyer_id": order.buyer_id or "",
        }
        uow.due.add(DueRow(DueKind.WATCH, ref, at, payload))

    def watched(self, uow: RefundStore, row: DueRow, order: Order | None) -> None:
        """The time has come. ``order``: as the shop has it now."""
        payload = row.payload
        if order is None or uow.cases.open_of_order(payload["platform"], payload["order_no"]) is not None:
            return
        reason = Reason(payload["reason"])
        decision, _ = self.decide(uow, order, Claim(reason))
        if decision.outcome is Outcome.WAIT:
            later = decision.retry_at
            if later is not None and later > self._clock.now():
                uow.due.add(DueRow(DueKind.WATCH, row.ref, later, payload))
            return
        conversation_id = payload["conversation_id"]
        if decision.outcome.files:
            self.tools.notices.tell(uow, conversation_id, telling.promise_passed(order, reason))
        elif order.delivered or decision.finding == "delivered":
            self.tools.notices.tell(uow, conversation_id, telling.delivered_now(order))
