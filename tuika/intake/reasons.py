"""Which reason a message names: by its intent, its words, what was talked about, what was asked before.

Invariants: nothing here writes; a message that only says which order is meant names no other problem; what the
words plainly say of a failure goes before a wish to be rid of the goods.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tuika.intake import reading
from tuika.intake.intents import OPENERS, PROBLEMS, QUESTIONS, REASON_OF_INTENT, REDIRECTED
from tuika.intake.scene import Scene
from tuika.intake.support import speaks_of
from tuika.policy.model import Reason
from tuika.refunds.states import CaseState

SURE_REASON = 0.45
AHEAD = 2.0
A_PICK = 8  # characters: "the second", "尾号0002"
A_WORD = 5  # below, what a message resembles ("还钱！！") is no story
_FAILURES = frozenset({Reason.NO_DELIVERY.value, Reason.INVALID_CARD_KEY.value})
_ENDED_UNPAID = frozenset({CaseState.REJECTED, CaseState.WITHDRAWN})


def named_reason(scene: Scene, mine: Callable[[Scene], list[Any]]) -> Reason | None:
    """The reason that the message brings to the draft; None: it brings none. ``mine``: the buyer's cases."""
    if scene.memory.asked in ("proof", "claim") and scene.draft.reason is not None:
        return None  # "打错了" is about the proof now
    if _contests(scene):
        return scene.memory.verdict.reason if scene.memory.verdict else None
    mends = reading.mends_number(scene.text) and bool(scene.turn.heard.references)
    if scene.memory.asked in ("order", "proof") and mends:
        return None  # "打错了" is about the number
    named = _read_again(_first_reading(scene, mine), scene.text)
    if named in (None, Reason.CHANGED_MIND) and not reading.regrets(scene.text):
        before = _declined_before(scene)
        if before is not None:
            return before
    if named is None or not _is_told(named, scene):
        return None
    return None if scene.draft.reason is not None and _says_which_order(scene) else named


def _is_told(named: Reason, scene: Scene) -> bool:
    """Whether the message speaks of the reason, and does not only resemble one.

    What answers another question (an order, a picture, the yes) changes or brings a reason only in plain words; so does a
    message of which the engine is not sure.
    """
    if scene.pressed is not None or speaks_of(named, scene.text):
        return True
    if REASON_OF_INTENT.get(scene.intent) is named and reading.bare_wish(scene.text):
        return False
    if scene.memory.asked not in (None, "reason") or len(scene.text) < A_WORD:
        return False
    return REASON_OF_INTENT.get(scene.intent) is not named or _stands_out(scene)


def _stands_out(scene: Scene) -> bool:
    """Whether the engine's first choice is likely by itself, or far ahead of any other problem."""
    rivals = [s for n, s in scene.understood.scores.items() if n in PROBLEMS and n != scene.intent]
    likely = scene.understood.confidence
    return likely >= SURE_REASON or likely >= AHEAD * max(rivals, default=0.0)


def _contests(scene: Scene) -> bool:
    """Whether the message only contests the last answer: then it is about the same problem, whatever it resembles."""
    verdict = scene.memory.verdict
    if verdict is None or scene.draft.reason is not None or scene.turn.heard.references:
        return False
    worded = reading.reason_in_words(scene.text)
    return scene.continues_focus and reading.disputes(scene.text) and worded in (None, verdict.reason.value)


def _first_reading(scene: Scene, mine: Callable[[Scene], list[Any]]) -> Reason | None:
    if scene.pressed == "refile_order" and "reason" in scene.payload:
        return Reason(scene.payload["reason"])
    named = REASON_OF_INTENT.get(scene.intent) or _between_lines(scene, mine)
    if named is None and scene.draft.reason is None and scene.continues_focus and scene.memory.verdict:
        return scene.memory.verdict.reason
    return named


def _declined_before(scene: Scene) -> Reason | None:
    """The reason of a summary that the buyer let go, when he comes back to the same order with a bare wish."""
    declined = scene.memory.declined
    if declined is None or scene.draft.reason is not None or scene.intent not in OPENERS | REDIRECTED:
        return None
    named = {r.upper() for r in scene.turn.heard.references}
    return declined.reason if not named or declined.order_no.upper() in named else None


def _between_lines(scene: Scene, mine: Callable[[Scene], list[Any]]) -> Reason | None:
    """The problem that a bare wish for money mentions: in words, or as the likeliest runner-up."""
    wishes = scene.intent in OPENERS | REDIRECTED
    opens = scene.memory.asked is None  # by whatever the message resembles: a curse, a greeting, a question
    if scene.draft.reason is not None or not (wishes or opens or scene.intent in QUESTIONS):
        return None
    worded = reading.reason_in_words(scene.text)
    if worded is not None:
        return Reason(worded)
    if not wishes:
        return None
    if reading.regrets(scene.text):
        return Reason.CHANGED_MIND
    if scene.problem and not reading.bare_wish(scene.text):
        return REASON_OF_INTENT[scene.problem]
    return _reason_before(scene, mine(scene))


def _reason_before(scene: Scene, cases: list[Any]) -> Reason | None:
    """Of a case on this order that ended without money: who asks again asks for the same."""
    named = {r.upper() for r in scene.turn.heard.references} | {scene.draft.order_no}
    last = next((case for case in cases if case.order_no in named), None)
    return last.reason if last is not None and last.state in _ENDED_UNPAID else None


def _read_again(named: Reason | None, text: str) -> Reason | None:
    """A wish to be rid of something that failed is about the failure; "cancel it" is a wish, not a report."""
    if named is Reason.ORDER_CANCELLED and reading.wants_to_cancel(text):
        return Reason.CHANGED_MIND
    if named is Reason.ORDER_CANCELLED and not reading.tells_of_cancelling(text):
        return Reason(reading.reason_in_words(text) or named)
    if named is Reason.NO_DELIVERY and _mistyped(text):
        return Reason.WRONG_RECHARGE
    worded = (
        reading.reason_in_words(text) if named in (Reason.CHANGED_MIND, Reason.NOT_AS_DESCRIBED) else None
    )
    if named is Reason.NOT_AS_DESCRIBED:
        return Reason.NO_DELIVERY if worded == Reason.NO_DELIVERY else named
    if named is Reason.INVALID_CARD_KEY and _worded_of_key(text) is None and reading.contrasts(text):
        return Reason.NOT_AS_DESCRIBED
    if named is Reason.CHANGED_MIND and reading.complains(text) and not reading.regrets(text):
        return Reason(worded or Reason.NO_DELIVERY)
    if worded == Reason.NO_DELIVERY and reading.regrets(text) and not reading.complains(text):
        return named
    return Reason(worded) if worded in _FAILURES else named


def _mistyped(text: str) -> bool:
    """Whether what has not come is said to have gone elsewhere by the buyer's own slip."""
    return reading.own_error(text) is True and reading.reason_in_words(text) == Reason.WRONG_RECHARGE.value


def _worded_of_key(text: str) -> str | None:
    """The reason in words, where it is that a key fails."""
    worded = reading.reason_in_words(text)
    return worded if worded == Reason.INVALID_CARD_KEY.value else None


def _says_which_order(scene: Scene) -> bool:
    """Whether the message picks an order or mends its number, and tells of nothing else."""
    if scene.memory.asked == "order" and len(scene.text) <= A_PICK:
        return reading.reason_in_words(scene.text) is None
    return bool(scene.turn.heard.references) and reading.mends_number(scene.text)
