"""What is said right after a case was filed: number, amount, what follows, by when, what to do now.

Invariant: rendered from the stored case only; "refunded" is never said here, because filing is not paying.
"""

from __future__ import annotations

from typing import Any

from tuika.conversations.model import Awaiting, Card, Say
from tuika.intake.choices import HUMAN, PROGRESS, press, wish
from tuika.intake.texts import EVIDENCE_SHORT, by_route, joined, order_data
from tuika.orders.model import Order
from tuika.policy.model import Outcome
from tuika.policy.values import Words
from tuika.refunds.progress import status_card
from tuika.refunds.wording import by_when


def filed(case: Any, order: Order, words: Words, *, offers_notices: bool = False) -> Say:
    """The case as it stands after filing; ``offers_notices``: it can be followed outside the chat too."""
    head = f"退款申请已提交，申请号 {case.case_no}，金额 {case.amount}。"
    body = _follows(case, order, words)
    wanted = case.state.value == "needs_evidence"
    return Say(
        f"{head}\n{body}\n官方退款不收任何费用，也不会让您转账、报验证码或加私人微信/QQ；遇到这种情况请立刻告诉我。",
        card=Card("refund_status", {**status_card(case).data, "order": order_data(order)}),
        quick_replies=(
            *((wish("补交材料", "submit_evidence"),) if wanted else ()),
            PROGRESS,
            *((press("离开也通知我", "notify_me"),) if offers_notices else ()),
            wish("撤销申请", "cancel_refund"),
            HUMAN,
        ),
        awaiting=Awaiting.EVIDENCE if wanted else None,
    )


def _follows(case: Any, order: Order, words: Words) -> str:
    due = f" {by_when(case.deadline)}" if case.deadline else ""
    state = case.state.value
    if state == "needs_evidence":
        names = joined([EVIDENCE_SHORT[k] for k in missing_of(case)])
        return (
            f"还差材料：{names}。请在{due}直接把截图发到这里，收齐后马上进入处理；到期没补会因材料不足被拒。"
        )
    if state == "approved" and case.by_hand:
        return f"按规则已自动通过，由工作人员打款，最迟{due}打出；打款结果会主动通知您。"
    if state in ("approved", "paying"):
        return (
            f"按规则已自动通过，正在打款到{_destination(case, order)}；打款结果会主动通知您，现在不用做什么。"
        )
    if state == "merchant_review":
        if case.route is Outcome.ASK_CONSENT:
            return f"{words.seller}最迟在{due}答复。{words.seller}同意才能退；不同意或没答复就会结束，到时我会告诉您还能怎么办。"
        return f"{words.seller}最迟在{due}答复，拒绝会转{words.reviewer}审核；有进展我会主动通知您，现在不用做什么。"
    return f"{words.reviewer}会在{due}审核完（按工作日算），结果会主动通知您，期间请留意这里的消息，可能会请您补充材料。"


def _destination(case: Any, order: Order) -> str:
    if getattr(case, "to_balance", False):
        return "平台账户余额"
    return by_route(order.pay_channel.value)


def missing_of(case: Any) -> list[Any]:
    """Kinds that the case still waits for."""
    return list(case.evidence_wanted)
