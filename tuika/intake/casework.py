"""Flows about a case that exists: look up, withdraw, appeal.

Invariants: a case is found among those of this buyer only (his account's, or of orders proved here); a case
number that is typed opens nothing by itself; nothing changes before a yes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from typing import Any, Protocol

from tuika.conversations.model import Awaiting, Say
from tuika.intake.choices import HUMAN, press
from tuika.intake.finding import (
    Found,
    accept_proof,
    ask_order,
    ask_proof,
    find_order,
    leaves_unproved,
    needs_proof,
)
from tuika.intake.lost_payments import pays_for_shown
from tuika.intake.proving import ask_claim, claim_answer, missing_order, order_answer, proof_answer
from tuika.intake.reading import another, files_anew
from tuika.intake.scene import Scene, fresh_evidence
from tuika.intake.texts import REASONS, when
from tuika.refunds.states import OPEN_STATES, WITHDRAWABLE

_CASE_NO = re.compile(r"\bRF[2-9A-Z]{8}\b", re.IGNORECASE)
STATE_NAMES = {
    "submitted": "已提交",
    "needs_evidence": "待补材料",
    "merchant_review": "等商家答复",
    "platform_review": "平台审核中",
    "negotiating": "协商中",
    "approved": "已通过，待打款",
    "paying": "打款中",
    "paid": "已退款",
    "settled": "已协商解决",
    "rejected": "未通过",
    "appealed": "申诉复核中",
    "withdrawn": "已撤销",
}
# Which states a purpose is about first; the rest still count when nothing fits better.
PREFERS: dict[str, Set[str]] = {
    "report_refund_not_received": frozenset({"paid", "paying", "approved"}),
    "cancel_refund": WITHDRAWABLE,
    "appeal_rejection": frozenset({"rejected"}),
    "submit_evidence": frozenset({"needs_evidence"}),
    "request_platform_intervention": frozenset(
        {"merchant_review", "negotiating", "rejected", "needs_evidence"}
    ),
    "ask_refund_progress": OPEN_STATES,
}


ORDER_PURPOSES = frozenset({"ask_order_status", "inform", "file_complaint"})


class CaseBook(Protocol):
    def mine(self, scene: Scene) -> list[Any]:
        """The buyer's cases, newest first: his account's, and those of orders proved in this conversation."""
        ...


def case_line(case: Any) -> str:
    return (
        f"{case.case_no}：{REASONS[case.reason]}，{case.amount}，{STATE_NAMES[case.state.value]}"
        f"（{when(case.filed_at)} 提交，订单 {case.order_no}）"
    )


def pick_case(scene: Scene, cases: list[Any]) -> Any | None:
    """The case meant, if the message or the situation says which; None: ask, or there is none."""
    for chosen in (_pressed(scene, cases), _named(scene, cases)):
        if chosen is not None:
            return chosen
    if scene.draft.order_no is not None:
        of_order = [c for c in cases if c.order_no == scene.draft.order_no]
        return _best(scene, of_order)
    pool = _preferred(scene, cases)
    if len(pool) == 1:
        return pool[0]
    focused = [c for c in pool if c.order_no == scene.memory.focus_order]
    return focused[0] if len(focused) == 1 else None


def _pressed(scene: Scene, cases: list[Any]) -> Any | None:
    number = scene.payload.get("case_no")
    return next((c for c in cases if c.case_no == number), None) if number else None


def _named(scene: Scene, cases: list[Any]) -> Any | None:
    typed = {n.upper() for n in _CASE_NO.findall(scene.text)}
    return next((c for c in cases if c.case_no in typed), None)


def _best(scene: Scene, cases: list[Any]) -> Any | None:
    return next(iter(_preferred(scene, cases)), None)


def _preferred(scene: Scene, cases: list[Any]) -> list[Any]:
    """Those in the states that the purpose is about; all of them where none is."""
    return [c for c in cases if c.state in PREFERS.get(scene.draft.purpose, OPEN_STATES)] or cases


class CaseFlow:
    """Common part: find the case; ``after`` says what a purpose still needs once it is found."""

    slots: tuple[str, ...] = ("order", "proof", "claim")

    def __init__(self, form: str, book: CaseBook) -> None:
        self.form = form
        self._book = book

    def absorb(self, scene: Scene) -> bool:
        before = scene.draft.model_copy(deep=True)
        answered = self._answer(scene)
        self._take_order(scene)
        case = None if scene.draft.purpose in ("ask_order_status", "inform") else self._pick(scene)
        if case is not None:
            scene.draft.case_no, scene.draft.order_no = case.case_no, case.order_no
        return answered or scene.draft != before or bool(scene.turn.heard.attachments)

    def _pick(self, scene: Scene) -> Any | None:
        return pick_case(scene, self._book.mine(scene))

    def _answer(self, scene: Scene) -> bool:
        asked = scene.memory.asked
        handlers: dict[str, Callable[[Scene], bool]] = {
            "order": order_answer,
            "proof": proof_answer,
            "claim": claim_answer,
            "confirm": self._confirm_answer,
        }
        handler = handlers.get(asked or "")
        return handler(scene) if handler else False

    def _confirm_answer(self, scene: Scene) -> bool:
        if scene.intent not in ("affirm", "deny"):
            return False
        scene.draft.confirmed = scene.intent == "affirm"
        return True

    def _take_order(self, scene: Scene) -> None:
        if scene.memory.asked == "claim":
            return  # numbers are the payment's now
        if scene.draft.order_no is not None and needs_proof(scene) and accept_proof(scene):
            return
        if scene.draft.order_no is not None and leaves_unproved(scene):
            scene.draft.order_no = None
        if pays_for_shown(scene):
            scene.draft.order_no = scene.memory.shown_order
        elif scene.turn.heard.references or scene.payload.get("order_no"):
            scene.draft.case_no = None
            find_order(scene)
        elif scene.memory.asked == "order" or scene.draft.purpose in ORDER_PURPOSES:
            if find_order(scene) is Found.NONE and self._just_shown(scene):
                scene.draft.order_no = scene.memory.shown_order

    def _just_shown(self, scene: Scene) -> bool:
        """Whether a further question ("啥时候发") is about the order that was shown a moment ago."""
        memory = scene.memory
        fresh = memory.asked is None and scene.turn.number - memory.shown_turn <= 2
        return fresh and scene.order(memory.shown_order) is not None and not another(scene.text)

    def next(self, scene: Scene) -> str | None:
        draft = scene.draft
        if draft.stopped or draft.confirmed is not None:
            return None
        if draft.case_no is not None:
            return self.after(scene)
        if draft.order_no is not None or draft.cannot_prove:
            return missing_order(scene)
        if scene.draft.purpose == "file_complaint":
            return None
        known = self._orders(scene) if scene.draft.purpose in ORDER_PURPOSES else self._book.mine(scene)
        return "order" if known or scene.is_guest else None

    def _orders(self, scene: Scene) -> list[Any]:
        """Orders to choose from; a single one is taken at once, since looking changes nothing."""
        recent = scene.sight.recent
        if len(recent) == 1:
            scene.draft.order_no = recent[0].order_no
            return []
        return list(recent)

    def after(self, scene: Scene) -> str | None:
        """What is still to be asked once the case is known."""
        return None

    def case(self, scene: Scene) -> Any | None:
        return next((c for c in self._book.mine(scene) if c.case_no == scene.draft.case_no), None)

    def ask(self, scene: Scene, slot: str) -> Say:
        if slot == "proof":
            return ask_proof(scene)
        if slot == "claim":
            return ask_claim(scene)
        if scene.draft.purpose in ORDER_PURPOSES:
            return ask_order(scene, about="想查的")
        cases = self._book.mine(scene)[:6]
        if not cases:
            return ask_order(scene, among=[])
        lines = "\n".join(f"{i}. {case_line(c)}" for i, c in enumerate(cases, 1))
        return Say(
            f"您有几笔退款申请，想问的是哪一笔？\n{lines}",
            quick_replies=tuple(
                press(f"{c.case_no} · {c.amount.yuan}元", "order", order_no=c.order_no, case_no=c.case_no)
                for c in cases
            ),
            awaiting=Awaiting.ORDER_NO,
        )


class WithdrawFlow(CaseFlow):
    slots = ("order", "proof", "claim", "confirm")

    def after(self, scene: Scene) -> str | None:
        case = self.case(scene)
        return "confirm" if case is not None and case.state in WITHDRAWABLE else None

    def ask(self, scene: Scene, slot: str) -> Say:
        case = self.case(scene)
        if slot != "confirm" or case is None:
            return super().ask(scene, slot)
        return Say(
            f"确认撤销这份退款申请吗？\n{case_line(case)}\n撤销后就不再处理；之后还有问题可以重新申请。",
            quick_replies=(press("确认撤销", "yes"), press("先不撤销", "no")),
            awaiting=Awaiting.CONFIRM,
        )


class AppealFlow(CaseFlow):
    slots = ("order", "proof", "claim", "evidence", "confirm")

    def next(self, scene: Scene) -> str | None:
        if scene.memory.asked is None and scene.fresh_verdict is not None and not _names_case(scene):
            return None  # not a rejected case but our own last answer is disputed: the ending says so
        if files_anew(scene.text) and self.case(scene) is not None and scene.draft.confirmed is None:
            return None  # not an appeal but a new request: the ending opens it
        return super().next(scene)

    def after(self, scene: Scene) -> str | None:
        case = self.case(scene)
        if case is None or case.state.value != "rejected" or case.appealed or scene.draft.evidence_later:
            return None
        return "confirm" if fresh_evidence(scene) else "evidence"

    def _answer(self, scene: Scene) -> bool:
        if scene.memory.asked == "evidence":
            if scene.pressed is None and files_anew(scene.text):
                return True
            if scene.pressed == "evidence_later" or scene.intent == "deny":
                scene.draft.evidence_later = True
                return True
            return bool(scene.turn.heard.attachments)
        return super()._answer(scene)

    def ask(self, scene: Scene, slot: str) -> Say:
        case = self.case(scene)
        if case is None or slot not in ("evidence", "confirm"):
            return super().ask(scene, slot)
        if slot == "evidence":
            scene.memory.evidence_asked = "other"
            why = f"，原因：{case.reject_reason.rstrip('。')}" if case.reject_reason else ""
            return Say(
                f"申请 {case.case_no} 没有通过{why}。可以申诉一次，由另一位审核员复核，3 个工作日内给结果。"
                "申诉要有之前没交过的新材料，比如报错录屏的截图、完整的聊天记录。请把截图发到这里。",
                quick_replies=(press("没有新材料", "evidence_later"), HUMAN),
                awaiting=Awaiting.EVIDENCE,
            )
        return Say(
            f"新材料收到 {len(fresh_evidence(scene))} 份。确认对 {case.case_no} 提出申诉吗？每份申请只能申诉一次，"
            "还有材料可以先继续发。",
            quick_replies=(press("确认申诉", "yes"), press("先不申诉", "no")),
            awaiting=Awaiting.CONFIRM,
        )


def _names_case(scene: Scene) -> bool:
    return bool(scene.turn.heard.references or scene.payload or _CASE_NO.search(scene.text))


__all__ = ["AppealFlow", "CaseBook", "CaseFlow", "WithdrawFlow", "case_line"]
