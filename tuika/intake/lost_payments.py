"""Money that left the buyer while the shop has no payment on record: which order a bare serial of a payment belongs to.

Invariants: pure; an order is taken only where it may be shown to this buyer and no payment of it is on record; a number that
some order has is that order's and no serial.
"""

from __future__ import annotations

from tuika.intake import payment_words
from tuika.intake.scene import Scene
from tuika.orders.model import Order

JUST_SHOWN = 3  # turns


def pays_for_shown(scene: Scene) -> bool:
    """Whether the message names the serial of a payment for the order that was just shown as unpaid."""
    shown = scene.order(scene.memory.shown_order)
    if shown is None or shown.paid or scene.turn.number - scene.memory.shown_turn > JUST_SHOWN:
        return False
    return bool(_serials(scene))


def unpaid_meant(scene: Scene) -> list[Order]:
    """The buyer's orders without a payment on record, where the words tell of a payment of one of them."""
    words = f"{scene.draft.words} {scene.text}"
    told = payment_words.tells_of_lost_payment(words) or (
        bool(_serials(scene)) and payment_words.says_paid(words)
    )
    if not told or (scene.turn.heard.references and not _serials(scene)):
        return []
    return [order for order in scene.sight.recent if not order.paid and scene.may_see(order)]


def names_serial(scene: Scene, order: Order | None) -> bool:
    """Whether the number that the message names is the serial of a payment for an order without one on record."""
    return order is not None and not order.paid and bool(_serials(scene))


def _serials(scene: Scene) -> tuple[str, ...]:
    """The numbers of the message, where no order has any of them."""
    numbers = scene.turn.heard.references
    known = any(scene.sight.orders.get(number.upper()) is not None for number in numbers)
    return () if known else numbers


__all__ = ["names_serial", "pays_for_shown", "unpaid_meant"]
