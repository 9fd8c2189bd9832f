"""A case with every field set, for the tests of its storage."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tuika.evidence.model import EvidenceRef
from tuika.money import Money
from tuika.orders.model import KeyCheck, KeyState, PayChannel, ProductType
from tuika.policy.amounts import Amounts
from tuika.policy.facts import Facts
from tuika.policy.model import Alternative, Claim, Clause, Decision, EvidenceKind, Outcome, Reason
from tuika.policy.reading import Reading
from tuika.refunds.model import CaseItem, Deadline, OrderSnapshot, PendingApproval, RefundCase, Wait
from tuika.refunds.states import CaseState

NOW = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)
FEN = Money(9800)
DECISION = Decision(
    Outcome.PLATFORM_REVIEW,
    Outcome.APPROVE,
    Reason.INVALID_CARD_KEY,
    Reason.INVALID_CARD_KEY,
    (Clause("key.expired", "卡密已过期", "退款规则 2"),),
    "generic",
    "1.0",
    amount=FEN,
    evidence=(EvidenceKind.KEY_ERROR,),
    alternatives=(Alternative.EXCHANGE,),
    proved=True,
    decide_again_at=NOW,
    keys=(1,),
)


def plain(case_no: str = "RF1", **change: Any) -> RefundCase:
    case = RefundCase(
        case_no=case_no,
        platform="generic",
        order_no="KM1",
        buyer_id="b1",
        conversation_id="cv_1",
        reason=Reason.INVALID_CARD_KEY,
        amount=FEN,
        state=CaseState.SUBMITTED,
        route=Outcome.PLATFORM_REVIEW,
        claim=Claim(Reason.INVALID_CARD_KEY, affected_keys=(1,)),
        decision=DECISION,
        order=OrderSnapshot(
            "Q币 100", ProductType.CARD_KEY, "m1", "闪充小店", PayChannel.ALIPAY, FEN, FEN, NOW
        ),
        filed_at=NOW,
        state_since=NOW,
    )
    return replace(case, **change)


def full(case_no: str = "RF1") -> RefundCase:
    facts = Facts(Reason.INVALID_CARD_KEY)
    return plain(
        case_no,
        consent_required=True,
        guest_key="ip:1",
        source="history",
        turn_id="tn_1",
        statement="四句话",
        contact_way="站内信",
        keys=(1, 3),
        items=(CaseItem(1, "ABCD****", KeyState.REVEALED, KeyCheck.EXPIRED, NOW, None),),
        reading=Reading(facts, NOW, Amounts(FEN, FEN, FEN, Money(0), FEN), keys=(1,), promise_ends=NOW),
        evidence=(EvidenceRef("ev_1", EvidenceKind.KEY_ERROR, "a" * 64),),
        evidence_wanted=(EvidenceKind.ORDER_PAGE,),
        resume=CaseState.APPEALED,
        deadline=Deadline(NOW + timedelta(days=3), Wait.REVIEW, estimate=True),
        redecide_at=NOW,
        pending=PendingApproval("agent:anna", FEN),
        approved_amount=FEN,
        to_balance=True,
        executed_at=NOW,
        paid_amount=Money(0),
        paid_at=NOW,
        trade_no="T1",
        appealed=True,
        rejected_by="agent:ben",
        reject_reason="看不清",
        refile_of="RF0",
        shop_ref="SR1",
        noticed_at=NOW,
    )
