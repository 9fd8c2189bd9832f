"""What a buyer told while he only asked: taken up when he asks for the refund a few words later.

Invariants: kept for a few turns; a reason that is said later goes before it; nothing is filed by it.
"""

from __future__ import annotations

from tuika.intake import reading
from tuika.intake.intents import REASON_OF_INTENT
from tuika.intake.memory import Story
from tuika.intake.scene import Scene
from tuika.policy.model import Reason

FRESH = 5  # turns
_ASKS = frozenset(
    {"ask_refund_eligibility", "ask_how_to_refund", "ask_required_evidence", "ask_legal_rights"}
)


def keep_story(scene: Scene) -> None:
    """Remember the problem that a question mentions, where it mentions one."""
    if scene.intent not in _ASKS or scene.pressed is not None or len(scene.text) < 8:
        return
    worded = reading.reason_in_words(scene.text)
    reason = Reason(worded) if worded else None
    if reason is None and reading.regrets(scene.text):
        reason = Reason.CHANGED_MIND
    if reason is None and scene.problem:
        reason = REASON_OF_INTENT[scene.problem]
    if reason is not None:
        matched = scene.sight.matched
        scene.memory.story = Story(
            reason=reason,
            words=scene.text[:300],
            turn=scene.turn.number,
            order_no=matched[0].order_no if len(matched) == 1 else None,
        )


def take_story(scene: Scene) -> Reason | None:
    """The problem told a few turns ago, for a wish that says nothing of it; its words go into the draft."""
    story = scene.memory.story
    if story is None or scene.turn.heard.references or scene.turn.number - story.turn > FRESH:
        return None
    scene.draft.words = scene.draft.words or story.words
    scene.draft.order_no = scene.draft.order_no or story.order_no
    scene.memory.story = None
    return story.reason


__all__ = ["keep_story", "take_story"]
