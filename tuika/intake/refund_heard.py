"""What a message is to a refund in work: a yes or no to its summary, the end of it, a question beside it, a word about it.

Invariants: nothing here writes; a yes moves money and must be plain; what only resembles a withdrawal or a farewell ends
nothing.
"""

from __future__ import annotations

import re

from tuika.intake import reading, replies
from tuika.intake.intents import IN_PASSING, OPENERS, REDIRECTED
from tuika.intake.scene import Scene
from tuika.policy.model import Reason

SURE_YES = 0.5
SURE_GOODBYE = 0.6
_NEGATES = re.compile(r"不|别|没|否|算|取消|放弃|等|先(?!这)|甭|唔|冇|[nN][oO]|停|撤|再(?:说|想|看)")
_LEAVES = re.compile(r"再见|拜|下次|改天|回头|先走|走了|晚安|bye|88|先不|睡|忙去|有事")
_STOP = frozenset({"cancel_refund", "goodbye"})


def yes_or_no(scene: Scene) -> bool | None:
    """What the buyer says to the summary. A yes moves money: it must be plain."""
    if scene.pressed is None and scene.draft.reason is Reason.NO_DELIVERY and replies.goods_came(scene.text):
        return False  # nothing is filed for what has come meanwhile
    if scene.pressed is None and reading.own_error(scene.text) is False:
        return None  # "not my mistake" is about the mistake
    if scene.pressed is None:
        plain = replies.to_summary(scene.text)
        if plain or (plain is False and not _elsewhere(scene)):
            return plain
    if scene.intent == "affirm":
        return True if scene.understood.confidence >= SURE_YES else None
    refuses = scene.intent == "deny" and (
        scene.pressed is not None or _NEGATES.search(scene.text) is not None
    )
    return False if refuses and not _mends(scene) and not _elsewhere(scene) else None


def after_all(text: str) -> bool:
    """Whether few words come back to what was let go ("那提交吧", "还是退了吧")."""
    few = len(text) <= 14 and not reading.another(text)
    return few and (replies.to_summary(text) is True or reading.wants_money(text))


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
        plain = asked != "confirm" or _LEAVES.search(scene.text) is not None
        return (
            plain and scene.understood.confidence >= SURE_GOODBYE and not replies.goes_on_without(scene.text)
        )
    given_up = scene.intent == "deny" and asked in ("order", "reason", "evidence")
    return (given_up and replies.gives_up(scene.text)) or (
        asked in ("order", "proof", "claim", "reason", "evidence", "payment") and replies.drops(scene.text)
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


__all__ = ["after_all", "only_asks", "speaks_to_it", "stops", "yes_or_no"]
