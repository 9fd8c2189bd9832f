"""An answer in words to the buttons of the last message: an offer, or whether money arrived.

Invariants: only the newest message that asked something counts; what the words do is what the button would have
done; words that say neither are left to whatever else they mean.
"""

from __future__ import annotations

import re
from typing import Any, Protocol

from tuika.conversations.model import Awaiting, Payload, Role, Say
from tuika.intake import reading, replies
from tuika.intake.choices import HUMAN, PROGRESS, wish
from tuika.intake.scene import Scene
from tuika.intake.texts import EVIDENCE_SHORT, joined, when
from tuika.money import Money
from tuika.orders.sums import sums_in
from tuika.refunds.progress import offer_replies


class OfferCases(Protocol):
    def mine(self, scene: Scene) -> list[Any]: ...
    def answer_offer(self, scene: Scene, case_no: str, *, accept: bool) -> Any: ...
    def report_arrival(self, scene: Scene, case_no: str, *, received: Money | None) -> Any: ...
    def progress(self, scene: Scene, case: Any) -> Say: ...


LOOKS_BACK = 12  # messages
FEW = 20  # characters: an answer, not a story
_ASKS = ("offer_accept", "arrived")


def last_buttons(scene: Scene, *, further: bool = False) -> dict[str, Payload]:
    """Payloads by kind of the newest message that somebody else than the buyer said before this turn.

    ``further``: of the newest one that made an offer or asked whether money arrived, if other things were said since.
    """
    for message in reversed(scene.uow.messages.last(scene.conversation.id, LOOKS_BACK if further else 4)):
        if message.role is Role.BUYER or message.turn_id == scene.turn.id:
            continue
        issued = [reply.action for reply in message.quick_replies]
        choices = scene.uow.choices.some(scene.conversation.id, issued)
        found = {c.payload.kind: c.payload for c in choices}
        if not further or any(kind in found for kind in _ASKS):
            return found
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
        earlier = last_buttons(scene, further=True)
        if "offer_accept" in earlier and replies.names_offer(scene.text):
            return self.offer(scene, earlier["offer_accept"].data.get("case_no", ""))
        return None

    def without_evidence(self, scene: Scene) -> Say | None:
        """A case waits for a picture, and the buyer says that he has none or brings it later."""
        short = scene.pressed is None and 0 < len(scene.text) <= FEW
        if not short or not (replies.goes_on_without(scene.text) or replies.has_none(scene.text)):
            return None
        if not _asked_evidence(scene):
            return None
        case = next((c for c in self._cases.mine(scene) if c.state.value == "needs_evidence"), None)
        if case is None or case.deadline is None:
            return None
        names = joined([EVIDENCE_SHORT[kind] for kind in case.evidence_wanted])
        return Say(
            f"不急，{names}在 {when(case.deadline.at)} 前发到这里就行，发来马上接着处理；到期没有会因材料不足结束，之后补上还可以重新申请。",
            quick_replies=(wish("撤销申请", "cancel_refund"), HUMAN),
            awaiting=Awaiting.EVIDENCE,
        )

    def reminder(self, scene: Scene) -> Say | None:
        """An offer that was open when something else was asked: it still waits, under fresh buttons."""
        buttons = last_buttons(scene)
        case = (
            self._case(scene, buttons["offer_accept"].data.get("case_no", ""))
            if "offer_accept" in buttons
            else None
        )
        if case is None or case.state.value != "negotiating":
            return None
        head = ("刚才的协商方案还等您答复：", "方案还没答复：", "还差您一句话：")[
            scene.memory.nth("offer_reminder") % 3
        ]
        due = f"{when(case.deadline.at)} 前没答复会转平台审核。" if case.deadline else ""
        return Say(
            f"{head}接受，还是不接受？{due}",
            quick_replies=(*offer_replies(case.case_no), HUMAN),
            awaiting=Awaiting.CHOICE,
        )

    def at_start(self, scene: Scene) -> Say | None:
        """Before a form begins: an offer answered in words, or less money than was due."""
        if scene.pressed is not None or not scene.text:
            return None
        if scene.intent in ("submit_evidence", "ask_required_evidence"):
            return self.without_evidence(scene)
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


def _asked_evidence(scene: Scene) -> bool:
    """Whether the newest thing said to the buyer asked for a picture."""
    for message in reversed(scene.uow.messages.last(scene.conversation.id, 4)):
        if message.role is not Role.BUYER and message.turn_id != scene.turn.id:
            return bool(message.awaiting is Awaiting.EVIDENCE)
    return False


_ONLY = re.compile(r"只(?:到|收|退|有)(?:了|到)*\s*(\d{1,6})(?:\.(\d{1,2}))?(?!\d)")


def _only(text: str) -> tuple[int, ...]:
    """``只到了48``, in fen."""
    said = _ONLY.search(reading.normal(text))
    return (int(said.group(1)) * 100 + int(f"{said.group(2) or '':0<2}"),) if said else ()


def received_amount(scene: Scene, due: Money) -> Money:
    """What the buyer says came: the smallest amount named below the one due, else nothing."""
    named = (*(scene.amounts() or sums_in(scene.text, bare=True)), *_only(scene.text))
    smaller = [fen for fen in named if 0 < fen < due.fen]
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
