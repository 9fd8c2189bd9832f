"""What people at the desk do to a case.

Invariants: above the automatic limit two different people must approve the same amount (one suffices where
the pack says so); an appeal is decided by another person than the one who rejected; amounts stay within
what can still be paid back on the order; the buyer is told of every outcome, in words that were looked over.
"""

from __future__ import annotations

from dataclasses import replace

from tuika.errors import Conflict, InputError
from tuika.money import Money
from tuika.policy.model import EvidenceKind
from tuika.refunds import telling
from tuika.refunds.due import DueKind
from tuika.refunds.events import CaseEventType
from tuika.refunds.model import Actor, PendingApproval, RefundCase
from tuika.refunds.offers import OfferKind
from tuika.refunds.outbox import OpKind, OpState, operation_key
from tuika.refunds.ports import RefundStore
from tuika.refunds.settlement import Settlement
from tuika.refunds.states import CaseState
from tuika.refunds.transitions import allowed, target
from tuika.safety.outgoing import without_secrets


class DeskSteps(Settlement):
    def approve(
        self, uow: RefundStore, case_no: str, *, amount: Money | None = None, note: str = "", actor: Actor
    ) -> RefundCase:
        """Approve at ``amount`` (else the pending one, else what was asked).

        Above the limit the first call only notes ``refund.case.approval_requested``; a second person executes.
        Raises Conflict on a wrong state or the same person twice, InputError for an amount out of range.
        """
        case = self.locked(uow, case_no)
        if case.state is CaseState.NEGOTIATING:
            raise Conflict("方案还在等买家答复；买家答复或到期之后再审核")
        chosen = amount or (case.pending.amount if case.pending else case.amount)
        step = replace(self.step(uow, case, actor), amount=chosen)
        if amount is not None and allowed(case, CaseEventType.APPROVED):
            self.check_amount(uow, case, amount)
        target(case, CaseEventType.APPROVED, step)  # raises before anything is written
        detail: dict[str, object] = {"amount_fen": chosen.fen, "note": without_secrets(note[:500])}
        if self._waits_for_second(uow, case, chosen, actor):
            pending = PendingApproval(str(actor), chosen)
            return self.record(uow, case, CaseEventType.APPROVAL_REQUESTED, actor, detail, pending=pending)
        if case.pending is not None:
            detail["first"] = case.pending.by
        case = self.move(uow, case, CaseEventType.APPROVED, step, detail=detail, approved_amount=chosen)
        self.tell(uow, case, telling.approved(case, self.pack_of(uow, case)))
        return case

    def _waits_for_second(self, uow: RefundStore, case: RefundCase, amount: Money, actor: Actor) -> bool:
        values = self.pack_of(uow, case).values
        if not values.two_people.value or amount <= values.auto_limit:
            return False
        if case.pending is None or case.pending.amount != amount:
            return True
        if case.pending.by == str(actor):
            raise Conflict("超过自动上限的退款要由另一位同事再确认一次，您已经确认过了")
        return False

    def reject(self, uow: RefundStore, case_no: str, *, reason: str, actor: Actor) -> RefundCase:
        """Reject with a reason that the buyer is told."""
        case = self.locked(uow, case_no)
        reason = reason.strip()[:500]
        if not reason:
            raise InputError("请写明驳回的原因，买家会看到", field="reason")
        self._look_over(case, reason)
        return self.rejected(uow, case, actor, reason)

    def rejected(
        self, uow: RefundStore, case: RefundCase, actor: Actor, reason: str, *, by: str = "review"
    ) -> RefundCase:
        """Reject and tell; ``by``: review, evidence, consent."""
        case = self.move(
            uow,
            case,
            CaseEventType.REJECTED,
            self.step(uow, case, actor),
            detail={"reason": reason, "by": by},
            rejected_by=str(actor),
            reject_reason=reason,
            redecide_at=None,
        )
        self.tell(uow, case, telling.rejected(case, self.pack_of(uow, case), by=by))
        return case

    def request_evidence(
        self, uow: RefundStore, case_no: str, *, kinds: tuple[EvidenceKind, ...], actor: Actor
    ) -> RefundCase:
        """Ask the buyer for more; the case returns to where it was when that is there."""
        case = self.locked(uow, case_no)
        if not kinds:
            raise InputError("请选择要补充的材料", field="kinds")
        resume = case.resume if case.state is CaseState.NEEDS_EVIDENCE else case.state
        wanted = tuple(dict.fromkeys((*case.evidence_wanted, *kinds)))
        case = self.move(
            uow,
            case,
            CaseEventType.EVIDENCE_REQUESTED,
            self.step(uow, case, actor),
            detail={"kinds": [kind.value for kind in kinds]},
            evidence_wanted=wanted,
            resume=resume,
        )
        self.tell(uow, case, telling.evidence_wanted(case))
        return case

    def negotiate(
        self,
        uow: RefundStore,
        case_no: str,
        *,
        kind: OfferKind,
        amount: Money | None = None,
        text: str = "",
        actor: Actor,
    ) -> RefundCase:
        """Offer the buyer a settlement."""
        case = self.locked(uow, case_no)
        self._look_over(case, text)
        return self.make_offer(uow, case, kind=kind, amount=amount, text=text, actor=actor)

    def _look_over(self, case: RefundCase, text: str) -> None:
        """Words that the buyer will read. Raises InputError for what must not leave."""
        own = {case.order_no.upper(), case.case_no.upper()}
        self.tools.words(text, platform=case.platform, known=lambda value: value.upper() in own)

    def mark_paid(
        self, uow: RefundStore, case_no: str, *, trade_no: str, amount: Money, actor: Actor
    ) -> RefundCase:
        """Record a payout that a person made. Raises Conflict while the shop may be paying it itself."""
        case = self.locked(uow, case_no)
        if case.state in (CaseState.APPROVED, CaseState.PAYING):
            if not Money(0) < amount <= case.due_amount:
                raise InputError(f"金额必须大于 0，且不超过核准的 {case.due_amount}", field="amount_fen")
            self._stop_payout(uow, case, trade_no)
        detail = {"amount_fen": amount.fen, "trade_no": trade_no, "by": "desk"}
        now = self._clock.now()
        case = self.move(
            uow,
            case,
            CaseEventType.PAID,
            self.step(uow, case, actor),
            detail=detail,
            paid_amount=amount,
            paid_at=now,
            trade_no=trade_no,
            executed_at=case.executed_at or now,
        )
        self.tell(uow, case, telling.paid(case))
        if amount < case.due_amount:
            short = case.due_amount - amount
            self.urgent(uow, case, "退款少打", f"核准 {case.due_amount}，实打 {amount}，还差 {short}")
        return case

    def _stop_payout(self, uow: RefundStore, case: RefundCase, trade_no: str) -> None:
        """Take back a payout order that was never sent; one that may be under way must be resolved first.

        One that the shop has accepted and watches ends by itself, or by its own serial, or past its bound.
        """
        operation = uow.outbox.by_key(operation_key(OpKind.PAY, case.case_no), lock=True)
        if operation is None:
            return
        if operation.state is OpState.SENT:
            raise Conflict("系统打款的结果还在向店铺确认，确认之前不能登记人工打款，以免重复")
        watched = case.deadline is not None and uow.due.waiting(DueKind.PAYOUT_CHECK, operation.id)
        if operation.state is OpState.DONE and watched and trade_no != case.trade_no:
            raise Conflict(
                "店铺已经打出这笔退款，正在等到账；为免退两次，到账期限之前只能用店铺给的流水号登记"
            )
        if operation.state is OpState.PENDING:
            uow.outbox.save(replace(operation, state=OpState.CANCELLED))
            uow.due.cancel(operation.id, (DueKind.OUTBOX,))
        uow.due.cancel(operation.id, (DueKind.PAYOUT_CHECK,))
