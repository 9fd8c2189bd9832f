"""Cases that come from outside: the history rows of a fixture, and the demo's reset.

Invariants: an imported case is a case like any other, with its event and audit row, but nothing of it
reaches the shop and nobody is told; an open one keeps the state the fixture names and gets that state's
deadline, counted from its filing, or from now where that time is over already. Demo only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from tuika.money import Money
from tuika.orders.model import Order, PayChannel, ProductType
from tuika.policy.model import Claim, Decision, Outcome, Reason
from tuika.refunds.deadlines import deadline_of
from tuika.refunds.due import DueRow, deadline_kind
from tuika.refunds.events import CaseEventType
from tuika.refunds.model import SYSTEM, OrderSnapshot, RefundCase
from tuika.refunds.ports import RefundStore
from tuika.refunds.states import REFUNDED_STATES, CaseState
from tuika.refunds.watch import Watches


class PastRefund(Protocol):
    """A history row, as the fixture reader gives it."""

    @property
    def order_no(self) -> str: ...
    @property
    def buyer_id(self) -> str | None: ...
    @property
    def reason(self) -> Reason: ...
    @property
    def amount(self) -> Money: ...
    @property
    def state(self) -> str: ...
    @property
    def filed_at(self) -> datetime: ...
    @property
    def paid_at(self) -> datetime | None: ...


class Importing(Watches):
    def import_history(
        self, uow: RefundStore, rows: Iterable[PastRefund], *, platform: str, orders: Mapping[str, Order]
    ) -> list[RefundCase]:
        """``orders``: those of the fixture by number; a row may name one that is not among them."""
        return [self._import(uow, row, platform, orders.get(row.order_no)) for row in rows]

    def clear(self, uow: RefundStore) -> None:
        """Forget every case, deadline, call and offer: demo reset."""
        for repository in (uow.due, uow.outbox, uow.offers, uow.cases):
            repository.delete_all()

    def _import(self, uow: RefundStore, row: PastRefund, platform: str, order: Order | None) -> RefundCase:
        case = self._past(row, platform, order)
        uow.cases.add(case)
        now = self._clock.now()
        if case.is_open:
            pack = self.pack(platform)
            deadline = deadline_of(case, case.state, row.filed_at, pack, self.tools.calendar)
            if deadline is not None and deadline.at <= now:
                deadline = deadline_of(case, case.state, now, pack, self.tools.calendar)
            case = replace(case, deadline=deadline)
            uow.cases.save(case, expected=case.state)
            if deadline is not None:
                uow.due.add(DueRow(deadline_kind(deadline.what), case.case_no, deadline.at))
        return self.write(uow, case, CaseEventType.IMPORTED, SYSTEM, {"state": case.state.value})

    def _past(self, row: PastRefund, platform: str, order: Order | None) -> RefundCase:
        state = CaseState(str(row.state))
        route = Outcome.MERCHANT_REVIEW if state is CaseState.MERCHANT_REVIEW else Outcome.PLATFORM_REVIEW
        pack = self.pack(platform)
        decision = Decision(
            route, route, row.reason, row.reason, (), pack.id, pack.version, amount=row.amount
        )
        refunded = state in REFUNDED_STATES
        return RefundCase(
            case_no=self.tools.ids.case_no(),
            platform=platform,
            order_no=row.order_no,
            buyer_id=row.buyer_id,
            conversation_id=None,
            reason=row.reason,
            amount=row.amount,
            state=state,
            route=route,
            claim=Claim(row.reason),
            decision=decision,
            order=OrderSnapshot.of(order) if order is not None else _unknown_order(row.amount),
            filed_at=row.filed_at,
            state_since=row.paid_at or row.filed_at,
            source="history",
            approved_amount=row.amount if refunded else None,
            paid_amount=row.amount if state is CaseState.PAID else None,
            paid_at=row.paid_at if state is CaseState.PAID else None,
            executed_at=row.filed_at if state in (CaseState.PAYING, CaseState.PAID) else None,
            rejected_by=str(SYSTEM) if state in (CaseState.REJECTED, CaseState.APPEALED) else None,
            appealed=state is CaseState.APPEALED,
        )


def _unknown_order(amount: Money) -> OrderSnapshot:
    return OrderSnapshot("历史订单", ProductType.CARD_KEY, "", "", PayChannel.OTHER, amount, amount, None)
