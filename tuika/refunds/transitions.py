"""The one table of what may happen to a case in which state, with its guards.

Invariants: a state changes only along :data:`TRANSITIONS`; an event that neither table lists for the
present state, or whose guard refuses, is a :class:`~tuika.errors.Conflict` and changes nothing. The diagram
in docs/refund-states.md is drawn from this table and compared by a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tuika.errors import Conflict
from tuika.money import ZERO, Money
from tuika.refunds.events import CaseEventType as E
from tuika.refunds.model import SYSTEM, Actor, ActorKind, RefundCase
from tuika.refunds.states import CLOSED_STATES, OPEN_STATES, REFUNDED_STATES, WITHDRAWABLE
from tuika.refunds.states import CaseState as S


@dataclass(frozen=True, slots=True)
class Step:
    """What a guard may look at beside the case. ``owed``: what can still be paid back on the order."""

    actor: Actor = SYSTEM
    amount: Money | None = None
    owed: Money = ZERO
    two_people: bool = True
    fresh_evidence: bool = False
    appeals: int = 1


Guard = Callable[[RefundCase, Step], str | None]  # the reason of a refusal, in Chinese


def within_owed(case: RefundCase, step: Step) -> str | None:
    if step.amount is None or not ZERO < step.amount <= step.owed:
        return f"退款金额必须大于 0，且不超过这笔订单还能退的 {step.owed}"
    return other_reviewer(case, step)


def merchant_consents(case: RefundCase, step: Step) -> str | None:
    if case.consent_required and step.actor.kind is not ActorKind.MERCHANT:
        return "这份申请要商家同意才能退，平台不强制；请等商家答复，或改为协商"
    return within_owed(case, step)


def evidence_complete(case: RefundCase, step: Step) -> str | None:
    return "材料还没有补齐" if case.evidence_wanted else None


def complete_and_owed(case: RefundCase, step: Step) -> str | None:
    return evidence_complete(case, step) or within_owed(case, step)


def only_by_deadline(case: RefundCase, step: Step) -> str | None:
    return None if step.actor == SYSTEM else "买家还在补交材料的期限内，到期未补齐会自动结束"


def other_reviewer(case: RefundCase, step: Step) -> str | None:
    """An appeal is decided by another person than the one who rejected, where there are two."""
    if case.state is S.APPEALED and step.two_people and str(step.actor) == case.rejected_by:
        return "申诉要由另一位审核员处理，原来驳回的人不能再审"
    return None


def appealable(case: RefundCase, step: Step) -> str | None:
    if case.appealed or step.appeals < 1:
        return "这份申请已经申诉过一次，不能再申诉"
    return None if step.fresh_evidence else "申诉要有之前没有交过的新材料"


@dataclass(frozen=True, slots=True)
class To:
    state: S
    guard: Guard | None = None


TRANSITIONS: dict[tuple[S, E], To] = {
    (S.SUBMITTED, E.EVIDENCE_REQUESTED): To(S.NEEDS_EVIDENCE),
    (S.SUBMITTED, E.APPROVED): To(S.APPROVED, within_owed),
    (S.SUBMITTED, E.MERCHANT_ASKED): To(S.MERCHANT_REVIEW),
    (S.SUBMITTED, E.REVIEW_BEGUN): To(S.PLATFORM_REVIEW),
    (S.SUBMITTED, E.REJECTED): To(S.REJECTED),
    (S.NEEDS_EVIDENCE, E.EVIDENCE_REQUESTED): To(S.NEEDS_EVIDENCE),
    (S.NEEDS_EVIDENCE, E.APPROVED): To(S.APPROVED, complete_and_owed),
    (S.NEEDS_EVIDENCE, E.MERCHANT_ASKED): To(S.MERCHANT_REVIEW, evidence_complete),
    (S.NEEDS_EVIDENCE, E.REVIEW_BEGUN): To(S.PLATFORM_REVIEW, evidence_complete),
    (S.NEEDS_EVIDENCE, E.APPEAL_RESUMED): To(S.APPEALED, evidence_complete),
    (S.NEEDS_EVIDENCE, E.REJECTED): To(S.REJECTED, only_by_deadline),
    (S.MERCHANT_REVIEW, E.APPROVED): To(S.APPROVED, merchant_consents),
    (S.MERCHANT_REVIEW, E.REVIEW_BEGUN): To(S.PLATFORM_REVIEW),
    (S.MERCHANT_REVIEW, E.REJECTED): To(S.REJECTED),
    (S.MERCHANT_REVIEW, E.EVIDENCE_REQUESTED): To(S.NEEDS_EVIDENCE),
    (S.MERCHANT_REVIEW, E.OFFER_MADE): To(S.NEGOTIATING),
    (S.MERCHANT_REVIEW, E.SETTLED): To(S.SETTLED),
    (S.PLATFORM_REVIEW, E.APPROVED): To(S.APPROVED, within_owed),
    (S.PLATFORM_REVIEW, E.REJECTED): To(S.REJECTED),
    (S.PLATFORM_REVIEW, E.EVIDENCE_REQUESTED): To(S.NEEDS_EVIDENCE),
    (S.PLATFORM_REVIEW, E.OFFER_MADE): To(S.NEGOTIATING),
    (S.PLATFORM_REVIEW, E.SETTLED): To(S.SETTLED),
    (S.NEGOTIATING, E.APPROVED): To(S.APPROVED, within_owed),
    (S.NEGOTIATING, E.REVIEW_BEGUN): To(S.PLATFORM_REVIEW),
    (S.NEGOTIATING, E.SETTLED): To(S.SETTLED),
    (S.APPEALED, E.APPROVED): To(S.APPROVED, within_owed),
    (S.APPEALED, E.REJECTED): To(S.REJECTED, other_reviewer),
    (S.APPEALED, E.EVIDENCE_REQUESTED): To(S.NEEDS_EVIDENCE, other_reviewer),
    (S.APPROVED, E.PAYOUT_BEGUN): To(S.PAYING),
    (S.APPROVED, E.PAID): To(S.PAID),
    (S.PAYING, E.PAID): To(S.PAID),
    (S.REJECTED, E.APPEALED): To(S.APPEALED, appealable),
    **{(state, E.WITHDRAWN): To(S.WITHDRAWN) for state in S if state in WITHDRAWABLE},
}

_ANY = frozenset(S)
_UNDECIDED = WITHDRAWABLE
NOTED: dict[E, frozenset[S]] = {
    E.EVIDENCE_ADDED: OPEN_STATES,
    E.NOTE_ADDED: _ANY,
    E.WISH_RECORDED: _UNDECIDED,
    E.APPROVAL_REQUESTED: _UNDECIDED - {S.NEEDS_EVIDENCE},
    E.DECIDED_AGAIN: frozenset({S.MERCHANT_REVIEW, S.PLATFORM_REVIEW}),
    E.DEADLINE_PASSED: OPEN_STATES,
    E.DEADLINE_RECKONED: OPEN_STATES,
    E.MERCHANT_TOLD: _ANY,
    E.MERCHANT_APPROVED: _ANY,
    E.MERCHANT_REJECTED: _ANY,
    E.OFFER_ACCEPTED: frozenset({S.NEGOTIATING}),
    E.OFFER_REFUSED: frozenset({S.NEGOTIATING}),
    E.OFFER_LAPSED: frozenset({S.NEGOTIATING}),
    E.KEY_REISSUED: frozenset({S.NEGOTIATING, S.MERCHANT_REVIEW, S.PLATFORM_REVIEW}),
    E.KEY_OPENED: frozenset({S.SETTLED}),
    E.CALL_FAILED: _ANY,
    E.CALL_DELAYED: _ANY,
    E.FUNDS_MOVED: _ANY,
    E.PAYEE_GIVEN: frozenset({S.APPROVED}),
    E.MERCHANT_REMINDED: OPEN_STATES,
    E.MERCHANT_EVIDENCE: _UNDECIDED,
    E.ARRIVAL_CONFIRMED: frozenset({S.PAID, S.SETTLED}),
    E.ARRIVAL_DENIED: frozenset({S.PAID, S.SETTLED}),
    E.BUYER_REMINDED: OPEN_STATES,
    E.IMPORTED: _ANY,
}


def allowed(case: RefundCase, event: E) -> bool:
    """Whether the state alone allows the event."""
    return (case.state, event) in TRANSITIONS or case.state in NOTED.get(event, frozenset())


def target(case: RefundCase, event: E, step: Step) -> S:
    """The state after ``event``; the present one for an event that only notes. Raises Conflict."""
    found = TRANSITIONS.get((case.state, event))
    if found is None:
        if case.state in NOTED.get(event, frozenset()):
            return case.state
        raise Conflict("申请当前的状态不允许这一步，请刷新后再看", state=case.state.value, event=event.value)
    refusal = found.guard(case, step) if found.guard else None
    if refusal is not None:
        raise Conflict(refusal, state=case.state.value, event=event.value)
    return found.state


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {S.SUBMITTED.value}: {E.FILED.value}"]
    for (state, event), to in TRANSITIONS.items():
        guard = f" [{to.guard.__name__}]" if to.guard else ""
        lines.append(f"    {state.value} --> {to.state.value}: {event.value}{guard}")
    lines += [f"    {state.value} --> [*]" for state in S if state in CLOSED_STATES]
    return "\n".join(lines) + "\n"


__all__ = ["NOTED", "REFUNDED_STATES", "TRANSITIONS", "Step", "To", "allowed", "diagram", "target"]
