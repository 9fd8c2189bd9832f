"""The refunds service: everything that may be done to cases, in one object.

Its parts, each by who acts: filing → buyer → settlement → desk → merchant → payout (the shop's outcomes) →
lapse (time) → watch → importing (demo). Each method runs inside the caller's transaction, takes the unit of
work first, and never calls the shop; what the shop must do is left in the outbox, for
:class:`tuika.refunds.runner.DueRunner`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tuika.clock import Clock
from tuika.ids import Ids
from tuika.orders.model import PayChannel
from tuika.refunds.importing import Importing
from tuika.refunds.ledger import Tools
from tuika.refunds.model import RefundCase
from tuika.refunds.ports import (
    AgentWords,
    Notices,
    Packs,
    Page,
    RefundStore,
    Tickets,
    WorkCalendar,
    unguarded,
)
from tuika.refunds.states import CaseState


class Refunds(Importing):
    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        packs: Packs,
        calendar: WorkCalendar,
        tickets: Tickets,
        notices: Notices,
        manual_payout: frozenset[str] = frozenset(),
        payout_channels: Mapping[str, frozenset[PayChannel]] | None = None,
        holds_funds: frozenset[str] = frozenset(),
        reminds: frozenset[str] = frozenset(),
        payee_link: Callable[[RefundCase], str] | None = None,
        key_link: Callable[[RefundCase], str] | None = None,
        words: AgentWords = unguarded,
    ) -> None:
        super().__init__(
            Tools(
                clock=clock,
                ids=ids,
                packs=packs,
                calendar=calendar,
                tickets=tickets,
                notices=notices,
                manual_payout=manual_payout,
                words=words,
                payout_channels=payout_channels or {},
                holds_funds=holds_funds,
                reminds=reminds,
                payee_link=payee_link,
                key_link=key_link,
            )
        )

    def of_order(self, uow: RefundStore, platform: str, order_no: str) -> list[RefundCase]:
        """Newest first, as all lists here."""
        return uow.cases.of_order(platform, order_no)

    def open_of_order(self, uow: RefundStore, platform: str, order_no: str) -> RefundCase | None:
        return uow.cases.open_of_order(platform, order_no)

    def of_conversation(self, uow: RefundStore, conversation_id: str) -> list[RefundCase]:
        return uow.cases.of_conversation(conversation_id)

    def of_buyer(self, uow: RefundStore, platform: str, buyer_id: str) -> list[RefundCase]:
        return uow.cases.of_buyer(platform, buyer_id)

    def search(
        self,
        uow: RefundStore,
        *,
        order_no: str | None = None,
        state: CaseState | None = None,
        platform: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        """The desk's list. Raises InputError for a cursor that is not ours."""
        return uow.cases.search(
            order_no=order_no, state=state, platform=platform, cursor=cursor, limit=max(1, min(limit, 200))
        )
