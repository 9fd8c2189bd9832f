"""What a merchant says to a case, and what his silence means.

Invariants: an explicit yes approves, above the limit too; silence approves only what the records prove,
within the limit, and where the pack says so; a consent that is not given is a no. While the platform
reviews, a merchant's word is written down for the reviewer and decides nothing; an offer is put to the
buyer.
"""

from __future__ import annotations

from dataclasses import replace

from tuika.money import Money
from tuika.refunds import telling
from tuika.refunds.desk import DeskSteps
from tuika.refunds.events import CaseEventType
from tuika.refunds.gateway import AnswerKind, MerchantAnswer
from tuika.refunds.history import recent_refunds
from tuika.refunds.model import SYSTEM, Actor, RefundCase
from tuika.refunds.offers import OfferKind
from tuika.refunds.ports import RefundStore
from tuika.refunds.states import REVIEW_STATES, CaseState
from tuika.safety.outgoing import without_secrets

NO_CONSENT = "这种情况要商家同意才能退，商家没有同意"


class MerchantSteps(DeskSteps):
    def merchant_answer(self, uow: RefundStore, case_no: str, answer: MerchantAnswer) -> RefundCase:
        """Take a merchant's answer; one that comes when nothing is asked of him is only written down."""
        case = self.locked(uow, case_no)
        answer = replace(
            answer, note=without_secrets(answer.note)
        )  # whoever sent it: an inbox or a shop's API
        actor = Actor.merchant(case.order.merchant_id)
        if answer.kind is AnswerKind.SETTLE and self._can_offer(uow, case, answer.amount):
            return self.make_offer(
                uow, case, kind=OfferKind.PARTIAL, amount=answer.amount, text=answer.note, actor=actor
            )
        agreed = answer.kind is AnswerKind.APPROVE
        event = CaseEventType.MERCHANT_APPROVED if agreed else CaseEventType.MERCHANT_REJECTED
        detail = {"said": answer.kind.value, "at": answer.at.isoformat(), "note": answer.note}
        if answer.amount is not None:
            detail["amount_yuan"] = answer.amount.yuan
        case = self.record(uow, case, event, actor, detail)
        if case.state is not CaseState.MERCHANT_REVIEW:
            return case
        return self._agreed(uow, case, actor) if agreed else self._declined(uow, case, actor)

    def _can_offer(self, uow: RefundStore, case: RefundCase, amount: Money | None) -> bool:
        if case.state not in REVIEW_STATES or amount is None:
            return False
        return Money(0) < amount <= self.owed(uow, case)

    def _agreed(self, uow: RefundStore, case: RefundCase, actor: Actor) -> RefundCase:
        amount = min(case.amount, self.owed(uow, case))
        case = self.move(
            uow,
            case,
            CaseEventType.APPROVED,
            self.step(uow, case, actor, amount),
            detail={"amount_fen": amount.fen, "by": "merchant"},
            approved_amount=amount,
        )
        self.tell(uow, case, telling.approved(case, self.pack_of(uow, case), by="merchant"))
        return case

    def _declined(self, uow: RefundStore, case: RefundCase, actor: Actor) -> RefundCase:
        if case.consent_required:
            return self.rejected(uow, case, actor, NO_CONSENT, by="consent")
        return self.to_platform(uow, case, actor, why="declined")

    def to_platform(self, uow: RefundStore, case: RefundCase, actor: Actor, *, why: str) -> RefundCase:
        """The platform takes over, and the buyer hears why and until when."""
        step = self.step(uow, case, actor)
        case = self.move(uow, case, CaseEventType.REVIEW_BEGUN, step, detail={"why": why})
        self.tell(uow, case, telling.review_begun(case, why=why))
        return case

    def merchant_silent(self, uow: RefundStore, case: RefundCase, *, heard: bool = True) -> RefundCase:
        """The merchant's time is over. ``heard``: False where the shop could not be asked, so nobody knows."""
        if not heard:
            return self.to_platform(uow, case, SYSTEM, why="unreachable")
        if case.consent_required:
            return self.rejected(uow, case, SYSTEM, NO_CONSENT + "（没有按时答复）", by="consent")
        if not self._silence_approves(uow, case):
            return self.to_platform(uow, case, SYSTEM, why="silence")
        case = self.approved(uow, case, case.amount, {"by": "silence"})
        self.tell(uow, case, telling.approved(case, self.pack_of(uow, case), by="silence"))
        return case

    def _silence_approves(self, uow: RefundStore, case: RefundCase) -> bool:
        pack = self.pack_of(uow, case)
        values = pack.values
        if not (values.silence_approves.value and case.decision.proved) or case.decision.supervised:
            return False
        if case.amount > min(values.auto_limit, self.owed(uow, case)):
            return False
        if case.buyer_id is None:
            return True
        others = [c for c in uow.cases.of_buyer(case.platform, case.buyer_id) if c.case_no != case.case_no]
        return recent_refunds(others, self._clock.now(), pack) < values.recent_refund_limit.value
