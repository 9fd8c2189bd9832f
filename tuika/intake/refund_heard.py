"""What a message is to a refund in work: a yes or no to its summary, the end of it, a question beside it, a word about it.

Invariants: nothing here writes; a yes moves money and must be plain; what only resembles a withdrawal or a farewell ends
nothing.
"""

from __future__ import annotations

from tuika.intake import reading, replies
from tuika.intake.intents import IN_PASSING, OPENERS, REDIRECTED
from tuika.intake.scene import Scene

SURE_YES = 0.5
SURE_GOODBYE = 0.6
_STOP = frozenset({"cancel_refund", "goodbye"})


def yes_or_no(scene: Scene) -> bool | None:
    """What the buyer says to the summary. A yes moves money: it must be plain."""
    if scene.pressed is None:
        plain = replies.to_summary(scene.text)
        if plain or (plain is False and not _elsewhere(scene)):
            return plain
    if scene.intent == "affirm":
        return True if scene.understood.confidence >= SURE_YES else None
    return False if scene.intent == "deny" and not _mends(scene) and not _elsewhere(scene) else None


def _mends(scene: Scene) -> bool:
    """Whether a "no" at the summary says what is wrong with it."""
    told = scene.turn.heard.references or reading.reason_in_words(scene.text) or len(scene.sight.matched) == 1
    return scene.pressed is None and reading.corrects(scene.text) and bool(told)


def _elsewhere(scene: Scene) -> bool:
    """Whether a "not there" is about where the money goes ("别退银行卡，退到余额")."""
    return scene.pressed is None and reading.to_balance(scene.text)


def stops(scene: Scene) -> bool:
    """Whether the matter is dropped, or left for another time, in so many words."""
    asked = scene.memory.asked
    if scene.pressed == "intent" and scene.intent in _STOP:
        return True
    if _elsewhere(scene):
        return False
    if scene.intent == "cancel_refund":
        return replies.gives_up(scene.text) or replies.withdraws(scene.text)
    if scene.intent == "goodbye":
        return scene.understood.confidence >= SURE_GOODBYE and not replies.goes_on_without(scene.text)
    given_up = scene.intent == "deny" and asked in ("order", "reason", "evidence")
    return (given_up and replies.gives_up(scene.text)) or (
        asked in ("order", "reason", "evidence", "payment") and replies.drops(scene.text)
    )


def only_asks(scene: Scene) -> bool:
    """Whether a number belongs to a question put in passing, and not to the request in work."""
    known = scene.draft.order_no is not None and scene.order(scene.draft.order_no) is not None
    asks = scene.memory.asked not in (None, "order", "proof") and scene.intent in IN_PASSING
    return known and asks and not reading.corrects(scene.text) and not reading.wants_money(scene.text)


def speaks_to_it(scene: Scene) -> bool:
    """Said about this very matter, even where it adds nothing: the question is simply asked again."""
    redirected = scene.memory.asked is None and scene.intent in REDIRECTED
    return redirected or scene.intent in OPENERS or bool(scene.turn.heard.attachments)


__all__ = ["only_asks", "speaks_to_it", "stops", "yes_or_no"]
