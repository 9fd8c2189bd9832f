"""A merchant's own side: his queue, his answers, his counter-evidence, his figures.

Invariants: a merchant sees and answers his own cases on his own platform and nobody else's, and another's is the same "not
found" as none; an answer counts once, while he is asked; what he brings is for the reviewer and decides nothing by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tuika.clock import Clock
from tuika.errors import Conflict, InputError, NotFound
from tuika.money import Money
from tuika.refunds.events import CaseEventType
from tuika.refunds.gateway import AnswerKind, MerchantAnswer
from tuika.refunds.model import Actor, RefundCase
from tuika.refunds.ports import RefundStore
from tuika.refunds.service import Refunds
from tuika.refunds.states import REFUNDED_STATES, WITHDRAWABLE, CaseState
from tuika.safety.outgoing import without_secrets

PERIOD = timedelta(days=30)
MOST_AT_ONCE = 50
NOTE_CHARS = 500
_SILENT = ("silence", "unreachable")


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who is logged in: a merchant of a platform."""

    platform: str
    id: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the last thirty days: cases that asked him, how they went."""

    asked: int
    refunded: int
    timed_out: int

    @property
    def refund_rate(self) -> int:
        """Percent, rounded; 0 where nothing was asked."""
        return round(100 * self.refunded / self.asked) if self.asked else 0

    @property
    def timeout_rate(self) -> int:
        return round(100 * self.timed_out / self.asked) if self.asked else 0


class MerchantInbox:
    def __init__(self, refunds: Refunds, clock: Clock) -> None:
        self._refunds = refunds
        self._clock = clock

    def queue(self, uow: RefundStore, merchant: Merchant) -> list[RefundCase]:
        """Open cases about his goods: those that ask him first, by deadline."""
        cases = uow.cases.of_merchant(merchant.platform, merchant.id, open_only=True)
        return sorted(
            cases, key=lambda case: (not asks(case), case.deadline.at if case.deadline else case.filed_at)
        )

    def case(self, uow: RefundStore, merchant: Merchant, case_no: str) -> RefundCase:
        """Raises NotFound for another's."""
        case = uow.cases.get(case_no)
        if case is None or (case.platform, case.order.merchant_id) != (merchant.platform, merchant.id):
            raise NotFound("没有这份退款申请")
        return case

    def answer(
        self,
        uow: RefundStore,
        merchant: Merchant,
        case_no: str,
        *,
        kind: AnswerKind,
        amount: Money | None = None,
        note: str = "",
    ) -> RefundCase:
        """Agree, decline or offer. Raises Conflict where he is not asked any more, InputError for a bad amount."""
        self.case(uow, merchant, case_no)
        case = self._refunds.locked(uow, case_no)
        if not asks(case):
            raise Conflict("这份申请现在不等您答复，请刷新后再看", case_no=case_no)
        if kind is AnswerKind.SETTLE:
            if amount is None:
                raise InputError("部分退款要写明金额", field="amount")
            self._refunds.check_amount(uow, case, amount)
        answer = MerchantAnswer(
            kind, self._clock.now(), amount if kind is AnswerKind.SETTLE else None, note.strip()[:NOTE_CHARS]
        )
        return self._refunds.merchant_answer(uow, case_no, answer)

    def add_evidence(
        self, uow: RefundStore, merchant: Merchant, case_no: str, *, evidence_id: str | None, note: str
    ) -> RefundCase:
        """Counter-evidence while the case is undecided. Raises Conflict once it is."""
        self.case(uow, merchant, case_no)
        case = self._refunds.locked(uow, case_no)
        if case.state not in WITHDRAWABLE:
            raise Conflict("这份申请已经有结果，不能再补充材料", case_no=case_no)
        note = without_secrets(note.strip()[:NOTE_CHARS])
        if not note and evidence_id is None:
            raise InputError("请写明情况或上传图片", field="note")
        detail = {"note": note, "evidence": evidence_id}
        return self._refunds.record(
            uow, case, CaseEventType.MERCHANT_EVIDENCE, Actor.merchant(merchant.id), detail
        )

    def figures(self, uow: RefundStore, merchant: Merchant) -> Figures:
        since = self._clock.now() - PERIOD
        cases = [
            case
            for case in uow.cases.of_merchant(merchant.platform, merchant.id)
            if case.filed_at >= since and case.happened(CaseEventType.MERCHANT_ASKED)
        ]
        return Figures(
            asked=len(cases),
            refunded=sum(1 for case in cases if case.state in REFUNDED_STATES),
            timed_out=sum(1 for case in cases if timed_out(case)),
        )


def asks(case: RefundCase) -> bool:
    """Whether the case waits for the merchant's word."""
    return case.state is CaseState.MERCHANT_REVIEW


def timed_out(case: RefundCase) -> bool:
    """Whether his time ran out without a word of his."""
    return any(
        e.actor == "system"
        and (
            e.detail.get("by") == "silence"
            or e.detail.get("why") in _SILENT
            or e.detail.get("by") == "consent"
        )
        for e in case.events
    )
