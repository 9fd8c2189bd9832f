"""What a state brings with it when it is entered, and what it takes along when it is left.

Invariants: a case has at most one waiting deadline; the shop hears of a case once, when it first leaves the
buyer's hands; the payout is ordered in the transaction of the approval and nowhere else; leaving a
negotiation closes its open offer; an undelivered case keeps its second look until it was taken.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tuika.policy.schema import Pack
from tuika.refunds.deadlines import deadline_of, first_notice
from tuika.refunds.due import DEADLINES, DueKind, DueRow, deadline_kind
from tuika.refunds.events import CaseEventType
from tuika.refunds.history import bound_of
from tuika.refunds.model import RefundCase
from tuika.refunds.offers import OfferState
from tuika.refunds.outbox import Operation, OpKind, OpState, operation_key
from tuika.refunds.ports import RefundStore
from tuika.refunds.states import REVIEW_STATES, CaseState

if TYPE_CHECKING:
    from tuika.refunds.ledger import Tools

_NOT_YET_WITH_SHOP = frozenset({CaseState.SUBMITTED, CaseState.NEEDS_EVIDENCE})


def entered(uow: RefundStore, tools: Tools, before: RefundCase, case: RefundCase, pack: Pack) -> RefundCase:
    """Write the rows of the state that ``case`` entered; the case as it is to be stored."""
    now = tools.clock.now()
    reset = (*DEADLINES, DueKind.DECIDE_AGAIN, DueKind.NOTICE, DueKind.MERCHANT_REMIND)
    uow.due.cancel(case.case_no, reset)
    case = _with_deadline(uow, tools, case, pack, now)
    if before.state is CaseState.NEGOTIATING:
        _close_offer(uow, case)
    if case.state in REVIEW_STATES and case.redecide_at is not None:
        uow.due.add(DueRow(DueKind.DECIDE_AGAIN, case.case_no, max(now, case.redecide_at)))
    if case.state in REVIEW_STATES and case.shop_ref is not None and not merchant_answered(case):
        uow.due.add(DueRow(DueKind.SHOP_POLL, case.case_no, now))
    if case.state is CaseState.WITHDRAWN:
        _take_back(uow, tools, case, now)
    elif case.is_open and case.state not in _NOT_YET_WITH_SHOP:
        _tell_shop(uow, tools, case, now)
    if case.state is CaseState.APPROVED and not tools.by_hand(case):
        _order_payout(uow, tools, case, now)
    if case.state is CaseState.MERCHANT_REVIEW and case.platform in tools.reminds and case.deadline:
        for at in (now, now + (case.deadline.at - now) / 2):
            uow.due.add(DueRow(DueKind.MERCHANT_REMIND, case.case_no, at))
    _move_funds(uow, tools, case, now)
    if case.is_open:
        at = first_notice(case.state, now, case.noticed_at, pack)
        uow.due.add(DueRow(DueKind.NOTICE, case.case_no, at))
    return case


def _with_deadline(uow: RefundStore, tools: Tools, case: RefundCase, pack: Pack, now: datetime) -> RefundCase:
    deadline = deadline_of(case, case.state, now, pack, tools.calendar)
    if deadline is not None:
        uow.due.add(DueRow(deadline_kind(deadline.what), case.case_no, deadline.at))
    return replace(case, deadline=deadline)


def _close_offer(uow: RefundStore, case: RefundCase) -> None:
    offer = uow.offers.last(case.case_no, OfferState.OPEN)
    if offer is not None:
        uow.offers.save(replace(offer, state=OfferState.CANCELLED))


def merchant_answered(case: RefundCase) -> bool:
    """Whether the merchant has said anything on the case: a yes, a no, an offer."""
    answers = (CaseEventType.MERCHANT_APPROVED, CaseEventType.MERCHANT_REJECTED, CaseEventType.OFFER_MADE)
    return any(e.type in answers and e.actor.startswith("merchant") for e in case.events)


def put(
    uow: RefundStore,
    tools: Tools,
    case: RefundCase,
    kind: OpKind,
    request: dict[str, Any],
    now: datetime,
    *,
    again: bool = False,
) -> None:
    """Store the intent of a call, once; the due row that carries it out comes with it."""
    key = operation_key(kind, case.case_no, again=again)
    if uow.outbox.by_key(key, lock=True) is not None:
        return
    operation = Operation(tools.ids.new("op"), kind, case.case_no, key, request, now)
    uow.outbox.add(operation)
    uow.due.add(DueRow(DueKind.OUTBOX, operation.id, now))


def _tell_shop(uow: RefundStore, tools: Tools, case: RefundCase, now: datetime) -> None:
    request = {
        "order_no": case.order_no,
        "reason": case.reason.value,
        "amount_fen": case.amount.fen,
        "statement": case.statement,
        "keys": list(case.keys),
    }
    put(uow, tools, case, OpKind.FILE, request, now)


def _order_payout(uow: RefundStore, tools: Tools, case: RefundCase, now: datetime) -> None:
    others = [c for c in uow.cases.of_order(case.platform, case.order_no) if c.case_no != case.case_no]
    request = {
        "order_no": case.order_no,
        "amount_fen": case.due_amount.fen,
        "to_balance": case.to_balance,
        "platform": case.platform,
        "serial": case.order.serial,
        "paid_fen": case.order.owed.fen,
        "already_fen": bound_of(others).fen,
    }
    put(uow, tools, case, OpKind.PAY, request, now)


def _move_funds(uow: RefundStore, tools: Tools, case: RefundCase, now: datetime) -> None:
    """Hold the merchant's money while the case is open, and let it go, or take the refund from it, after.

    A rejection lets it go; an appeal holds it again, as a round of its own.
    """
    if case.platform not in tools.holds_funds:
        return
    again = case.appealed
    held = uow.outbox.by_key(operation_key(OpKind.HOLD, case.case_no, again=again)) is not None
    asked: dict[str, Any] = {"order_no": case.order_no}
    if not held and case.is_open and case.state not in _NOT_YET_WITH_SHOP:
        asked["amount_fen"] = case.order.owed.fen
        put(uow, tools, case, OpKind.HOLD, asked, now, again=again)
    elif held and case.state is CaseState.PAID:
        asked["amount_fen"] = (case.paid_amount or case.due_amount).fen
        put(uow, tools, case, OpKind.DEDUCT, asked, now, again=again)
    elif held and not case.is_open:
        put(uow, tools, case, OpKind.RELEASE, asked, now, again=again)


def _take_back(uow: RefundStore, tools: Tools, case: RefundCase, now: datetime) -> None:
    """Cancel a filing that was never sent; withdraw one that the shop has or may have."""
    filing = uow.outbox.by_key(operation_key(OpKind.FILE, case.case_no), lock=True)
    if filing is None or filing.state in (OpState.FAILED, OpState.CANCELLED):
        return
    if filing.state is OpState.PENDING:
        uow.outbox.save(replace(filing, state=OpState.CANCELLED))
        uow.due.cancel(filing.id, (DueKind.OUTBOX,))
        return
    put(uow, tools, case, OpKind.WITHDRAW, {}, now)
