"""How much of an order's money a claim can ask for.

Invariants: pure; no amount exceeds what was paid and not yet refunded; a refunded surplus leaves the price
of the goods open and the other way round. Where nobody recorded what an earlier refund was for, it is taken
to have given back the surplus first, so that a surplus is never paid out twice by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from tuika.money import ZERO, Money
from tuika.orders.model import Order
from tuika.policy.model import History
from tuika.policy.schema import AmountRule


@dataclass(frozen=True, slots=True)
class Amounts:
    """``left``: paid and not refunded; ``goods``: of that, for the goods; ``excess``: beyond their price."""

    order: Money
    left: Money
    goods: Money
    excess: Money
    share: Money

    def by(self, rule: AmountRule, *, paid: bool) -> Money:
        """The amount of a rule. An order without a payment on record asks for its price."""
        if rule is AmountRule.ORDER:
            return min(self.order, self.left) if paid else self.order
        return {AmountRule.SHARE: self.share, AmountRule.EXCESS: self.excess, AmountRule.ALL: self.left}[rule]


def amounts(
    order: Order,
    history: History,
    *,
    keys: tuple[int, ...],
    whole: tuple[int, ...],
    everything: bool,
) -> Amounts:
    """``keys``: positions the claim is about, of the ``whole`` order's (both empty for other goods).

    ``everything``: the claim is about all that was paid, surplus included.
    """
    paid = order.paid_total
    surplus = max(ZERO, paid - order.amount)
    given_back = surplus if history.refunded_surplus is None else history.refunded_surplus
    given_back = min(given_back, surplus, history.refunded)
    left = max(ZERO, paid - history.refunded)
    price = paid - surplus
    goods = min(left, max(ZERO, price - (history.refunded - given_back)))
    excess = min(left, max(ZERO, surplus - given_back))
    share = left if everything else goods
    if not everything and set(whole) - set(keys) - set(history.refunded_keys):
        share = min(goods, max(Money(1), price.share(len(keys), len(whole)))) if keys else ZERO
    return Amounts(order.amount, left, goods, excess, share)
