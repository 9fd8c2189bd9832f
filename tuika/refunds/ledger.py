"""The one place that changes a case.

Invariants: a change, its event row and its audit row are one transaction; whatever a state promises
(deadline, payout, word to the shop, follow-up) is written when the state is entered and taken back when it
is left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tuika.clock import Clock
from tuika.conversations.model import Say
from tuika.errors import InputError, NotFound
from tuika.ids import Ids
from tuika.money import Money
from tuika.orders.model import PayChannel
from tuika.policy.schema import Pack
from tuika.refunds.entering import entered
from tuika.refunds.events import CaseEvent, CaseEventType
from tuika.refunds.history import bound_of
from tuika.refunds.model import SYSTEM, Actor, RefundCase
from tuika.refunds.ports import (
    AgentWords,
    Notices,
    Packs,
    RefundStore,
    Tickets,
    WorkCalendar,
    unguarded,
)
from tuika.refunds.telling_money import payee_asked
from tuika.refunds.transitions import TRANSITIONS, Step, target

_NO_WAY_BACK = frozenset({PayChannel.USDT, PayChannel.OTHER})


@dataclass(frozen=True, slots=True)
class Tools:
    """What every part of the refunds service is given.

    ``manual_payout``: platforms where a person pays; ``payout_channels``: what a platform's payment provider can pay
    back to, where it has one of its own; ``holds_funds``: platforms whose shop keeps the merchant's money while a case is
    open; ``reminds``: platforms whose merchants are told that they are asked; ``payee_link``: the sealed form in which a buyer names an account, where no original route exists; ``key_link``: the page that opens a replacement key once.
    """

    clock: Clock
    ids: Ids
    packs: Packs
    calendar: WorkCalendar
    tickets: Tickets
    notices: Notices
    manual_payout: frozenset[str] = frozenset()
    payout_channels: Mapping[str, frozenset[PayChannel]] = field(default_factory=dict)
    holds_funds: frozenset[str] = frozenset()
    reminds: frozenset[str] = frozenset()
    payee_link: Callable[[RefundCase], str] | None = None
    key_link: Callable[[RefundCase], str] | None = None
    words: AgentWords = unguarded

    def by_hand(self, case: RefundCase) -> bool:
        """Whether a person has to pay: always here, or because the provider cannot reach the buyer's channel."""
        if case.platform in self.manual_payout:
            return True
        channels = self.payout_channels.get(case.platform)
        return channels is not None and (case.to_balance or case.order.pay_channel not in channels)

    def asks_payee(self, case: RefundCase) -> bool:
        """Whether the buyer must say where to: a person pays, and there is no original route."""
        if self.payee_link is None or not self.by_hand(case) or case.to_balance or case.payee is not None:
            return False
        return case.order.paid_at is None or case.order.pay_channel in _NO_WAY_BACK


class Ledger:
    """Base of the service's parts."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self._clock = tools.clock

    # -- reading --

    def get(self, uow: RefundStore, case_no: str) -> RefundCase:
        """Raises NotFound."""
        return self._found(uow.cases.get(case_no))

    def locked(self, uow: RefundStore, case_no: str) -> RefundCase:
        """The case with its row locked for this transaction. Raises NotFound."""
        return self._found(uow.cases.get(case_no, lock=True))

    def pack(self, platform: str) -> Pack:
        """Raises InputError for a platform without a pack."""
        pack = self.tools.packs.get(platform)
        if pack is None:
            raise InputError(f"没有平台 {platform} 的规则包", platform=platform)
        return pack

    def pack_of(self, uow: RefundStore, case: RefundCase) -> Pack:
        """The rules that the case was decided by, whatever the pack's file says today.

        Today's where its own were never kept (a case of an older program).
        """
        today = self.pack(case.platform)
        kept = next((e.detail["pack"] for e in reversed(case.events) if e.detail.get("pack")), None)
        if kept is None or kept == today.digest:
            return today
        return uow.packs.get(str(kept)) or today

    def owed(self, uow: RefundStore, case: RefundCase) -> Money:
        """What can still be paid back on the order, apart from this case."""
        others = [c for c in uow.cases.of_order(case.platform, case.order_no) if c.case_no != case.case_no]
        return max(Money(0), case.order.owed - bound_of(others))

    def step(self, uow: RefundStore, case: RefundCase, actor: Actor, amount: Money | None = None) -> Step:
        values = self.pack_of(uow, case).values
        return Step(
            actor=actor,
            amount=amount,
            owed=self.owed(uow, case),
            two_people=values.two_people.value,
            appeals=values.appeals.value,
        )

    # -- changing --

    def move(
        self,
        uow: RefundStore,
        case: RefundCase,
        event: CaseEventType,
        step: Step,
        *,
        detail: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> RefundCase:
        """Apply an event. Raises Conflict where the table or its guard forbids it."""
        now = self._clock.now()
        state = target(case, event, step)
        changed = replace(case, **changes)
        if (case.state, event) in TRANSITIONS:
            changed = replace(changed, state=state, state_since=now, pending=None)
            changed = entered(uow, self.tools, case, changed, self.pack_of(uow, changed))
        uow.cases.save(changed, expected=case.state)
        written = {**(detail or {}), "state": state.value}
        if event is CaseEventType.APPROVED and self.tools.by_hand(changed):
            written["by_hand"] = True
        changed = self.write(uow, changed, event, step.actor, written)
        if event is CaseEventType.APPROVED and self.tools.asks_payee(changed) and self.tools.payee_link:
            self.tell(uow, changed, payee_asked(changed, self.tools.payee_link(changed)))
        return changed

    def record(
        self,
        uow: RefundStore,
        case: RefundCase,
        event: CaseEventType,
        actor: Actor = SYSTEM,
        detail: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> RefundCase:
        """Note an event that changes no state. Raises Conflict where the state does not know it."""
        target(case, event, Step(actor=actor))
        changed = replace(case, **changes)
        uow.cases.save(changed, expected=case.state)
        return self.write(uow, changed, event, actor, detail or {})

    def write(
        self,
        uow: RefundStore,
        case: RefundCase,
        event: CaseEventType,
        actor: Actor,
        detail: Mapping[str, Any],
    ) -> RefundCase:
        """The event row and the audit row of a change just stored."""
        now = self._clock.now()
        row = CaseEvent(now, str(actor), event.value, dict(detail))
        uow.cases.append(case.case_no, row)
        uow.audit.append(
            type=event.value, actor=str(actor), subject=case.case_no, detail=dict(detail), at=now
        )
        return replace(case, events=(*case.events, row))

    # -- people --

    def tell(self, uow: RefundStore, case: RefundCase, say: Say) -> None:
        """Tell the buyer, where he has a conversation with us."""
        conversation_id = self._conversation(uow, case)
        if conversation_id is not None:
            self.tools.notices.tell(uow, conversation_id, say, case_no=case.case_no)

    def urgent(self, uow: RefundStore, case: RefundCase, reason: str, brief: str) -> None:
        """An urgent ticket for people."""
        conversation_id = self._conversation(uow, case)
        if conversation_id is not None:
            self.tools.tickets.open(
                uow,
                conversation_id=conversation_id,
                case_no=case.case_no,
                reason=reason,
                brief=f"{case.case_no}，订单 {case.order_no}（{case.order.product}，{case.due_amount}）：{brief}",
                urgent=True,
            )

    def _conversation(self, uow: RefundStore, case: RefundCase) -> str | None:
        if case.conversation_id is not None or case.buyer_id is None:
            return case.conversation_id
        last = uow.conversations.last_of_buyer(case.platform, case.buyer_id)
        return last.id if last else None

    def _found(self, case: RefundCase | None) -> RefundCase:
        if case is None:
            raise NotFound("没有这份退款申请")
        return case
