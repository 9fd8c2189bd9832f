"""When the engine is not believed: gibberish, faint small talk, and meanings that lie too close together.

Invariants: pure towards rows; what plain words say is never doubted; between two wishes that the same flow takes it matters
little which.
"""

from __future__ import annotations

from dataclasses import replace

from tuika.intake import replies, second
from tuika.intake.certainty import ASK_BELOW, CLOSE, SURELY_FOREIGN, SURELY_SMALL, SURELY_SMALL_AGAIN
from tuika.intake.gibberish import gibberish
from tuika.intake.intents import OPENERS, REASON_OF_INTENT
from tuika.intake.reading import wants_money
from tuika.intake.scene import Scene, Understood
from tuika.intake.support import speaks_of
from tuika.intake.texts import INTENT_NAMES

_SMALL = frozenset({"greet", "thank", "goodbye", "ask_capabilities", "bot_challenge"})
_NOT_A_WISH = frozenset({"nlu_fallback", "choose", "upload", "affirm", "deny", "inform", "request_human"})


def sobered(understood: Understood, scene: Scene) -> Understood:
    """Gibberish resembles nothing; "out of scope" and small talk are believed only where they are likely."""
    if scene.pressed is not None:
        return understood
    unlikely = understood.intent == "out_of_scope" and understood.confidence < SURELY_FOREIGN
    sure = SURELY_SMALL_AGAIN if scene.memory.misunderstood > 0 else SURELY_SMALL
    faint = understood.intent in _SMALL and understood.confidence < sure
    if unlikely or faint or gibberish(scene.text):
        return replace(understood, intent="nlu_fallback")
    return understood


def unsure(scene: Scene) -> bool:
    """Whether the message could as well mean something that leads elsewhere, so that the buyer is asked."""
    understood, scores = scene.understood, scene.understood.scores
    if scene.pressed is not None or understood.intent in _NOT_A_WISH or understood.confidence >= ASK_BELOW:
        return False
    if scene.turn.heard.references or wants_money(scene.text) or _is_plain(scene) or scene.fresh_verdict:
        return False
    rival = next((n for n in understood.ranking if n != understood.intent), "")
    if {rival, understood.intent} <= OPENERS or not {rival, understood.intent} <= INTENT_NAMES.keys():
        return False
    return scores.get(rival, 0.0) >= CLOSE * understood.confidence


def _is_plain(scene: Scene) -> bool:
    """Whether words stand for the meaning, beside the engine."""
    if scene.intent == "cancel_refund" and replies.withdraws(scene.text):
        return True
    reason = REASON_OF_INTENT.get(scene.intent)
    return (reason is not None and speaks_of(reason, scene.text)) or bool(second.asked_in_passing(scene.text))


__all__ = ["sobered", "unsure"]
