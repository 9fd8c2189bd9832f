"""The decision tables once more, written straight from the specification and from nothing else.

Invariants: knows no pack, no clause and none of the policy's code but the names of facts and outcomes; one
function a step or reason, in the order of the specification, one branch a line of its table. Columns are
generic, binghui, zhongshang, solo.
"""

from __future__ import annotations

from dataclasses import dataclass

from tuika.orders.model import ProductType as P
from tuika.policy.facts import Account, Cancelled, Delivery, Facts, KeyFact, Limit, Note, PaymentFact, Service
from tuika.policy.model import EvidenceKind as E
from tuika.policy.model import Outcome as O
from tuika.policy.model import Reason as R

PACKS = ("generic", "binghui", "zhongshang", "solo")

NEVER_LATE = {R.NO_DELIVERY, R.DUPLICATE_CHARGE, R.ORDER_CANCELLED, R.UNRECORDED_PAYMENT}
NEVER_CONSUMED = {R.DUPLICATE_CHARGE, R.ORDER_CANCELLED, R.WRONG_RECHARGE, R.NOT_AS_DESCRIBED}


@dataclass(frozen=True)
class Answer:
    """What the specification says of one combination."""

    outcome: O
    reason: R
    evidence: tuple[E, ...] = ()
    proved: bool = False
    long_review: bool = False
    again: bool = False
    supervised: bool = False


def oracle(facts: Facts, pack: str) -> Answer:
    """The answer of the specification, limits included."""
    answer = _solo(_row(facts, pack), pack)
    if facts.limit is Limit.NONE:
        return answer
    if answer.outcome is O.APPROVE:
        return _but(answer, outcome=O.PLATFORM_REVIEW, supervised=True)
    if answer.outcome is O.MERCHANT_REVIEW and answer.proved:
        return _but(answer, outcome=O.MERCHANT_REVIEW, supervised=True)
    return answer


def _but(a: Answer, *, outcome: O, supervised: bool) -> Answer:
    return Answer(outcome, a.reason, a.evidence, a.proved, a.long_review, a.again, supervised)


def _solo(answer: Answer, pack: str) -> Answer:
    if pack == "solo" and answer.outcome in (O.MERCHANT_REVIEW, O.ASK_CONSENT):
        return _but(answer, outcome=O.PLATFORM_REVIEW, supervised=False)
    return answer


def _column(pack: str, generic: O, binghui: O, zhongshang: O) -> O:
    return {"generic": generic, "solo": generic, "binghui": binghui, "zhongshang": zhongshang}[pack]


def _row(f: Facts, pack: str) -> Answer:
    return _steps_1_to_3(f) or _step_4_on(f, pack)


def _steps_1_to_3(f: Facts) -> Answer | None:
    if not f.proved_order:
        return Answer(O.REFUSE, f.reason)
    if f.open_case or f.nothing_left:
        return Answer(O.EXPLAIN, f.reason)
    if f.payment is PaymentFact.SERIAL:
        return Answer(O.PLATFORM_REVIEW, R.UNRECORDED_PAYMENT)
    if f.payment is PaymentFact.PICTURE:
        return Answer(O.PLATFORM_REVIEW, R.UNRECORDED_PAYMENT, (E.PAYMENT_RECORD,))
    if f.payment is PaymentFact.NONE:
        return Answer(O.EXPLAIN, f.reason)
    return None


def _step_4_on(f: Facts, pack: str) -> Answer:
    reason = f.reason
    if reason is not R.DUPLICATE_CHARGE:
        if f.cancelled in (Cancelled.AFTER, Cancelled.UNKNOWN_BY):
            return Answer(O.PLATFORM_REVIEW, reason)
        if f.cancelled is Cancelled.SHOP_BEFORE:
            reason = R.ORDER_CANCELLED
    begun = f.service in (Service.BEGUN, Service.UNKNOWN)
    if f.delivery is not Delivery.DELIVERED:
        if reason is R.INVALID_CARD_KEY:
            reason = R.NO_DELIVERY
        if reason is R.NOT_AS_DESCRIBED and not begun:
            reason = R.NO_DELIVERY
    return _steps_6_to_9(f, reason) or _rows(f, reason, pack, begun=begun)


def _steps_6_to_9(f: Facts, reason: R) -> Answer | None:
    if reason is R.INVALID_CARD_KEY and f.product is not P.CARD_KEY:
        return Answer(O.PLATFORM_REVIEW, reason, (E.ORDER_PAGE,))
    if reason is R.WRONG_RECHARGE and f.product not in (P.DIRECT_TOPUP, P.MEMBERSHIP):
        return Answer(O.PLATFORM_REVIEW, reason, (E.ORDER_PAGE,))
    if f.past_limit and reason not in NEVER_LATE:
        return Answer(O.REFUSE, reason)
    if _consumed(f, reason) and reason not in NEVER_CONSUMED:
        return Answer(O.REFUSE, reason)
    if f.note is not Note.NONE and (reason is R.CHANGED_MIND or _own_error(f, reason)):
        return Answer(O.REFUSE, reason)
    return None


def _consumed(f: Facts, reason: R) -> bool:
    if f.key is KeyFact.CONSUMED:
        return True
    credited = f.product in (P.DIRECT_TOPUP, P.MEMBERSHIP) and f.delivery is Delivery.DELIVERED
    return credited and reason is R.CHANGED_MIND


def _own_error(f: Facts, reason: R) -> bool:
    if reason is not R.WRONG_RECHARGE or f.account is Account.OTHER:
        return False
    return f.typed_wrong or f.account is Account.REQUESTED


def _rows(f: Facts, reason: R, pack: str, *, begun: bool) -> Answer:
    if reason is R.NO_DELIVERY:
        return _no_delivery(f, pack, begun=begun)
    if reason is R.INVALID_CARD_KEY:
        return _invalid_key(f, pack)
    if reason is R.WRONG_RECHARGE:
        return _wrong_recharge(f, pack)
    if reason is R.NOT_AS_DESCRIBED:
        shown = (E.LISTING, E.RECEIVED)
        if begun:
            return Answer(O.PLATFORM_REVIEW, reason, shown, long_review=True)
        return Answer(_merchant_first(pack), reason, shown)
    if reason is R.DUPLICATE_CHARGE:
        return _duplicate(f, pack)
    if reason is R.ORDER_CANCELLED:
        return _cancelled(f, pack)
    if reason is R.CHANGED_MIND:
        return _changed_mind(f, pack)
    return Answer(O.EXPLAIN, reason)  # a payment on record was not lost


def _merchant_first(pack: str) -> O:
    return _column(pack, O.MERCHANT_REVIEW, O.PLATFORM_REVIEW, O.PLATFORM_REVIEW)


def _no_delivery(f: Facts, pack: str, *, begun: bool) -> Answer:
    reason = R.NO_DELIVERY
    if f.delivery is Delivery.DELIVERED:
        return Answer(O.EXPLAIN, reason)
    if f.delivery is Delivery.PROMISED:
        return Answer(O.WAIT, reason)
    if begun:
        return Answer(O.PLATFORM_REVIEW, reason, long_review=True)
    if f.account is Account.UNKNOWN:  # the shop says delivered, nobody knows to whom: a fact of its own
        return Answer(_merchant_first(pack), reason, (E.ORDER_PAGE,))
    if f.delivery is Delivery.OVERDUE:
        return Answer(_column(pack, O.APPROVE, O.PLATFORM_REVIEW, O.PLATFORM_REVIEW), reason, proved=True)
    return Answer(_merchant_first(pack), reason, proved=True, again=pack in ("generic", "solo"))


def _invalid_key(f: Facts, pack: str) -> Answer:
    reason = R.INVALID_CARD_KEY
    if f.key in (KeyFact.USED_BEFORE, KeyFact.EXPIRED):
        return Answer(_merchant_first(pack), reason, (E.KEY_ERROR,), proved=True)
    if f.key is KeyFact.VALID:
        return Answer(O.EXPLAIN, reason)
    return Answer(_merchant_first(pack), reason, (E.KEY_ERROR, E.ORDER_PAGE))


def _wrong_recharge(f: Facts, pack: str) -> Answer:
    reason = R.WRONG_RECHARGE
    if f.account is Account.OTHER:
        return Answer(_merchant_first(pack), reason, proved=True)
    if f.account is Account.NOT_CREDITED and f.typed_wrong:
        return Answer(O.ASK_CONSENT, reason)
    if f.account is Account.REQUESTED:
        return Answer(_column(pack, O.ASK_CONSENT, O.REFUSE, O.REFUSE), reason)
    return Answer(_merchant_first(pack), reason, (E.ORDER_PAGE,))


def _duplicate(f: Facts, pack: str) -> Answer:
    reason, record = R.DUPLICATE_CHARGE, (E.PAYMENT_RECORD,)
    if f.surplus:
        return Answer(O.APPROVE, reason)
    if f.credited_twice and pack in ("generic", "solo"):
        return Answer(O.EXPLAIN, reason)
    return Answer(O.PLATFORM_REVIEW, reason, record)


def _cancelled(f: Facts, pack: str) -> Answer:
    reason = R.ORDER_CANCELLED
    if f.cancelled is Cancelled.SHOP_BEFORE:
        return Answer(O.APPROVE, reason)
    if f.cancelled is Cancelled.BUYER_BEFORE:
        return Answer(_column(pack, O.APPROVE, O.PLATFORM_REVIEW, O.PLATFORM_REVIEW), reason)
    return Answer(O.EXPLAIN, reason)


def _changed_mind(f: Facts, pack: str) -> Answer:
    reason = R.CHANGED_MIND
    if f.product is P.PHYSICAL_CARD and f.activated:
        return Answer(_column(pack, O.ASK_CONSENT, O.REFUSE, O.REFUSE), reason)
    done = f.product is P.CUSTOM_SERVICE and f.delivery is Delivery.DELIVERED
    if f.key is KeyFact.USED_UNKNOWN or done:
        return Answer(O.REFUSE, reason)
    if f.delivery is not Delivery.DELIVERED:
        return Answer(_column(pack, O.ASK_CONSENT, O.ASK_CONSENT, O.REFUSE), reason)
    if pack in ("binghui", "zhongshang"):
        return Answer(O.REFUSE, reason)
    outcome = O.PLATFORM_REVIEW if f.first_week else O.ASK_CONSENT
    return Answer(outcome, reason, (E.UNUSED_PROOF,))
