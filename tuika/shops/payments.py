"""Whether a payment on record is the one that a buyer describes.

Invariants: the serial is compared as a whole, the gateway's or the shop's; a time that the shop does not know fits no
time given; an amount fits with the gateway's fee, as the buyer's bill has it, and without.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tuika.orders.model import Payment
from tuika.orders.references import normalise_reference

PAYMENT_TOLERANCE = timedelta(minutes=15)


def payment_matches(payment: Payment, wanted: str, *, amount_fen: int | None, at: datetime | None) -> bool:
    """Serial equal; amount equal where given; time within the tolerance where given (unknown: no match)."""
    if not wanted or wanted not in map(normalise_reference, (payment.trade_no, payment.merchant_no)):
        return False
    if amount_fen is not None and amount_fen not in (payment.amount.fen, (payment.amount + payment.fee).fen):
        return False
    return at is None or (payment.at is not None and abs(payment.at - at) <= PAYMENT_TOLERANCE)
