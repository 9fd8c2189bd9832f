"""What happens when a time is over: section 3 of the rules, deadline by deadline.

Invariants: a deadline that no longer belongs to the case's state does nothing; the platform's own deadlines
(review, payout, arrival, appeal) move nothing by themselves: they open one urgent ticket and the buyer is
told, once; every other one moves the case and the buyer is told.
"""

from __future__ import annotations

from dataclasses import replace

from tuika.orders.model import Order
from tuika.policy.model import Outcome
from tuika.refunds import telling
from tuika.refunds.deadlines import NOTICE_EVERY
from tuika.refunds.due import DueKind, DueRow
from tuika.refunds.events import CaseEventType
from tuika.refunds.model import SYSTEM, RefundCase, Wait
from tuika.refunds.offers import OfferState
from tuika.refunds.payout import ShopOutcomes
from tuika.refunds.ports import RefundStore
from tuika.refunds.states import REVIEW_STATES

NO_EVIDENCE = "没有在期限内补齐审核需要的材料"
_OVERDUE = {
    Wait.REVIEW: ("审核超时", "平台审核的期限已过，还没有结果，请主管处理"),
    Wait.APPEAL: ("申诉复核超时", "申诉复核的期限已过，还没有结果，请主管处理"),
    Wait.PAYOUT: ("打款超时", "核准后一直没有打款，请马上处理"),
    Wait.ARRIVAL: ("退款超时未到账", "打款已过到账期限，店铺还没有确认到账，请向支付渠道核对"),
}


class Lapses(ShopOutcomes):
    def deadline_passed(
        self, uow: RefundStore, case_no: str, wait: Wait, *, heard: bool = True
    ) -> RefundCase | None:
        """``heard``: whether the shop could be asked for the answer. None: nothing was to be done."""
        case = self.locked(uow, case_no)
        if case.deadline is None or case.deadline.what is not wait:
            return None
        if wait is Wait.EVIDENCE:
            return self.rejected(uow, case, SYSTEM, NO_EVIDENCE, by="evidence")
        if wait is Wait.MERCHANT:
            return self.merchant_silent(uow, case, heard=heard)
        if wait is Wait.NEGOTIATION:
            return self._offer_lapsed(uow, case)
        return self._overdue(uow, case, wait)

    def _offer_lapsed(self, uow: RefundStore, case: RefundCase) -> RefundCase:
        offer = uow.offers.last(case.case_no, OfferState.OPEN)
        if offer is not None:
            uow.offers.save(replace(offer, state=OfferState.LAPSED))
        detail = {"offer": offer.id} if offer else {}
        case = self.record(uow, case, CaseEventType.OFFER_LAPSED, SYSTEM, detail)
        return self.to_platform(uow, case, SYSTEM, why="lapsed" if offer else "no_key")

    def _overdue(self, uow: RefundStore, case: RefundCase, wait: Wait) -> RefundCase:
        assert case.deadline is not None
        detail = {"what": wait.value, "due": case.deadline.at.isoformat()}
        case = self.record(uow, case, CaseEventType.DEADLINE_PASSED, SYSTEM, detail, deadline=None)
        reason, brief = _OVERDUE[wait]
        self.urgent(uow, case, reason, brief)
        self.tell(uow, case, telling.overdue(case, wait))
        return case

    def follow_up(self, uow: RefundStore, case_no: str) -> None:
        """Tell the buyer how an unchanged case stands; the next time in 48 hours."""
        case = self.locked(uow, case_no)
        if not case.is_open:
            return
        now = self._clock.now()
        case = self.record(uow, case, CaseEventType.BUYER_REMINDED, SYSTEM, {}, noticed_at=now)
        self.tell(uow, case, telling.progress(case, now))
        uow.due.add(DueRow(DueKind.NOTICE, case_no, now + NOTICE_EVERY))

    def decide_again(self, uow: RefundStore, case_no: str, order: Order | None) -> RefundCase | None:
        """The second look at an undelivered case, two hours after payment, with the order as it is now.

        Still undelivered: what the rules say now (approved, or a person above a limit). Delivered meanwhile:
        the buyer hears what the records show and the case stays where it is, because only the buyer can say
        whether that settles it.
        """
        case = self.locked(uow, case_no)
        if case.state not in REVIEW_STATES or case.redecide_at is None or order is None:
            return None
        decision, reading = self.decide(
            uow,
            order,
            case.claim,
            buyer_id=case.buyer_id,
            excluding=case_no,
            pack=self.pack_of(uow, case),
        )
        detail = {"outcome": decision.outcome.value, "finding": decision.finding}
        if not decision.outcome.files:
            case = self.record(uow, case, CaseEventType.DECIDED_AGAIN, SYSTEM, detail, redecide_at=None)
            self.tell(uow, case, telling.delivered_meanwhile(case, order))
            return case
        changes = {"decision": decision, "reading": reading, "redecide_at": None}
        case = self.record(uow, case, CaseEventType.DECIDED_AGAIN, SYSTEM, detail, **changes)
        if decision.outcome is Outcome.APPROVE and decision.amount is not None:
            case = self.approved(uow, case, decision.amount, {"by": "rules"})
            self.tell(uow, case, telling.approved(case, self.pack_of(uow, case), by="rules"))
        elif (
            decision.outcome is Outcome.PLATFORM_REVIEW
            and case.deadline
            and case.deadline.what is Wait.MERCHANT
        ):
            case = self.to_platform(uow, case, SYSTEM, why="limit")
        return case
