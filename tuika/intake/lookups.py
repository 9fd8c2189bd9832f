"""Answers about an order or a case, by what the buyer came for.

Invariants: only stored state is told; money that is not paid is never called paid; what goes to a person
says so with the ticket already written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from tuika.conversations.model import Awaiting, Card, Say
from tuika.intake import reading, replies
from tuika.intake.casework import CaseFlow
from tuika.intake.choices import HUMAN, press, wish
from tuika.intake.complaints import dossier
from tuika.intake.last_asked import not_arrived, received_amount
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
from tuika.intake.protest import under_verdict
from tuika.intake.refund_told import missing_of
from tuika.intake.scene import Scene
from tuika.intake.texts import EVIDENCE, EVIDENCE_SHORT, joined, order_data, order_line, when
from tuika.intake.tickets import Desk
from tuika.money import Money
from tuika.orders.model import Order, ProductType
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
        if purpose in ("ask_order_status", "inform") and _contests(scene):
            return [self._protest(scene)]
        if purpose in ("ask_order_status", "inform"):
            return [] if lost_payment(scene, order) or urged(scene, order) else [self._order(scene)]
        if not_the_money(scene):
            return []
        case = self._flow.case(scene)
        if case is None and (lost_payment(scene, order) or (purpose in DISPUTES and waited(scene))):
            return []
        if case is not None and case.state.value == "rejected" and reading.files_anew(scene.text):
            to_refund(scene, order_no=case.order_no, reason=case.reason)
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
        if purpose == "report_refund_not_received" and (
            reading.asks_whether(scene.text) or not (scene.pressed or reading.misses_money(scene.text))
        ):
            handler = self._progress  # he asks, and misses nothing yet; a ticket needs more than a guess
        return [handler(scene, case)]

    def _progress(self, scene: Scene, case: Any) -> Say:
        told = self._cases.progress(scene, case)
        of_talk = scene.uow.handoffs.of_conversation(scene.conversation.id)
        waits = next((h for h in of_talk if h.state.value == "waiting" and h.promised_by > scene.now), None)
        if waits is None:
            return told
        said = f"{told.text}\n工单还在等工作人员处理，最晚 {when(waits.promised_by)} 前答复。"
        return Say(said, told.card, told.quick_replies)

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
        if scene.pressed is None and replies.to_summary(scene.text) and state in OPEN_STATES:
            told = self._cases.progress(scene, case)
            return Say(f"申请已经提交了，不用再提交。\n{told.text}", told.card, told.quick_replies)
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


def _contests(scene: Scene) -> bool:
    """Whether an explanation or refusal is contested, and nothing else is named."""
    return under_verdict(scene) and not scene.turn.heard.references and reading.disputes(scene.text)


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
