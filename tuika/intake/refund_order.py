"""Which order a request is about: named, described, shown a moment ago, let go before, or the other one of two.

Invariants: an order enters the draft as :mod:`tuika.intake.finding` lets it; keys, evidence and a yes given for one order never
count for another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tuika.intake import reading
from tuika.intake.finding import Found, accept_proof, find_order, is_due, leaves_unproved, needs_proof
from tuika.intake.intents import REASON_OF_INTENT
from tuika.intake.lost_payments import names_serial, unpaid_meant
from tuika.intake.order_words import in_state
from tuika.intake.refund_heard import after_all, only_asks
from tuika.intake.scene import Scene
from tuika.intake.several import names_one_more, queue_others, take_each_trouble
from tuika.orders.bought import takes_back
from tuika.policy.model import Reason


def take_order(scene: Scene, latest_open: Callable[[Scene], Any | None]) -> None:
    """The order of the draft, by what the message says of it; what was answered for another one is void."""
    draft = scene.draft
    if scene.memory.asked == "claim":
        return  # numbers are the payment's now
    before = draft.order_no
    if names_one_more(scene) or only_asks(scene) or names_serial(scene, scene.order(before)):
        return
    names_one = bool(scene.turn.heard.references) or bool(scene.payload.get("order_no"))
    if before is not None and leaves_unproved(scene):
        before = draft.order_no = None
    if before is not None and needs_proof(scene) and accept_proof(scene):
        return
    other = _other_order(scene)
    unpaid = unpaid_meant(scene) if before is None else []
    if len(unpaid) == 1:
        draft.order_no = unpaid[0].order_no
    elif unpaid and scene.turn.heard.references:
        draft.serial = scene.turn.heard.references[0]  # which of them it paid is asked
    elif other is not None:
        draft.order_no = other
    elif names_one or before is None:
        found = find_order(scene)
        if found is Found.NONE and before is None:
            draft.order_no = _unsaid_order(scene, latest_open)
        take_each_trouble(scene)
        _by_state(scene)
    queue_others(scene)
    if draft.order_no != before and before is not None:
        draft.keys = None
        draft.confirmed = None
        draft.evidence_later = False
        draft.cannot_prove = False
        draft.payment_refused = False


def _by_state(scene: Scene) -> None:
    """Of two troubles told at once, the one of the order that is called the undelivered one."""
    order = scene.order(scene.draft.order_no)
    if scene.memory.asked != "order" or order is None or scene.draft.reason is not Reason.CHANGED_MIND:
        return
    if is_due(order) and in_state(scene.text, [order]) and not reading.regrets(scene.text):
        scene.draft.reason = Reason.NO_DELIVERY


def _unsaid_order(scene: Scene, latest_open: Callable[[Scene], Any | None]) -> str | None:
    """The order that need not be named: a wish is about the case in work, a protest about the last answer."""
    if scene.memory.asked is None and scene.memory.focus_order and reading.the_other(scene.text):
        scene.draft.rejected = (*scene.draft.rejected, scene.memory.focus_order)
        return None
    memory, since = scene.memory, scene.turn.number - scene.memory.shown_turn
    if scene.continues_focus and not (since == 1 and scene.order(memory.shown_order) is not None):
        return memory.focus_order
    if memory.declined is not None and memory.asked is None and after_all(scene.text):
        return memory.declined.order_no
    just_shown = memory.asked is None and since <= 2
    if just_shown and scene.order(memory.shown_order) is not None and not reading.another(scene.text):
        return memory.shown_order
    wishes = scene.intent in ("request_exchange", "request_partial_refund")
    case = latest_open(scene) if wishes and scene.memory.asked is None else None
    return case.order_no if case is not None and scene.order(case.order_no) is not None else None


def _other_order(scene: Scene) -> str | None:
    """Another order of his that a correction names by its goods or its time, such as "no, the Steam one"."""
    draft, matched = scene.draft, scene.sight.matched
    if draft.order_no is None or len(matched) != 1 or matched[0].order_no == draft.order_no:
        return None
    corrects = reading.corrects(scene.text) or takes_back(scene.text, scene.now)
    corrects = corrects or scene.intent in REASON_OF_INTENT
    return matched[0].order_no if corrects and scene.memory.asked != "proof" else None
