"""How a case stands: one answer for every state, with its timeline.

Invariants: said from the stored case alone; each answer names what happened, what follows, by when, and
what the buyer does now; ``text`` carries the whole meaning, the card repeats it for channels that can show
one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tuika.conversations.model import Awaiting, Card, QuickReply, Say
from tuika.money import Money
from tuika.refunds.events import CaseEventType as E
from tuika.refunds.model import RefundCase
from tuika.refunds.offers import OfferKind
from tuika.refunds.states import WITHDRAWABLE, CaseState
from tuika.refunds.wording import (
    APPEAL,
    EVIDENCE,
    EVIDENCE_NOW,
    HUMAN,
    REASONS,
    STATES,
    WITHDRAW,
    by_when,
    joined,
    press,
    when,
    where_to,
)

_TIMELINE = {
    E.FILED: "提交申请",
    E.EVIDENCE_REQUESTED: "请您补充材料",
    E.EVIDENCE_ADDED: "收到您的材料",
    E.MERCHANT_ASKED: "转商家答复",
    E.MERCHANT_APPROVED: "商家同意",
    E.MERCHANT_REJECTED: "商家不同意",
    E.REVIEW_BEGUN: "进入平台审核",
    E.OFFER_MADE: "收到协商方案",
    E.OFFER_ACCEPTED: "您接受了方案",
    E.OFFER_REFUSED: "您没有接受方案",
    E.OFFER_LAPSED: "协商到期",
    E.APPROVED: "审核通过",
    E.REJECTED: "未通过",
    E.APPEALED: "提出申诉",
    E.APPEAL_RESUMED: "申诉继续复核",
    E.WITHDRAWN: "撤销申请",
    E.PAYOUT_BEGUN: "发起打款",
    E.PAID: "退款完成",
    E.SETTLED: "协商解决",
    E.DEADLINE_PASSED: "超过期限，已加急",
    E.ARRIVAL_CONFIRMED: "您确认到账",
    E.ARRIVAL_DENIED: "您反馈未到账，已加急核对",
}


def status_card(case: RefundCase) -> Card:
    """The case as card data; amounts in fen, times in RFC 3339."""
    timeline = [
        {"at": event.at.isoformat(), "text": _TIMELINE[E(event.type)], "type": event.type}
        for event in case.events
        if E(event.type) in _TIMELINE
    ]
    data: dict[str, Any] = {
        "case_no": case.case_no,
        "order_no": case.order_no,
        "product": case.order.product,
        "reason": case.reason.value,
        "reason_text": REASONS[case.reason],
        "state": case.state.value,
        "state_text": STATES[case.state],
        "amount_fen": case.due_amount.fen,
        "asked_fen": case.amount.fen,
        "paid_fen": case.paid_amount.fen if case.paid_amount else None,
        "deadline": deadline_data(case),
        "missing": [kind.value for kind in case.evidence_wanted],
        "timeline": timeline,
    }
    return Card("refund_status", data)


def deadline_data(case: RefundCase) -> dict[str, Any] | None:
    """The present deadline; ``estimate``: the calendar does not know that year's holidays yet."""
    due = case.deadline
    return {"at": due.at.isoformat(), "what": due.what.value, "estimate": due.estimate} if due else None


def progress(case: RefundCase, now: datetime) -> Say:
    """How the case stands at ``now``."""
    head = f"申请 {case.case_no}（{case.order.product}，{case.due_amount}）：{STATES[case.state]}。"
    return Say(
        head + stands(case, now),
        card=status_card(case),
        quick_replies=replies(case),
        awaiting=awaiting(case),
    )


def stands(case: RefundCase, now: datetime) -> str:
    """What follows and what to do, without the case's name."""
    return _STANDS[case.state](case, now)


def awaiting(case: RefundCase) -> Awaiting | None:
    """What the buyer is asked for in this state."""
    if case.state is CaseState.NEEDS_EVIDENCE:
        return Awaiting.EVIDENCE
    if case.state is CaseState.NEGOTIATING and not case_accepted(case):
        return Awaiting.CHOICE
    return None


def replies(case: RefundCase) -> tuple[QuickReply, ...]:
    """What the buyer can do in this state, by a press."""
    number = case.case_no
    special: dict[CaseState, tuple[QuickReply, ...]] = {
        CaseState.NEEDS_EVIDENCE: (EVIDENCE_NOW,),
        CaseState.PAID: (
            press("到账了", "arrived", case_no=number),
            press("没收到", "not_arrived", case_no=number),
        ),
        CaseState.REJECTED: () if case.appealed else (APPEAL,),
    }
    if case.state is CaseState.NEGOTIATING and not case_accepted(case):
        special[case.state] = offer_replies(number)
    if case.state is CaseState.PAID and case.happened(E.ARRIVAL_CONFIRMED):
        special[case.state] = ()
    withdraw = (WITHDRAW,) if case.state in WITHDRAWABLE else ()
    return (*special.get(case.state, ()), *withdraw, HUMAN)


def offer_replies(case_no: str) -> tuple[QuickReply, ...]:
    return (
        press("接受方案", "offer_accept", case_no=case_no),
        press("不接受", "offer_refuse", case_no=case_no),
    )


def case_accepted(case: RefundCase) -> bool:
    """Whether the buyer has said yes to the offer that is on the table."""
    for event in reversed(case.events):
        if event.type in (E.OFFER_ACCEPTED, E.OFFER_MADE):
            return event.type == E.OFFER_ACCEPTED
    return False


def missing_names(case: RefundCase) -> str:
    return joined([EVIDENCE[kind] for kind in case.evidence_wanted])


def _needs_evidence(case: RefundCase, now: datetime) -> str:
    return (
        f"还差{missing_names(case)}，请在 {by_when(case.deadline)}把截图直接发到这里（卡密请打码），收齐后马上继续处理；"
        "到期没有补齐会因材料不足结束。"
    )


def _merchant(case: RefundCase, now: datetime) -> str:
    due = by_when(case.deadline)
    if case.consent_required:
        return f"这种情况要商家同意才能退，商家最迟 {due}答复；不同意或没有答复就会结束，到时我会告诉您还能怎么办。现在不用做什么。"
    silence = "按记录直接通过" if case.decision.proved and not case.decision.supervised else "由平台接手审核"
    return (
        f"商家最迟 {due}答复；拒绝会转平台审核，到期不答复则{silence}。现在不用做什么，有结果我马上通知您。"
    )


def _platform(case: RefundCase, now: datetime) -> str:
    if case.deadline is None:
        return "审核超过了约定的时间，已经转主管加急处理，结果出来马上通知您。抱歉让您久等，现在不用做什么。"
    return f"最迟 {by_when(case.deadline)}给结果（按工作日算）。期间可能会请您补充材料，请留意这里的消息；现在不用做什么。"


def _negotiating(case: RefundCase, now: datetime) -> str:
    if case_accepted(case):
        return f"您已接受换货，商家最迟 {by_when(case.deadline)}补发新的卡密；到期没有补发就转平台审核。现在不用做什么。"
    return f"对方提出的协商方案：{_offered(case)}。请在 {by_when(case.deadline)}回复“接受”或“不接受”；不接受或到期没回复，会转平台审核，不影响您的退款申请。"


def _offered(case: RefundCase) -> str:
    """The terms of the offer on the table."""
    made = [event.detail for event in case.events if event.type == E.OFFER_MADE]
    fen = made[-1].get("amount_fen") if made else None
    if fen is not None:
        return f"退款 {Money(int(fen))}（申请 {case.amount}）"
    return "换一张新的卡密" if made and made[-1].get("kind") == OfferKind.EXCHANGE else "延长使用期限"


def _approved(case: RefundCase, now: datetime) -> str:
    overdue = case.deadline is None or case.deadline.at <= now
    if overdue:
        return (
            f"同意退款 {case.due_amount}，打款比约定的慢了，已经加急催办，打出后马上通知您。现在不用做什么。"
        )
    return f"同意退款 {case.due_amount}，退到{where_to(case)}，最迟 {by_when(case.deadline)}发起打款，打出后马上通知您。现在不用做什么。"


def _paying(case: RefundCase, now: datetime) -> str:
    if case.deadline is None:
        return f"{case.due_amount} 的打款已发起，但超过了到账期限还没有到账的确认，已经加急核对，有结果马上通知您。"
    return (
        f"{case.due_amount} 的打款已发起，退到{where_to(case)}，最迟 {by_when(case.deadline)}到账；"
        "到账后我会通知您，请到时看一下账户。"
    )


def _paid(case: RefundCase, now: datetime) -> str:
    amount = case.paid_amount or case.due_amount
    at = f"{when(case.paid_at)} " if case.paid_at else ""
    serial = f"，流水号 {case.trade_no}" if case.trade_no else ""
    told = f"{at}已将 {amount} 退到{where_to(case)}{serial}。"
    if case.happened(E.ARRIVAL_CONFIRMED):
        return told + "您已确认到账，这件事办完了。"
    if case.happened(E.ARRIVAL_DENIED):
        return told + "您反馈没有到账，工作人员正在向支付渠道核对，结果会在这里告诉您。"
    return told + "请看一下账户：到账了点“到账了”，没收到或金额不对点“没收到”。"


def _settled(case: RefundCase, now: datetime) -> str:
    return "已按商定的方案解决。之后还有问题，随时告诉我。"


def _rejected(case: RefundCase, now: datetime) -> str:
    if case.appealed:
        rest = "申诉机会已经用过；仍有异议可以转人工，或向消费者协会、12315 反映。"
    else:
        rest = "有之前没交过的新材料，可以申诉一次，由另一位审核员复核；也可以转人工说明情况。"
    return f"原因：{case.reject_reason or '未说明'}。{rest}"


def _appealed(case: RefundCase, now: datetime) -> str:
    if case.deadline is None:
        return "申诉复核超过了约定的时间，已经转主管加急处理，结果出来马上通知您。现在不用做什么。"
    return f"由另一位审核员复核，最迟 {by_when(case.deadline)}给结果（按工作日算），结果会主动通知您。现在不用做什么。"


_STANDS: dict[CaseState, Callable[[RefundCase, datetime], str]] = {
    CaseState.SUBMITTED: lambda case, now: "已经收到，马上开始处理，有进展会通知您。",
    CaseState.NEEDS_EVIDENCE: _needs_evidence,
    CaseState.MERCHANT_REVIEW: _merchant,
    CaseState.PLATFORM_REVIEW: _platform,
    CaseState.NEGOTIATING: _negotiating,
    CaseState.APPROVED: _approved,
    CaseState.PAYING: _paying,
    CaseState.PAID: _paid,
    CaseState.SETTLED: _settled,
    CaseState.REJECTED: _rejected,
    CaseState.APPEALED: _appealed,
    CaseState.WITHDRAWN: lambda case, now: "您已撤销，不再处理。问题又出现的话，可以随时重新申请。",
}
