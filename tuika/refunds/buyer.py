"""What a buyer may do to his own case. That it is his, the caller has checked.

Invariants: no message is posted here (the turn that called says what came of it); evidence counts from the
moment it was asked for; a wish is written down for the other side and promises nothing.
"""

from __future__ import annotations

from dataclasses import replace

from tuika.errors import Conflict
from tuika.evidence.model import EvidenceRef
from tuika.money import Money
from tuika.refunds.events import CaseEventType
from tuika.refunds.filing import Filing
from tuika.refunds.model import Actor, RefundCase
from tuika.refunds.ports import RefundStore
from tuika.refunds.states import CaseState

TEXT_LIMIT = 500


class BuyerSteps(Filing):
    def withdraw(self, uow: RefundStore, case_no: str, *, actor: Actor) -> RefundCase:
        """Take the request back; possible until it is approved."""
        case = self.locked(uow, case_no)
        return self.move(
            uow,
            case,
            CaseEventType.WITHDRAWN,
            self.step(uow, case, actor),
            evidence_wanted=(),
            redecide_at=None,
        )

    def add_evidence(
        self, uow: RefundStore, case_no: str, refs: tuple[EvidenceRef, ...], *, actor: Actor
    ) -> RefundCase:
        """Add pictures; when nothing is missing any more, the case goes on its way."""
        case = self.locked(uow, case_no)
        known = {ref.id for ref in case.evidence}
        fresh = tuple(ref for ref in refs if ref.id not in known)
        if not fresh:
            return case
        uow.evidence.attach(tuple(ref.id for ref in fresh), case.case_no)
        brought = {ref.kind for ref in fresh}
        case = self.record(
            uow,
            case,
            CaseEventType.EVIDENCE_ADDED,
            actor,
            {"evidence": [ref.id for ref in fresh], "kinds": sorted(kind.value for kind in brought)},
            evidence=(*case.evidence, *fresh),
            evidence_wanted=tuple(kind for kind in case.evidence_wanted if kind not in brought),
        )
        if case.state is CaseState.NEEDS_EVIDENCE and not case.evidence_wanted:
            return self.routed(uow, case)
        return case

    def note(self, uow: RefundStore, case_no: str, text: str, *, actor: Actor) -> RefundCase:
        """Write something down for whoever handles the case."""
        case = self.locked(uow, case_no)
        return self.record(uow, case, CaseEventType.NOTE_ADDED, actor, {"text": text[:TEXT_LIMIT]})

    def propose(
        self, uow: RefundStore, case_no: str, *, kind: str, amount: Money | None, text: str, actor: Actor
    ) -> RefundCase:
        """The buyer's own wish for a settlement: exchange, part of the money, more time."""
        case = self.locked(uow, case_no)
        detail = {"kind": kind, "amount_fen": amount.fen if amount else None, "text": text[:TEXT_LIMIT]}
        return self.record(uow, case, CaseEventType.WISH_RECORDED, actor, detail)

    def appeal(
        self, uow: RefundStore, case_no: str, *, text: str, refs: tuple[EvidenceRef, ...], actor: Actor
    ) -> RefundCase:
        """Appeal against a rejection, once, with evidence the case did not have."""
        case = self.locked(uow, case_no)
        other = uow.cases.open_of_order(case.platform, case.order_no)
        if case.state is CaseState.REJECTED and other is not None:
            raise Conflict("这笔订单已有处理中的申请，新材料请补充到那一份里", case_no=other.case_no)
        known = {ref.sha256 for ref in case.evidence}
        fresh = tuple(ref for ref in refs if ref.sha256 not in known)
        step = replace(self.step(uow, case, actor), fresh_evidence=bool(fresh))
        case = self.move(
            uow,
            case,
            CaseEventType.APPEALED,
            step,
            detail={"text": text[:TEXT_LIMIT], "evidence": [ref.id for ref in fresh]},
            appealed=True,
            evidence=(*case.evidence, *fresh),
            evidence_wanted=(),
        )
        uow.evidence.attach(tuple(ref.id for ref in fresh), case.case_no)
        return case

    def report_arrival(
        self, uow: RefundStore, case_no: str, *, received: Money | None, actor: Actor
    ) -> RefundCase:
        """What the buyer says arrived of a paid refund; nothing or too little is for a person, once a case."""
        case = self.locked(uow, case_no)
        due = case.paid_amount or case.due_amount
        got = received or Money(0)
        detail = {"received_fen": got.fen, "due_fen": due.fen}
        if got >= due:
            return self.record(uow, case, CaseEventType.ARRIVAL_CONFIRMED, actor, detail)
        first = not case.happened(CaseEventType.ARRIVAL_DENIED)
        case = self.record(uow, case, CaseEventType.ARRIVAL_DENIED, actor, detail)
        if first:
            said = f"买家只收到 {got}，应到 {due}" if got else f"买家说应到的 {due} 没有到账"
            paid = f"打款流水 {case.trade_no}" if case.trade_no else "没有打款流水"
            self.urgent(uow, case, "退款未到账", f"{said}；{paid}，请向支付渠道核对")
        return case
