"""What the shop did with our calls: filing heard, payout begun, arrived, failed or late.

Invariants: called inside a transaction with an outcome that is already known, never before; "paid" is only
written when the shop says that the money arrived; a failed payout leaves the case approved and goes to
people, never to a second attempt under another key.
"""

from __future__ import annotations

from datetime import timedelta

from tuika.refunds import telling
from tuika.refunds.due import DueKind, DueRow
from tuika.refunds.events import CaseEventType
from tuika.refunds.gateway import FilingReceipt, PayoutReceipt, PayoutState
from tuika.refunds.merchant import MerchantSteps
from tuika.refunds.model import SYSTEM, Actor, Funds, Payee, RefundCase
from tuika.refunds.outbox import Operation, OpKind
from tuika.refunds.ports import RefundStore
from tuika.refunds.states import CaseState

CHECK_AGAIN = timedelta(hours=1)


class ShopOutcomes(MerchantSteps):
    def filing_heard(self, uow: RefundStore, operation: Operation, receipt: FilingReceipt) -> RefundCase:
        """The shop has the case; it is asked for the merchant's answer when it said so."""
        case = self.locked(uow, operation.case_no)
        detail = {"shop_ref": receipt.shop_ref}
        case = self.record(uow, case, CaseEventType.MERCHANT_TOLD, SYSTEM, detail, shop_ref=receipt.shop_ref)
        if receipt.answer_due is not None and case.is_open:
            at = max(receipt.answer_due, self._clock.now())
            uow.due.add(DueRow(DueKind.SHOP_POLL, case.case_no, at))
        return case

    def payout_known(self, uow: RefundStore, operation: Operation, receipt: PayoutReceipt) -> RefundCase:
        """What the shop says about a payout now, the first time or later."""
        case = self.locked(uow, operation.case_no)
        begun = case.state is CaseState.APPROVED
        if begun:
            case = self.move(
                uow,
                case,
                CaseEventType.PAYOUT_BEGUN,
                self.step(uow, case, SYSTEM),
                detail={"trade_no": receipt.trade_no, "amount_fen": case.due_amount.fen},
                trade_no=receipt.trade_no,
                executed_at=self._clock.now(),
            )
        if case.state is not CaseState.PAYING:
            return case  # a person was faster
        if receipt.state is PayoutState.PAID:
            return self._arrived(uow, case, receipt)
        if receipt.next_check is not None:
            now = self._clock.now()
            at = receipt.next_check if receipt.next_check > now else now + CHECK_AGAIN
            uow.due.add(DueRow(DueKind.PAYOUT_CHECK, operation.id, at))
        if begun:
            self.tell(uow, case, telling.paying(case, self.pack_of(uow, case), arrives_at=receipt.arrives_at))
        return case

    def _arrived(self, uow: RefundStore, case: RefundCase, receipt: PayoutReceipt) -> RefundCase:
        amount = case.due_amount
        now = self._clock.now()
        case = self.move(
            uow,
            case,
            CaseEventType.PAID,
            self.step(uow, case, SYSTEM),
            detail={"amount_fen": amount.fen, "trade_no": receipt.trade_no, "by": "shop"},
            paid_amount=amount,
            paid_at=min(receipt.arrives_at or now, now),
            trade_no=receipt.trade_no,
        )
        self.tell(uow, case, telling.paid(case))
        return case

    def funds_moved(self, uow: RefundStore, operation: Operation, funds: Funds) -> RefundCase:
        """The shop holds, released or took the merchant's money."""
        case = self.locked(uow, operation.case_no)
        detail = {"funds": funds.value, "amount_fen": operation.request.get("amount_fen")}
        return self.record(uow, case, CaseEventType.FUNDS_MOVED, SYSTEM, detail, funds=funds)

    def give_payee(
        self, uow: RefundStore, case_no: str, *, secret_id: str, masked: str, actor: Actor
    ) -> RefundCase:
        """Where a person shall pay; the account is in the vault. Raises Conflict once it is paid."""
        case = self.locked(uow, case_no)
        payee = Payee(secret_id, masked)
        detail = {"masked": masked}
        return self.record(uow, case, CaseEventType.PAYEE_GIVEN, actor, detail, payee=payee)

    def call_failed(self, uow: RefundStore, operation: Operation, problem: str) -> RefundCase:
        """The shop refused, or tries ran out: people go on from here."""
        case = self.locked(uow, operation.case_no)
        detail = {"call": operation.kind.value, "problem": problem[:300]}
        case = self.record(uow, case, CaseEventType.CALL_FAILED, SYSTEM, detail)
        if operation.kind is OpKind.PAY:
            brief = f"系统打款没有成功（{problem[:100]}），请核实后人工打款并登记流水号"
            self.urgent(uow, case, "打款失败", brief)
            self.tell(uow, case, telling.payout_failed(case))
        elif operation.kind is OpKind.DEDUCT:
            self.urgent(
                uow, case, "货款扣回失败", f"店铺没有从商家货款里扣回退款（{problem[:100]}），请人工核对"
            )
        elif operation.kind is OpKind.FILE and case.is_open:
            self.urgent(
                uow, case, "申请未能送达商家", f"店铺没有收下这份申请（{problem[:100]}），请人工联系商家"
            )
        return case

    def call_delayed(self, uow: RefundStore, operation: Operation, problem: str) -> RefundCase:
        """The shop has not answered several times; people are told, tries go on."""
        case = self.locked(uow, operation.case_no)
        detail = {"call": operation.kind.value, "problem": problem[:300], "attempts": operation.attempts}
        case = self.record(uow, case, CaseEventType.CALL_DELAYED, SYSTEM, detail)
        if operation.kind is OpKind.PAY:
            self.urgent(uow, case, "打款结果不明", "店铺多次没有回应，系统会用同一编号继续确认；请勿另行打款")
            self.tell(uow, case, telling.payout_delayed(case))
        return case

    def payout_unknown(self, uow: RefundStore, operation: Operation) -> RefundCase:
        """The shop no longer knows a payout that it had acknowledged."""
        return self.call_failed(uow, operation, f"店铺查不到已受理的打款 {operation.key}")
