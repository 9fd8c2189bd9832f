"""From a question about an order into the refund flow, where the words turn out to be a complaint.

Invariants: nothing is filed here; the refund flow hears the same message and asks for its own yes.
"""

from __future__ import annotations

from tuika.intake import payment_words, reading
from tuika.intake.memory import Draft, Parked
from tuika.intake.scene import Scene
from tuika.orders.model import Order
from tuika.policy.model import Outcome, Reason


def to_refund(scene: Scene, *, order_no: str | None = None, reason: Reason | None = None) -> None:
    """The refund flow goes on from here; ``reason``: one that needs no asking."""
    draft = Draft(purpose="request_refund", order_no=order_no or scene.draft.order_no, reason=reason)
    scene.memory.parked = Parked(form="refund_form", draft=draft, hears=True)
    scene.staged.pop("topic_closed", None)


def waited(scene: Scene) -> bool:
    """Told to wait, the buyer is back: what he waited for is decided again, whatever he calls it."""
    verdict = scene.fresh_verdict
    if verdict is None or verdict.outcome is not Outcome.WAIT:
        return False
    to_refund(scene, order_no=verdict.order_no, reason=verdict.reason)
    return True


ABOUT_GOODS = frozenset({"report_refund_not_received", "submit_evidence", "request_platform_intervention"})


def threat(scene: Scene) -> bool:
    """A complaint that is announced for the case that no refund follows: the refund comes first."""
    worded = reading.reason_in_words(scene.text)
    if worded is None or not (reading.threatens(scene.text) and reading.wants_money(scene.text)):
        return False
    to_refund(scene, reason=Reason(worded))
    return True


def urged(scene: Scene, order: Order | None) -> bool:
    """Pressed for goods that were paid and not handed over: told by when, or offered the money."""
    if order is None or not order.paid or order.delivered:
        return False
    if not (reading.urges(scene.text) or reading.complains(scene.text) or reading.wants_money(scene.text)):
        return False
    to_refund(scene, order_no=order.order_no, reason=Reason.NO_DELIVERY)
    return True


def told_of_order(scene: Scene) -> bool:
    """What went wrong with an order is told, and the money wanted: the refund follows, whatever else was asked."""
    worded = reading.reason_in_words(scene.text)
    wanted = reading.wants_money(scene.text)
    if not wanted or not (worded or scene.turn.heard.references):
        return False
    to_refund(scene, reason=Reason(worded) if worded else None)
    return True


def not_the_money(scene: Scene) -> bool:
    """Understood as a refund that did not come, but the words miss the goods."""
    if scene.draft.purpose != "report_refund_not_received" or not reading.misses_goods(scene.text):
        return False
    to_refund(scene, reason=Reason.NO_DELIVERY)
    return True


def about_goods(scene: Scene) -> bool:
    """No refund was ever asked for, so what the words tell of is wrong with the goods."""
    if scene.draft.purpose not in ABOUT_GOODS or scene.fresh_verdict is not None:
        return False
    worded = reading.reason_in_words(scene.text)
    if worded is None:
        return False
    to_refund(scene, reason=Reason(worded))
    return True


def lost_payment(scene: Scene, order: Order | None) -> bool:
    """An order without a payment on record, and the serial of a payment or the word that it was made."""
    if order is None or order.paid:
        return False
    serial = any(r.upper() != order.order_no.upper() for r in scene.turn.heard.references)
    if not serial and not payment_words.says_paid(scene.text):
        return False
    to_refund(scene, order_no=order.order_no, reason=Reason.NO_DELIVERY)
    return True


__all__ = [
    "about_goods",
    "lost_payment",
    "not_the_money",
    "threat",
    "to_refund",
    "told_of_order",
    "urged",
    "waited",
]
