"""Several orders in one breath, or another one on the way: which is gone into now, and which afterwards.

Invariants: only orders that this buyer may see are queued; each keeps what was said of it; the one in work is left only
where the words correct it.
"""

from __future__ import annotations

import re

from tuika.intake import reading
from tuika.intake.intents import OPENERS
from tuika.intake.memory import Queued
from tuika.intake.scene import Scene
from tuika.policy.model import Reason

_ALSO = re.compile(r"还有|另外|再有|再一个|顺便|以及|同时|也")


def queue_others(scene: Scene) -> None:
    """Further orders of his that the same message names: gone into when the first one is settled."""
    if len(scene.turn.heard.references) < 2 or not reading.names_several(scene.text):
        return
    told = _told_of_each(scene)
    first = told.get(scene.draft.order_no or "")
    if first and len({reading.reason_in_words(words) for words in told.values()}) > 1:
        worded = reading.reason_in_words(first)
        scene.draft.reason = Reason(worded) if worded else scene.draft.reason
    _queue(scene, {number: words for number, words in told.items() if number != scene.draft.order_no})


def names_one_more(scene: Scene) -> bool:
    """Whether the message brings up another of his orders beside the one in work; it is queued then."""
    draft = scene.draft
    if (
        scene.memory.asked in (None, "order", "proof")
        or draft.order_no is None
        or not _ALSO.search(scene.text)
    ):
        return False
    if reading.corrects(scene.text) or (
        scene.intent not in OPENERS and not reading.reason_in_words(scene.text)
    ):
        return False
    told = {n: words for n, words in _told_of_each(scene).items() if n != draft.order_no}
    _queue(scene, told)
    return bool(told)


def _told_of_each(scene: Scene) -> dict[str, str]:
    """His orders that the message names, each with the words around its number."""
    text = scene.text
    places = []
    for number in scene.turn.heard.references:
        order, at = scene.order(number), text.upper().find(number.upper())
        if order is not None and at >= 0:
            places.append((at, order.order_no))
    places.sort()
    told: dict[str, str] = {}
    for index, (at, number) in enumerate(places):
        start = 0 if index == 0 else at
        end = places[index + 1][0] if index + 1 < len(places) else len(text)
        told.setdefault(number, text[start:end].strip(" ，,。、;；"))
    return told


def _queue(scene: Scene, told: dict[str, str]) -> None:
    waiting = {each.order_no: each for each in scene.draft.queue}
    for number, words in told.items():
        worded = reading.reason_in_words(words)
        waiting[number] = Queued(
            order_no=number, reason=Reason(worded) if worded else None, words=words[:300]
        )
    scene.draft.queue = tuple(waiting.values())


__all__ = ["names_one_more", "queue_others"]
