"""Where rules end: handing over to people, with a brief they can act on.

Invariants: a handoff takes effect when its turn commits (it is staged here); a ticket is a row at once and
leaves the bot in charge; a ticket for somebody who could not prove an order shows that person nothing.
"""

from __future__ import annotations

from typing import Protocol

from tuika.conversations.model import Role, Say
from tuika.handoff.brief import compose
from tuika.intake.choices import PROGRESS
from tuika.intake.memory import Verdict
from tuika.intake.scene import Scene
from tuika.intake.texts import EVIDENCE_SHORT, REASONS, order_line
from tuika.links import without_links
from tuika.orders.model import Order
from tuika.policy.model import Decision
from tuika.policy.show import OUTCOMES
from tuika.refunds.model import RefundCase
from tuika.refunds.wording import STATES

_RECENT = 6
WISHES = {"exchange": "换货/补发/延期", "partial": "退一部分"}


class Handoffs(Protocol):
    def open_ticket(
        self, scene: Scene, *, reason: str, brief: str, urgent: bool, case_no: str | None
    ) -> str: ...


class Desk:
    def __init__(self, handoffs: Handoffs) -> None:
        self._handoffs = handoffs

    def hand_over(self, scene: Scene, reason: str, *, urgent: bool = False) -> None:
        """Stage a handoff to a person; the hub says place and hours when the turn commits."""
        scene.staged["handoff"] = {
            "reason": reason,
            "brief": brief(scene, reason),
            "urgent": urgent,
            "case_no": None,
        }

    def ticket(self, scene: Scene, reason: str, *, urgent: bool = False, case_no: str | None = None) -> None:
        self._handoffs.open_ticket(
            scene, reason=reason, brief=brief(scene, reason), urgent=urgent, case_no=case_no
        )

    def unproved_ticket(self, scene: Scene) -> Say:
        """A guest without proof: a person looks into the payment, money only goes back where it came from."""
        draft = scene.draft
        given = f"订单号 {draft.order_no or '未提供'}；买家提供的付款信息：{draft.claim or '未提供'}"
        match = scene.sight.payment_match
        found = f"；系统中流水号匹配的订单：{match.order_no}" if match else "；系统中没有匹配的付款记录"
        self._handoffs.open_ticket(
            scene,
            reason="无法核对身份，请人工核查付款（只能原路退回）",
            brief=given + found,
            urgent=False,
            case_no=None,
        )
        scene.staged["topic_closed"] = True
        return Say(
            "已经登记给工作人员，会按您提供的付款信息去支付渠道核查。核实后如需退款，只会原路退回付款账户；"
            "核实之前这里不能显示订单内容。您之后找到下单手机号、邮箱或查询密码，随时发来可以马上继续。",
            quick_replies=(PROGRESS,),
        )

    def wish_ticket(self, scene: Scene, order: Order, decision: Decision) -> Say:
        """A wish for exchange or a part of the money where no refund is due: recorded for people."""
        wish = WISHES.get(scene.draft.wish or "", "协商")
        self.ticket(scene, f"买家协商：{wish}（{order.order_no}）")
        return Say(
            f"按规则这笔不能直接退款，您想{wish}的意愿我已登记成工单，工作人员会联系商家协商，商家同意才能办，结果会在这里告诉您。"
        )


def brief(scene: Scene, reason: str) -> str:
    """What an agent needs at a glance."""
    memory, uow = scene.memory, scene.uow
    order = scene.order(memory.draft.order_no or memory.focus_order)
    claimed = memory.draft.reason or (memory.verdict.reason if memory.verdict else None)
    cases = [c for c in uow.cases.of_conversation(scene.conversation.id) if c.is_open]
    recent = uow.messages.last(scene.conversation.id, _RECENT)
    bot = next((without_links(m.text) for m in reversed(recent) if m.role is Role.BOT), "")
    return compose(
        wants=reason,
        order=order_line(order) if order else None,
        problem=REASONS[claimed] if claimed else None,
        outcome=_outcome(memory.verdict, cases),
        why=[clause.text for case in cases[:1] for clause in case.decision.clauses],
        evidence=[EVIDENCE_SHORT[e.kind] for e in uow.evidence.of_conversation(scene.conversation.id)],
        bot=bot,
        last_words=[f"{'买家' if m.role is Role.BUYER else '客服'}：{m.text}" for m in recent],
    )


def _outcome(verdict: Verdict | None, cases: list[RefundCase]) -> str | None:
    """What was decided: the open case, else the last answer that filed nothing."""
    if cases:
        case = cases[0]
        return f"已提交 {case.case_no}，{case.due_amount}，{STATES[case.state]}"
    return f"{OUTCOMES[verdict.outcome]}（{verdict.text}）" if verdict else None
