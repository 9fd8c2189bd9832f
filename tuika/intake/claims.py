"""The draft as the policy reads it, and what a reason needs to know before it can be decided."""

from __future__ import annotations

from tuika.intake.scene import Scene
from tuika.orders.model import Order, ProductType
from tuika.policy.model import Claim, EvidenceKind, Reason

_WITH_ACCOUNT = frozenset({ProductType.DIRECT_TOPUP, ProductType.MEMBERSHIP})
_KEYED = frozenset({Reason.INVALID_CARD_KEY, Reason.NOT_AS_DESCRIBED, Reason.CHANGED_MIND})


def claim_of(scene: Scene, collected: set[EvidenceKind]) -> Claim:
    """The draft as the policy reads it. An unpaid order with a serial or picture is an unrecorded payment."""
    draft = scene.draft
    order = scene.order(draft.order_no)
    reason = draft.reason or Reason.NO_DELIVERY
    picture = EvidenceKind.PAYMENT_RECORD in collected
    if order is not None and not order.paid and (draft.serial or picture):
        reason = Reason.UNRECORDED_PAYMENT
    return Claim(
        reason=reason,
        own_error=draft.own_error,
        payment_serial=draft.serial is not None,
        payment_picture=picture,
        affected_keys=draft.keys or (),
    )


def asks_fault(order: Order, reason: Reason) -> bool:
    """Whose mistake it was matters only while nothing was credited."""
    if reason is not Reason.WRONG_RECHARGE or order.product.type not in _WITH_ACCOUNT:
        return False
    if order.product.type is ProductType.MEMBERSHIP and order.delivered:
        return False  # opened: on whose account is the merchant's to say
    return order.paid and (order.topup is None or order.topup.credited_account is None)


def asks_keys(order: Order, reason: Reason) -> bool:
    return len(order.keys) > 1 and reason in _KEYED and order.delivered
