"""What the ledger knows about an order and its buyer: the policy's :class:`History`, from stored cases.

Invariants: pure; a refund counts from its approval on, at the approved amount; the surplus of a double
payment and the shares of keys are kept apart, so that neither is paid for twice. A refund on the shop's own
records counts besides, unless a case of ours explains it. The rule of three counts cases by the day they were
filed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from tuika.money import ZERO, Money
from tuika.orders.model import ShopRefund
from tuika.policy.model import History, Reason
from tuika.policy.schema import Pack
from tuika.refunds.model import RefundCase
from tuika.refunds.states import REFUNDED_STATES


def bound_of(cases: Iterable[RefundCase]) -> Money:
    """What was or will be paid back because of these cases."""
    total = ZERO
    for case in cases:
        total = total + case.bound
    return total


def recent_refunds(of_buyer: Iterable[RefundCase], now: datetime, pack: Pack) -> int:
    since = now - timedelta(days=pack.values.recent_refund_days.value)
    return sum(1 for case in of_buyer if case.state in REFUNDED_STATES and case.filed_at >= since)


def given_back_elsewhere(at_shop: Iterable[ShopRefund], cases: Iterable[RefundCase]) -> Money:
    """The shop's refunds that were not made for ``cases``: a person may have given money back without a case.

    A dated refund was made for a case of the same amount that had been filed by then; where the shop tells only a
    sum, what the other cases come to is taken off it.
    """
    ours, elsewhere, undated = sorted(cases, key=lambda case: case.filed_at), ZERO, ZERO
    for refund in at_shop:
        made_at = refund.at
        if made_at is None:
            undated = undated + refund.amount
            continue
        case = next((c for c in ours if c.bound == refund.amount and c.filed_at <= made_at), None)
        if case is None:
            elsewhere = elsewhere + refund.amount
        else:
            ours.remove(case)
    return elsewhere + max(ZERO, undated - bound_of(ours))


def history_of(
    of_order: Iterable[RefundCase],
    of_buyer: Iterable[RefundCase],
    *,
    now: datetime,
    pack: Pack,
    excluding: str | None = None,
    at_shop: Iterable[ShopRefund] = (),
) -> History:
    """``excluding``: the case that is being decided again, which is no history to itself.

    ``at_shop``: the refunds on the shop's own records.
    """
    others = [case for case in of_order if case.case_no != excluding]
    opened = next((case for case in others if case.is_open), None)
    refunded = [case for case in others if case.state in REFUNDED_STATES]
    surplus = [case for case in refunded if case.reason is Reason.DUPLICATE_CHARGE]
    shares = [case for case in refunded if case.reason is not Reason.DUPLICATE_CHARGE]
    return History(
        open_case_no=opened.case_no if opened else None,
        open_case_state=opened.state.value if opened else None,
        refunded=bound_of(refunded) + given_back_elsewhere(at_shop, refunded),
        first_filed_at=min((case.filed_at for case in others), default=None),
        recent_refunds=recent_refunds((c for c in of_buyer if c.case_no != excluding), now, pack),
        refunded_keys=tuple(sorted({key for case in shares for key in case.keys})),
        refunded_surplus=bound_of(surplus),
    )
