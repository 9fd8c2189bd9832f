"""An upload that no form asked for, and presses that stand alone.

Invariants: an upload is never lost (it is stored before this runs); it goes to the case that waits for it, else
to the open case it can help, else it is kept and the buyer is asked what it is about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from tuika.conversations.model import Awaiting, Say
from tuika.intake.choices import HUMAN, PROGRESS, TOPICS
from tuika.intake.refund_told import missing_of
from tuika.intake.scene import Scene, fresh_evidence
from tuika.intake.texts import EVIDENCE, EVIDENCE_SHORT
from tuika.policy.model import EvidenceKind
from tuika.refunds.states import OPEN_STATES


class UploadCases(Protocol):
    def mine(self, scene: Scene) -> list[Any]: ...
    def add_evidence(self, scene: Scene, case_no: str, items: list[Any]) -> Any: ...
    def progress(self, scene: Scene, case: Any) -> Say: ...
    def answer_offer(self, scene: Scene, case_no: str, *, accept: bool) -> Any: ...
    def report_arrival(self, scene: Scene, case_no: str, *, received: Any) -> Any: ...
    def rate(self, scene: Scene, score: int) -> None: ...


class Uploads:
    def __init__(
        self,
        cases: UploadCases,
        contested: Callable[[Scene], Say | None],
        *,
        notify_link: Callable[[str], str] | None = None,
    ) -> None:
        """``notify_link``: the signed form where a conversation's notices are agreed; None: there are none."""
        self._notify_link = notify_link
        self._cases = cases
        self._contested = contested

    def upload(self, scene: Scene) -> Say:
        """Where an unasked upload belongs."""
        mine = self._cases.mine(scene)
        waiting = [c for c in mine if c.state.value == "needs_evidence"]
        open_ones = [c for c in mine if c.state in OPEN_STATES]
        if waiting:
            return self._to_waiting(scene, waiting[0])
        if open_ones and open_ones[0].state.value not in ("approved", "paying"):
            self._cases.add_evidence(scene, open_ones[0].case_no, fresh_evidence(scene))
            return Say(
                f"收到，已附到申请 {open_ones[0].case_no} 里，审核人员能看到。还有别的可以继续发。",
                quick_replies=(PROGRESS, HUMAN),
            )
        contested = self._contested(scene)
        if contested is not None:
            return contested
        reads = self._reads_on(scene)
        return Say(
            f"{'图片收到，已经保存，我正在看图上的内容。' if reads else '图片收到，已经保存。'}"
            "这是关于哪笔订单的什么问题？说一下我接着处理。",
            quick_replies=TOPICS,
        )

    def _reads_on(self, scene: Scene) -> bool:
        """Whether a worker will read the picture and say what it found: then it opens the conversation."""
        marked = [scene.uow.readings.opens(each, scene.turn.number) for each in scene.turn.heard.attachments]
        return any(marked)

    def _to_waiting(self, scene: Scene, case: Any) -> Say:
        items = fresh_evidence(scene)
        wanted = missing_of(case)
        unnamed = [item for item in items if item.kind is EvidenceKind.OTHER]
        if wanted and unnamed and not any(item.kind in wanted for item in items):
            scene.uow.evidence.set_kind(
                unnamed[-1].id, wanted[0]
            )  # an upload without a kind is what was asked for
            items = fresh_evidence(scene)
        case = self._cases.add_evidence(scene, case.case_no, items)
        missing = missing_of(case)
        if case.state.value == "needs_evidence" and missing:
            scene.memory.evidence_asked = missing[0].value
            return Say(
                f"收到，还差：{'、'.join(EVIDENCE_SHORT[k] for k in missing)}。请接着发：{EVIDENCE[missing[0]]}。",
                awaiting=Awaiting.EVIDENCE,
            )
        scene.memory.evidence_asked = None
        told = self._cases.progress(scene, case)
        return Say(f"材料齐了，申请继续处理。\n{told.text}", told.card, told.quick_replies)

    def choose(self, scene: Scene) -> list[Say]:
        """A press that belongs to no form."""
        case_no = scene.payload.get("case_no", "")
        if scene.pressed in ("offer_accept", "offer_refuse"):
            case = self._cases.answer_offer(scene, case_no, accept=scene.pressed == "offer_accept")
            return [self._cases.progress(scene, case)]
        if scene.pressed == "arrived":
            case = next((c for c in self._cases.mine(scene) if c.case_no == case_no), None)
            if case is not None:
                self._cases.report_arrival(scene, case_no, received=case.amount)
            return [Say("太好了，已记录收到退款。以后收到卡密记得马上验证并截图。")]
        if scene.pressed == "rating":
            self._cases.rate(scene, int(scene.payload.get("score", "5")))
            return [Say("谢谢您的评价。")]
        if scene.pressed == "notify_me" and self._notify_link is not None:
            link = self._notify_link(scene.conversation.id)
            return [
                Say(
                    f"可以。请打开这个页面选怎么通知您（邮箱、手机号，或绑定的聊天账号），有进展会发给您，里面有申请号和回到这里的链接：{link}\n"
                    "地址加密保存，只用于退款通知，随时可以取消；链接只给您本人用。",
                    quick_replies=(PROGRESS, HUMAN),
                )
            ]
        if scene.pressed == "recall_bot":
            return [Say("好的，我继续帮您；人工那边的排队还保留着。您请说。", quick_replies=TOPICS)]
        return [Say("好的。要继续办理的话，把问题说一下就行。", quick_replies=TOPICS)]
