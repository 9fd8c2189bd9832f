"""Ends the withdraw and appeal forms.

Invariants: nothing is withdrawn or appealed before a yes; who asks for a new request in place of an appeal gets it; our own last
answer, where that is what is contested, is a protest and no appeal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tuika.conversations.model import Say
from tuika.intake import reading
from tuika.intake.casework import CaseFlow, case_line
from tuika.intake.choices import HUMAN, PROGRESS, wish
from tuika.intake.memory import Draft, Parked
from tuika.intake.onward import to_refund, waited
from tuika.intake.scene import Scene
from tuika.intake.texts import when
from tuika.intake.tickets import Desk
from tuika.policy.model import Reason


class CaseEndings:
    """Ends the withdraw and appeal forms."""

    def __init__(
        self, withdraw: CaseFlow, appeal: CaseFlow, cases: Any, desk: Desk, protest: Callable[[Scene], Say]
    ) -> None:
        self._withdraw = withdraw
        self._protest = protest
        self._appeal = appeal
        self._cases = cases
        self._desk = desk

    def finish_withdraw(self, scene: Scene) -> list[Say]:
        if scene.draft.cannot_prove:
            return [self._desk.unproved_ticket(scene)]
        scene.staged["topic_closed"] = True
        case = self._withdraw.case(scene)
        if case is None and scene.order(scene.draft.order_no) is not None:
            return [self._back_out(scene)]
        if case is None:
            return [Say("您名下没有可以撤销的退款申请，不会有任何退款在处理。", quick_replies=(HUMAN,))]
        if scene.draft.confirmed is None:
            told = self._cases.progress(scene, case)
            return [Say(f"这份申请已经不能撤销了。\n{told.text}", told.card, told.quick_replies)]
        if not scene.draft.confirmed:
            return [Say(f"好的，没有撤销，申请继续处理：{case_line(case)}。", quick_replies=(PROGRESS,))]
        self._cases.withdraw(scene, case.case_no)
        return [
            Say(
                f"申请 {case.case_no} 已撤销，不再处理。之后问题又出现，可以随时重新申请。",
                quick_replies=(wish("重新申请退款", "request_refund"),),
            )
        ]

    def _back_out(self, scene: Scene) -> Say:
        """Nothing to withdraw, but an order that he wants to be rid of: the refund flow goes on from here."""
        draft = Draft(
            purpose="request_refund_changed_mind",
            order_no=scene.draft.order_no,
            reason=Reason.CHANGED_MIND,
            words=scene.text[:300],
        )
        scene.memory.parked = Parked(form="refund_form", draft=draft)
        scene.staged.pop("topic_closed", None)
        return Say("这笔订单还没有退款申请，不用撤销。您是想退掉这笔订单的话，我接着帮您办。")

    def finish_appeal(self, scene: Scene) -> list[Say]:
        if scene.draft.cannot_prove:
            return [self._desk.unproved_ticket(scene)]
        scene.staged["topic_closed"] = True
        case = self._appeal.case(scene)
        if case is None and waited(scene):
            return []
        if case is not None and scene.draft.confirmed is None and reading.files_anew(scene.text):
            to_refund(scene, order_no=case.order_no, reason=case.reason)
            return []
        if scene.fresh_verdict is not None and scene.draft.confirmed is None:
            return [self._protest(scene)]
        if case is None:
            return [
                Say(
                    "没有查到被拒绝的退款申请。想重新申请的话，说一下遇到了什么问题。",
                    quick_replies=(wish("申请退款", "request_refund"), HUMAN),
                )
            ]
        if case.state.value != "rejected":
            told = self._cases.progress(scene, case)
            return [Say(f"这份申请现在不需要申诉。\n{told.text}", told.card, told.quick_replies)]
        if case.appealed:
            return [
                Say(
                    f"申请 {case.case_no} 已经申诉过一次，按规则不能再申诉。可以转人工说明情况，或向消费者协会/12315 投诉。",
                    quick_replies=(wish("我要投诉", "file_complaint"), HUMAN),
                )
            ]
        if scene.draft.evidence_later:
            return [
                Say(
                    "申诉要有新的材料才能受理。等有了截图随时发给我；也可以现在转人工说明情况。",
                    quick_replies=(HUMAN,),
                )
            ]
        if not scene.draft.confirmed:
            return [Say("好的，暂不申诉。想好了随时告诉我。", quick_replies=(PROGRESS, HUMAN))]
        appealed = self._cases.appeal(scene, case.case_no)
        due = f"，最迟 {when(appealed.deadline.at)} 前给结果" if appealed.deadline else ""
        return [
            Say(
                f"申诉已提交，申请 {case.case_no} 会由另一位审核员复核{due}，结果会主动通知您。",
                quick_replies=(PROGRESS,),
            )
        ]


__all__ = ["CaseEndings"]
