"""The end of the refund flow: file, or say why not and what remains.

Invariants: what is said is rendered from the rows just written; a verdict that files nothing is remembered,
so that a second protest reaches a person; a wish that no rule grants becomes a ticket, not a promise.
"""

from __future__ import annotations

from typing import Any, Protocol

from tuika.conversations.model import Say
from tuika.intake.choices import HUMAN, PROGRESS, press, wish
from tuika.intake.claims import claim_of
from tuika.intake.findings import finding
from tuika.intake.last_asked import AnswersInWords
from tuika.intake.memory import Declined, Draft, Parked, Verdict
from tuika.intake.refund import Decider, RefundFlow
from tuika.intake.refund_told import filed
from tuika.intake.scene import Scene
from tuika.intake.statement import statement
from tuika.intake.texts import REASONS
from tuika.intake.tickets import Desk
from tuika.money import Money
from tuika.orders.model import Order
from tuika.policy.model import Alternative, Decision, Outcome
from tuika.refunds.refiling import Standing

_NOT_NEGOTIABLE = {
    "approved": "这份申请已经通过，不用再协商。",
    "paying": "这份申请已经在打款，不用再协商。",
    "negotiating": "这份申请正在等您答复协商方案。",
}
NEGOTIABLE = frozenset({"submitted", "needs_evidence", "merchant_review", "platform_review", "appealed"})


class Cases(Protocol):
    """What the flow asks of the refunds service."""

    def file(self, scene: Scene, order: Order, *, statement: str) -> Any: ...
    def open_case(self, scene: Scene, order: Order) -> Any | None: ...
    def note(self, scene: Scene, case_no: str, text: str) -> None: ...
    def propose(self, scene: Scene, case_no: str, *, kind: str, amount: Money | None, text: str) -> Any: ...
    def watch(self, scene: Scene, order: Order, decision: Decision) -> None: ...
    def progress(self, scene: Scene, case: Any) -> Say: ...


class RefundFiling:
    def __init__(
        self,
        flow: RefundFlow,
        decider: Decider,
        cases: Cases,
        desk: Desk,
        words: AnswersInWords,
        *,
        offers_notices: bool = False,
    ) -> None:
        self._offers_notices = offers_notices
        self._words = words
        self._flow = flow
        self._decider = decider
        self._cases = cases
        self._desk = desk

    def finish(self, scene: Scene) -> list[Say]:
        """What the flow comes to. Called once, inside the turn's transaction."""
        draft = scene.draft
        if draft.cannot_prove:
            return [self._desk.unproved_ticket(scene)]
        if not draft.stopped:
            self._then_others(scene)
        if draft.stopped or draft.confirmed is False:
            return [_not_filed(scene)]
        order = scene.order(draft.order_no)
        assert order is not None
        case = self._cases.open_case(scene, order)
        if case is not None:
            return [self._already_open(scene, order, case)]
        decision = self._decider.decide(scene, order, claim_of(scene, self._decider.collected(scene)))
        scene.staged["topic_closed"] = True
        if decision.outcome.files:
            barred = self._not_again(scene, order, decision)
            return [barred or self._file(scene, order, decision)]
        return [self._verdict(scene, order, decision)]

    def _then_others(self, scene: Scene) -> None:
        """The next order that was named in the same breath is gone into as soon as this one is settled."""
        left = [each for each in scene.draft.queue if scene.order(each.order_no) is not None]
        if not left or scene.memory.parked is not None:
            return
        following, *rest = left
        draft = Draft(
            purpose="request_refund",
            order_no=following.order_no,
            reason=following.reason or scene.draft.reason,
            words=following.words,
            queue=tuple(rest),
        )
        scene.memory.parked = Parked(form="refund_form", draft=draft)

    def _file(self, scene: Scene, order: Order, decision: Decision) -> Say:
        case = self._cases.file(scene, order, statement=statement(scene, order, decision))
        scene.memory.verdict = None
        if scene.draft.wish is not None:
            self._wish(scene, case)
        return filed(
            case, order, self._decider.pack(scene).words, offers_notices=self._offers_notices and case.is_open
        )

    def _not_again(self, scene: Scene, order: Order, decision: Decision) -> Say | None:
        """The same was rejected before and cannot come again, or not without something new."""
        again = self._decider.refiling(scene, order, decision)
        if again.standing not in (Standing.SPENT, Standing.WANTS_NEW) or again.rejected is None:
            return None
        appeals = not again.rejected.appealed
        ways = (wish("申诉", "appeal_rejection"), HUMAN) if appeals else (HUMAN,)
        way = "可以对上次的结果申诉一次，或转人工说明情况。" if appeals else "可以转人工说明情况。"
        if again.standing is Standing.SPENT:
            return Say(f"这个问题已经重新申请过一次，按规则不能再次提交。{way}", quick_replies=ways)
        return Say(
            f"没有上次没交过的材料，重新申请也会是同样的结果，所以这次没有提交。等有了新的截图随时发来；{way}",
            quick_replies=ways,
        )

    def _wish(self, scene: Scene, case: Any) -> bool:
        """Put the wish to whoever decides; where the rules already gave all of it there is nothing to ask."""
        if case.state.value not in NEGOTIABLE:
            return False
        amount = Money(scene.draft.wish_fen) if scene.draft.wish_fen else None
        self._cases.propose(
            scene, case.case_no, kind=scene.draft.wish or "", amount=amount, text=scene.draft.words
        )
        return True

    def _already_open(self, scene: Scene, order: Order, case: Any) -> Say:
        """A second problem is a note to the open case; a wish is put to the other side."""
        draft = scene.draft
        head = ""
        if case.state.value == "negotiating":
            answered = self._words.offer(scene, case.case_no)
            if answered is not None:
                return answered
        if draft.wish is not None:
            recorded = self._wish(scene, case)
            settled = _NOT_NEGOTIABLE.get(case.state.value, "")
            head = "您的协商意愿已经记到申请里，会转给处理方。" if recorded else settled
        elif draft.reason is not None and draft.reason is not case.reason:
            self._cases.note(
                scene, case.case_no, f"{REASONS[draft.reason]}：{draft.words or scene.text}"[:300]
            )
            head = f"这笔订单已有处理中的申请，您说的“{REASONS[draft.reason]}”已作为补充说明记进去。"
        else:
            head = "这笔订单已经有一份处理中的申请，不用重复提交。"
        told = self._cases.progress(scene, case)
        scene.staged["topic_closed"] = True
        return Say(f"{head}\n{told.text}", told.card, told.quick_replies, told.awaiting)

    def _verdict(self, scene: Scene, order: Order, decision: Decision) -> Say:
        shown = finding(order, decision)
        clause = decision.clauses[-1].text if decision.clauses else ""
        _remember(scene, order, decision, shown or clause)
        protests = scene.memory.verdict.protests if scene.memory.verdict else 0
        if scene.draft.wish is not None and decision.outcome is not Outcome.WAIT:
            return self._desk.wish_ticket(scene, order, decision)
        if protests >= 2 and decision.outcome is not Outcome.WAIT:
            self._desk.hand_over(scene, "买家不接受机器人的结论，要求复核")
            return Say(
                "我又核对了一遍，记录没有变化。您不认可这个结论，我把订单、记录和结论一起转给人工复核。"
            )
        if decision.outcome is Outcome.WAIT:
            self._cases.watch(scene, order, decision)
            return Say(
                f"{shown}到点还没收到，我会主动来找您，您也可以直接回复“还没到”，我马上帮您申请退款。现在不用做什么。",
                quick_replies=(PROGRESS, HUMAN),
            )
        if protests:
            return Say(
                f"重新核对了一遍，记录没有变化。{clause}如果实际情况不是这样，请发能说明问题的截图，或者由人工复核。",
                quick_replies=(*_ways(decision, order)[:-1], wish("上传截图", "submit_evidence"), HUMAN),
            )
        if decision.outcome is Outcome.EXPLAIN:
            return Say(f"查到了：{shown or clause}{_remains(decision)}", quick_replies=_ways(decision, order))
        return Say(
            f"这笔暂时不能退：{shown}{clause}{_remains(decision)}", quick_replies=_ways(decision, order)
        )


def _remember(scene: Scene, order: Order, decision: Decision, text: str) -> None:
    before = scene.fresh_verdict
    same = before is not None and before.order_no == order.order_no and before.outcome is decision.outcome
    protests = before.protests + 1 if same and before is not None else 0
    scene.memory.verdict = Verdict(
        order_no=order.order_no,
        reason=decision.claimed,
        outcome=decision.outcome,
        text=text,
        protests=protests,
        turn=scene.turn.number,
    )


_REMAINS = {
    Alternative.EXCHANGE: "申请换货或补发",
    Alternative.CONSENT: "请商家考虑",
    Alternative.PARTIAL: "和商家协商退一部分",
    Alternative.HUMAN: "转人工再看",
    Alternative.PAYMENT_PROOF: "发支付流水号或支付截图来登记",
    Alternative.HOW_TO_REDEEM: "让我告诉您怎么兑换",
    Alternative.LATER: "晚点再来看",
}


def _remains(decision: Decision) -> str:
    parts = [_REMAINS[a] for a in decision.alternatives if a in _REMAINS]
    return f"\n您还可以：{'，或'.join(parts)}。" if parts else ""


def _ways(decision: Decision, order: Order) -> tuple[Any, ...]:
    ways = {
        Alternative.EXCHANGE: press("申请换货", "exchange_order", order_no=order.order_no),
        Alternative.PARTIAL: wish("协商退一部分", "request_partial_refund"),
        Alternative.HOW_TO_REDEEM: wish("怎么兑换", "ask_card_key_usage"),
    }
    return (*(ways[a] for a in decision.alternatives if a in ways), HUMAN)


def _not_filed(scene: Scene) -> Say:
    scene.staged["topic_closed"] = True
    order = scene.order(scene.draft.order_no)
    if order is not None and scene.draft.reason is not None:
        scene.memory.declined = Declined(order_no=order.order_no, reason=scene.draft.reason)
    name = f"“{order.product.name}”这笔" if order is not None else ""
    return Say(
        f"好的，{name}没有提交任何申请。之后想退，随时把情况告诉我就行；注意退款有申请时限。",
        quick_replies=(wish("重新申请退款", "request_refund"), PROGRESS, HUMAN),
    )


__all__ = ["Cases", "RefundFiling"]
