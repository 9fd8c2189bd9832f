"""An answer in words to the buttons of the last message: an offer, or whether money arrived.

Invariants: only the newest message that asked something counts; what the words do is what the button would have
done; words that say neither are left to whatever else they mean.
"""

from __future__ import annotations

from typing import Any, Protocol

from tuika.conversations.model import Payload, Role, Say
from tuika.intake import reading, replies
from tuika.intake.choices import HUMAN, PROGRESS
from tuika.intake.scene import Scene
from tuika.money import Money


class OfferCases(Protocol):
    def mine(self, scene: Scene) -> list[Any]: ...
    def answer_offer(self, scene: Scene, case_no: str, *, accept: bool) -> Any: ...
    def report_arrival(self, scene: Scene, case_no: str, *, received: Money | None) -> Any: ...
    def progress(self, scene: Scene, case: Any) -> Say: ...


def last_buttons(scene: Scene) -> dict[str, Payload]:
    """Payloads by kind of the newest message that somebody else than the buyer said before this turn."""
    for message in reversed(scene.uow.messages.last(scene.conversation.id, 4)):
        if message.role is Role.BUYER or message.turn_id == scene.turn.id:
            continue
        issued = [reply.action for reply in message.quick_replies]
        choices = scene.uow.choices.some(scene.conversation.id, issued)
        return {c.payload.kind: c.payload for c in choices}
    return {}


class AnswersInWords:
    def __init__(self, cases: OfferCases) -> None:
        self._cases = cases

    def answer(self, scene: Scene) -> Say | None:
        """What the words do to the offer or payout that was asked about; None when they do nothing."""
        if scene.pressed is not None or not scene.text:
            return None
        buttons = last_buttons(scene)
        if "offer_accept" in buttons:
            return self.offer(scene, buttons["offer_accept"].data.get("case_no", ""))
        if "arrived" in buttons:
            return self._arrival(scene, buttons["arrived"].data.get("case_no", ""))
        return None

    def at_start(self, scene: Scene) -> Say | None:
        """Before a form begins: an offer answered in words, or less money than was due."""
        if scene.pressed is not None or not scene.text:
            return None
        buttons = last_buttons(scene)
        if "offer_accept" in buttons:
            return self.offer(scene, buttons["offer_accept"].data.get("case_no", ""))
        if "arrived" in buttons and scene.amounts() and reading.short_of(scene.text):
            return self._arrival(scene, buttons["arrived"].data.get("case_no", ""))
        return None

    def offer(self, scene: Scene, case_no: str) -> Say | None:
        accepted = replies.answers_offer(scene.text, scene.intent)
        case = self._case(scene, case_no)
        if accepted is None or case is None or case.state.value != "negotiating":
            return None
        changed = self._cases.answer_offer(scene, case_no, accept=accepted)
        told = self._cases.progress(scene, changed)
        head = "好的，已按方案办理。" if accepted else "好的，已记录您不接受这个方案，转平台审核。"
        return Say(f"{head}\n{told.text}", told.card, told.quick_replies)

    def _arrival(self, scene: Scene, case_no: str) -> Say | None:
        arrived = replies.says_arrived(scene.text, scene.intent)
        case = self._case(scene, case_no)
        if arrived is None or case is None or case.state.value not in ("paid", "settled"):
            return None
        due = case.paid_amount or case.amount
        if arrived:
            self._cases.report_arrival(scene, case_no, received=due)
            return Say("太好了，已记录收到退款。以后收到卡密记得马上验证并截图。")
        received = received_amount(scene, due)
        self._cases.report_arrival(scene, case_no, received=received)
        return not_arrived(case, received)

    def _case(self, scene: Scene, case_no: str) -> Any | None:
        return next((c for c in self._cases.mine(scene) if c.case_no == case_no), None)


def received_amount(scene: Scene, due: Money) -> Money:
    """What the buyer says came: the smallest amount named below the one due, else nothing."""
    smaller = [fen for fen in scene.amounts() if 0 < fen < due.fen]
    return Money(min(smaller)) if smaller else Money(0)


def not_arrived(case: Any, received: Money) -> Say:
    """What is said once the urgent ticket is written."""
    what = (
        f"实际收到 {received}，和应退的 {case.amount} 对不上"
        if received
        else f"应退的 {case.amount} 还没有到账"
    )
    return Say(
        f"已登记：申请 {case.case_no} {what}。我开了加急工单，工作人员会向支付渠道核对打款记录，结果在这里告诉您。"
        "请先看一下付款时用的原账户（含零钱、余额、花呗或信用卡账单）。核对过程不会让您付款或提供验证码。",
        quick_replies=(PROGRESS, HUMAN),
    )
