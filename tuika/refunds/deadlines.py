"""By when each state of a case ends, and when the buyer is told in between (section 3 of the rules).

Invariants: pure; review and bank days are working days, every other time is clock hours, a payout made by
a person counts support hours; arrival counts from the execution of the payout.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tuika.orders.model import PayChannel
from tuika.policy.schema import Pack
from tuika.policy.values import Unit
from tuika.refunds.model import Deadline, RefundCase, Wait
from tuika.refunds.ports import WorkCalendar
from tuika.refunds.states import CaseState

NOTICE_EVERY = timedelta(hours=48)
_BUYER_ACTS = frozenset({CaseState.NEEDS_EVIDENCE, CaseState.NEGOTIATING})


def deadline_of(
    case: RefundCase, state: CaseState, now: datetime, pack: Pack, calendar: WorkCalendar
) -> Deadline | None:
    """The deadline of a case that enters ``state`` now."""
    values = pack.values
    hours = {
        CaseState.NEEDS_EVIDENCE: (Wait.EVIDENCE, values.evidence_hours.value),
        CaseState.MERCHANT_REVIEW: (
            Wait.MERCHANT,
            (values.consent_hours if case.consent_required else values.merchant_answer_hours).value,
        ),
        CaseState.NEGOTIATING: (Wait.NEGOTIATION, values.negotiation_hours.value),
    }
    if state in hours:
        wait, length = hours[state]
        return Deadline(now + timedelta(hours=length), wait)
    if state in (CaseState.PLATFORM_REVIEW, CaseState.SUBMITTED):
        return _working(Wait.REVIEW, now, max(1, case.decision.review_days), calendar)
    if state is CaseState.APPEALED:
        return _working(Wait.APPEAL, now, values.appeal_days.value, calendar)
    if state is CaseState.APPROVED:
        return Deadline(calendar.add_support_hours(now, values.payout_support_hours.value), Wait.PAYOUT)
    if state is CaseState.PAYING:
        return arrival_of(case, now, pack, calendar)
    return None


def arrival_of(case: RefundCase, executed: datetime, pack: Pack, calendar: WorkCalendar) -> Deadline:
    """By when the money has arrived that was sent at ``executed``."""
    arrival = pack.arrival[channel_of(case)]
    if arrival.unit is Unit.HOURS:
        return Deadline(executed + timedelta(hours=arrival.bound), Wait.ARRIVAL)
    return _working(Wait.ARRIVAL, executed, arrival.bound, calendar)


def channel_of(case: RefundCase) -> PayChannel:
    return PayChannel.BALANCE if case.to_balance else case.order.pay_channel


def first_notice(state: CaseState, now: datetime, last: datetime | None, pack: Pack) -> datetime:
    """When the buyer hears of an unchanged case: halfway where he must act, never twice in 48 hours."""
    follow_up = timedelta(hours=pack.values.follow_up_hours.value)
    after = min(follow_up, timedelta(hours=24)) if state in _BUYER_ACTS else follow_up
    return max(now + after, last + NOTICE_EVERY) if last else now + after


def _working(wait: Wait, now: datetime, days: int, calendar: WorkCalendar) -> Deadline:
    at, estimate = calendar.add_working_days(now, days)
    return Deadline(at, wait, estimate)
