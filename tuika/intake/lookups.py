"""Answers about an order or a case, by what the buyer came for.

Invariants: only stored state is told; money that is not paid is never called paid; what goes to a person
says so with the ticket already written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from tuika.conversations.model import Awaiting, Card, Say
from tuika.intake import reading
from tuika.intake.casework import CaseFlow, case_line
from tuika.intake.choices import HUMAN, PROGRESS, press, wish
from tuika.intake.complaints import dossier
from tuika.intake.last_asked import not_arrived, received_amount
from tuika.intake.memory import Draft, Parked
from tuika.intake.onward import (
    about_goods,
    lost_payment,
    not_the_money,
    threat,
    to_refund,
    told_of_order,
    urged,
    waited,
)
from tuika.intake.refund_told import missing_of
from tuika.intake.scene import Scene
from tuika.intake.texts import EVIDENCE, EVIDENCE_SHORT, joined, order_data, order_line, when
from tuika.intake.tickets import Desk
from tuika.money import Money
from tuika.orders.model import Order, ProductType
from tuika.policy.model import Reason
from tuika.refunds.states import OPEN_STATES

DISPUTES = frozenset({"request_platform_intervention", "report_refund_not_received", "ask_refund_progress"})


class CaseWork(Protocol):
    """What lookups ask of the refunds service."""

    def progress(self, scene: Scene, case: Any) -> Say: ...
    def note(self, scene: Scene, case_no: str, text: str) -> None: ...
    def report_arrival(self, scene: Scene, case_no: str, *, received: Money | None) -> Any: ...


class Lookups:
    """Ends the lookup form: one method a purpose."""

    def __init__(self, flow: CaseFlow, cases: CaseWork, desk: Desk, protest: Callable[[Scene], Say]) -> None:
        self._flow = flow
        self._cases = cases
        self._desk = desk
        self._protest = protest

    def finish(self, scene: Scene) -> list[Say]:
        if scene.draft.cannot_prove:
            return [self._desk.unproved_ticket(scene)]
        scene.staged["topic_closed"] = True
        purpose = scene.draft.purpose
        if purpose == "ask_order_status" and reading.reason_in_words(scene.text) == "invalid_card_key":
            to_refund(scene)
            return []
        order = scene.order(scene.draft.order_no)
        if purpose in ("ask_order_status", "inform"):
            return [] if lost_payment(scene, order) or urged(scene, order) else [self._order(scene)]
        if not_the_money(scene):
            return []
        case = self._flow.case(scene)
        if case is None and purpose in DISPUTES and waited(scene):
            return []
        if case is None and (about_goods(scene) or (purpose == "file_complaint" and threat(scene))):
            return []
        if (
            case is None
            and purpose == "ask_refund_progress"
            and (urged(scene, order) or told_of_order(scene))
        ):
            return []
        if case is None:
            return [self._no_case(scene)]
        handler = {
            "report_refund_not_received": self._not_received,
            "request_platform_intervention": self._intervention,
            "submit_evidence": self._evidence,
            "file_complaint": self._complaint,
        }.get(purpose, self._progress)
        return [handler(scene, case)]

    def _progress(self, scene: Scene, case: Any) -> Say:
        return self._cases.progress(scene, case)

    def _no_case(self, scene: Scene) -> Say:
        order = scene.order(scene.draft.order_no)
        which = f"订单 {order.order_no}（{order.product.name}）" if order is not None else "您名下"
        if scene.draft.purpose == "file_complaint":
            told = self._complaint(scene, None)
            told_of_order(scene)  # who complains of an order and wants his money is helped to it next
            return told
        if scene.draft.purpose in DISPUTES and scene.fresh_verdict is not None:
            return self._protest(scene)
        lead = {
            "request_platform_intervention": "平台介入要以一份退款申请为准，",
            "report_refund_not_received": "所以还没有正在路上的退款，",
        }.get(scene.draft.purpose, "")
        if scene.draft.purpose == "ask_refund_progress" and order is not None and scene.turn.heard.references:
            shown = self._order(scene)
            return Say(f"这笔订单还没有退款申请。{shown.text}", shown.card, shown.quick_replies)
        return Say(
            f"{which}目前没有退款申请记录，{lead}需要的话我现在就帮您提交：说一下遇到了什么问题就行。",
            quick_replies=(wish("申请退款", "request_refund"), wish("没收到货", "report_no_delivery"), HUMAN),
        )

    def _not_received(self, scene: Scene, case: Any) -> Say:
        state = case.state.value
        if state not in ("paid", "settled"):
            told = self._cases.progress(scene, case)
            closed = state in ("rejected", "withdrawn")
            why = "这份申请没有通过或已撤销，没有打款。" if closed else "这笔款还没有打出去，所以账上看不到。"
            return Say(f"{why}\n{told.text}", told.card, told.quick_replies)
        received = received_amount(scene, case.paid_amount or case.amount)
        self._cases.report_arrival(scene, case.case_no, received=received)
        return not_arrived(case, received)

    def _intervention(self, scene: Scene, case: Any) -> Say:
        state = case.state.value
        told = self._cases.progress(scene, case)
        if state not in OPEN_STATES:
            return told
        self._cases.note(scene, case.case_no, f"买家要求平台介入：{scene.text}"[:300])
        if state == "merchant_review" and case.deadline:
            head = f"您的要求已记入申请。按规则商家最迟 {when(case.deadline.at)} 前答复，到时不答复或拒绝，平台会接手处理，不需要您再催商家。"
        elif state == "platform_review":
            head = "这份申请已经由平台在审核，商家的态度不再拖延进度；您的要求已记入申请。"
        else:
            head = "您的要求已记入申请。"
        return Say(f"{head}\n{told.text}", told.card, (*told.quick_replies[:3], HUMAN))

    def _evidence(self, scene: Scene, case: Any) -> Say:
        missing = missing_of(case)
        state = case.state.value
        if state == "needs_evidence" and missing:
            scene.memory.evidence_asked = missing[0].value
            return Say(
                f"申请 {case.case_no} 还差：{joined([EVIDENCE_SHORT[k] for k in missing])}。请先发：{EVIDENCE[missing[0]]}。"
                "点输入框旁的上传按钮，或直接粘贴、拖进来；单张不超过 10 MB，视频请截成几张关键画面。卡密请打码。",
                awaiting=Awaiting.EVIDENCE,
            )
        if state in OPEN_STATES:
            scene.memory.evidence_asked = "other"
            return Say(
                f"可以，直接把截图发到这里，会附到申请 {case.case_no} 里给审核人员看。单张不超过 10 MB，视频请截成几张关键画面。卡密请打码。",
                awaiting=Awaiting.EVIDENCE,
            )
        return self._cases.progress(scene, case)

    def _complaint(self, scene: Scene, case: Any | None) -> Say:
        self._desk.ticket(scene, "买家投诉", case_no=case.case_no if case else None)
        return dossier(scene, case)

    def _order(self, scene: Scene) -> Say:
        order = scene.order(scene.draft.order_no) or (scene.sight.recent[0] if scene.sight.recent else None)
        if order is None:
            return Say(
                "您的账号下没有查到订单。如果是没登录时买的，把订单号发给我来查。",
                quick_replies=(HUMAN,),
                awaiting=Awaiting.ORDER_NO,
            )
        scene.draft.order_no = order.order_no
        scene.memory.shown_order, scene.memory.shown_turn = order.order_no, scene.turn.number
        return Say(
            f"{order_line(order)}。\n{_next_step(order)}",
            card=Card("order", {"lead": _next_step(order), **order_data(order)}),
            quick_replies=_order_ways(order),
        )


def _next_step(order: Order) -> str:
    if not order.paid:
        return "系统里没有成功的付款记录；如果钱已经扣了，告诉我“已扣款”，我帮您登记核查。"
    if order.cancelled_by is not None or order.status.value == "cancelled":
        return "这笔订单已取消；钱没退回的话，我可以帮您申请退款。"
    if order.delivered:
        at = order.delivered_at or order.opened_at
        stamp = f"{when(at)} " if at else ""
        where = "，在订单详情页点“查看卡密”可以看到" if order.product.type is ProductType.CARD_KEY else ""
        return f"{stamp}已经发货{where}。有问题告诉我是哪种情况。"
    return "已付款，还没有发货。超过承诺时间没到的话，我可以帮您申请退款。"


def _order_ways(order: Order) -> tuple[Any, ...]:
    if not order.delivered:
        return (press("还没收到货", "refile_order", order_no=order.order_no, reason="no_delivery"), HUMAN)
    if order.product.type is ProductType.CARD_KEY:
        return (wish("卡密用不了", "report_invalid_card_key"), wish("怎么兑换", "ask_card_key_usage"), HUMAN)
    return (wish("申请退款", "request_refund"), HUMAN)


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
