"""Several orders in one breath, or another one on the way: which is gone into now, and which afterwards.

Invariants: only orders that this buyer may see are queued; each keeps what was said of it; the one in work is left only
where the words correct it.
"""

from __future__ import annotations

import re

from tuika.intake import reading
from tuika.intake.finding import is_due
from tuika.intake.intents import OPENERS
from tuika.intake.memory import Draft, Queued
from tuika.intake.scene import Scene
from tuika.orders.model import Order
from tuika.orders.service import named_in
from tuika.policy.model import Reason

_SEVERAL = re.compile(r"[两俩三几](?:个|笔|单|张|样)|俩|都(?:给我|帮我)?(?:退|要退)|和|跟|以及|还有|另外|、")
_ONE_MORE = re.compile(r"(?:另|还有|再有|别的|其他)[^，。,]{0,3}[单笔个张]")
_FIRST = re.compile(r"^(?:那|你|您|要不|[，, ])*先(?:给我|帮我)?(?:退|弄|办|处理|说|看|搞)")
_CLAUSE = re.compile(r"[，,。；;、\s]+")
_EACH = re.compile(
    r"(?:其中|还|另外?|剩下)?(?:有|的)?(?:另|那)?[一1](?:个|笔|单|张|份|条)|(?:另|剩下|还有)(?:那|一)?(?:个|笔|单|张|份)"
)
_ALSO = re.compile(r"还有|另外|再有|再一个|顺便|以及|同时|也")


def queue_others(scene: Scene) -> None:
    """Further orders of his that the same message names: gone into when the first one is settled."""
    by_number = bool(scene.turn.heard.references)
    if not (reading.names_several(scene.text) if by_number else _SEVERAL.search(scene.text)):
        return
    told = _told_of_each(scene) if by_number else _told_by_name(scene)
    if len(told) < 2:
        return
    first = told.get(scene.draft.order_no or "")
    if first and len({reading.reason_in_words(words) for words in told.values()}) > 1:
        worded = reading.reason_in_words(first)
        scene.draft.reason = Reason(worded) if worded else scene.draft.reason
    _queue(scene, {number: words for number, words in told.items() if number != scene.draft.order_no})


def take_each_trouble(scene: Scene) -> None:
    """Troubles told apart without a name ("一个没发货，一个用不了"), where the records show which order is which: the
    first is gone into, the others wait."""
    if scene.memory.asked not in (None, "order") or scene.draft.order_no is not None or scene.pressed:
        return
    if scene.turn.heard.references:
        return
    told: dict[str, str] = {}
    reasons: list[Reason] = []
    for clause in _CLAUSE.split(scene.text):
        worded = reading.reason_in_words(clause) if _EACH.match(clause) else None
        if worded is None:
            continue
        reasons.append(Reason(worded))
        meant = [order for order in scene.sight.recent if _may_be(order, reasons[-1])]
        if len(meant) != 1 or meant[0].order_no in told:
            return
        told[meant[0].order_no] = clause
    if len(told) < 2:
        return
    first, *_ = told
    scene.draft.order_no, scene.draft.reason = first, reasons[0]
    _queue(scene, {number: words for number, words in told.items() if number != first})


def _may_be(order: Order, reason: Reason) -> bool:
    """Whether such a trouble can be this order's, as far as the records go."""
    if reason is Reason.NO_DELIVERY:
        return is_due(order)
    if reason is Reason.INVALID_CARD_KEY:
        return bool(order.delivered and order.keys)
    return bool(order.delivered) and (reason is not Reason.WRONG_RECHARGE or order.topup is not None)


def tells_of_another(scene: Scene) -> bool:
    """Whether the message tells, without a number, of one more order that went wrong; it is queued then."""
    draft = scene.draft
    if scene.memory.asked in (None, "order", "proof", "claim") or draft.order_no is None or scene.pressed:
        return False
    if scene.turn.heard.references or not _ONE_MORE.search(scene.text) or reading.corrects(scene.text):
        return False
    worded = reading.reason_in_words(scene.text)
    others = [o for o in scene.sight.recent if o.order_no != draft.order_no]
    meant = [o for o in others if is_due(o)] if worded == Reason.NO_DELIVERY.value else others
    if worded is None or len(meant) != 1:
        return False
    _queue(scene, {meant[0].order_no: scene.text})
    return True


def turns_to_queued(scene: Scene) -> bool:
    """Whether one that waits is to be gone into first; the one in work waits then."""
    draft = scene.draft
    if not draft.queue or draft.order_no is None or not _FIRST.search(scene.text):
        return False
    worded = reading.reason_in_words(scene.text)
    meant = [each for each in draft.queue if each.reason is not None and each.reason.value == worded]
    if len(meant) != 1 or (draft.reason is not None and draft.reason.value == worded):
        return False
    left = Queued(order_no=draft.order_no, reason=draft.reason, words=draft.words)
    rest = tuple(each for each in draft.queue if each is not meant[0])
    scene.memory.draft = Draft(
        purpose=draft.purpose,
        order_no=meant[0].order_no,
        reason=meant[0].reason,
        words=meant[0].words,
        queue=(left, *rest),
    )
    return True


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


def _told_by_name(scene: Scene) -> dict[str, str]:
    """His orders that a first message names by their goods, each with the words around the name."""
    if scene.memory.asked is not None or scene.draft.order_no is None or scene.pressed is not None:
        return {}
    text = re.sub(r"\s", "", scene.text)
    places = named_in(scene.sight.recent, text)
    if len(places) < 2:
        return {}
    ends = [at for at, _ in places[1:]] + [len(text)]
    starts = [0] + [at for at, _ in places[1:]]
    told = {
        order.order_no: text[start:end].strip(" ，,。、;；")
        for (_, order), start, end in zip(places, starts, ends, strict=True)
    }
    return told if scene.draft.order_no in told else {}


def _queue(scene: Scene, told: dict[str, str]) -> None:
    waiting = {each.order_no: each for each in scene.draft.queue}
    for number, words in told.items():
        worded = reading.reason_in_words(words)
        waiting[number] = Queued(
            order_no=number, reason=Reason(worded) if worded else None, words=words[:300]
        )
    scene.draft.queue = tuple(waiting.values())


__all__ = ["names_one_more", "queue_others", "take_each_trouble"]
