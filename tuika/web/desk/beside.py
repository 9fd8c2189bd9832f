"""What an agent must know beside the words: the buyer, orders, cases with their decisions, evidence, risk signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tuika.conversations.model import Conversation
from tuika.errors import Unavailable
from tuika.evidence.model import Evidence
from tuika.incidents.model import Incident
from tuika.orders.model import Order
from tuika.refunds.model import RefundCase
from tuika.refunds.risks import Risk, risks
from tuika.safety.reports import ScamReport
from tuika.web.desk.ports import PageServices

SHOWN_ORDERS = 6
GUEST_ORDERS = 3


@dataclass(frozen=True, slots=True)
class Beside:
    """``shop_away``: orders could not be read. ``earlier``: the buyer's other conversations."""

    orders: tuple[Order, ...]
    shop_away: bool
    cases: tuple[RefundCase, ...]
    evidence: tuple[Evidence, ...]
    reports: tuple[ScamReport, ...]
    risks: tuple[Risk, ...]
    incidents: tuple[Incident, ...]
    earlier: tuple[Conversation, ...] = field(default=())


def beside(services: PageServices, conversation: Conversation) -> Beside:
    orders, away = _orders(services, conversation)
    buyer = conversation.buyer
    with services.uow.reading() as uow:
        own = services.refunds.of_conversation(uow, conversation.id)
        of_buyer = services.refunds.of_buyer(uow, conversation.platform, buyer.id) if buyer else []
        cases = _distinct([*own, *of_buyer])
        evidence: list[Evidence] = uow.evidence.of_conversation(conversation.id)
        twins = uow.evidence.twins([each.sha256 for each in evidence], apart_from=conversation.id)
        reports: list[ScamReport] = uow.reports.of_conversation(conversation.id)
        incidents = [each for case in cases for each in uow.incidents.of_case(case.case_no) if each.is_open]
        earlier = (
            uow.conversations.of_buyer(conversation.platform, buyer.id, apart_from=conversation.id)
            if buyer
            else []
        )
    found = risks(
        cases,
        now=services.clock.now(),
        packs=services.platform_packs,
        twins=twins,
        reported=bool(reports),
        guest=buyer is None,
    )
    return Beside(
        orders=tuple(orders),
        shop_away=away,
        cases=tuple(cases),
        evidence=tuple(evidence),
        reports=tuple(reports),
        risks=found,
        incidents=tuple({each.id: each for each in incidents}.values()),
        earlier=tuple(earlier),
    )


def _orders(services: PageServices, conversation: Conversation) -> tuple[Sequence[Order], bool]:
    """The buyer's newest orders; a guest's proved ones. Whether the shop was away."""
    shop = services.shops.get(conversation.platform)
    if shop is None:
        return [], True
    try:
        if conversation.buyer is not None:
            return shop.of_buyer(conversation.buyer.id, limit=SHOWN_ORDERS), False
        proved = conversation.memory.get("proved")
        numbers = [n for n in proved if isinstance(n, str)] if isinstance(proved, list) else []
        found = [shop.find(number) for number in numbers[-GUEST_ORDERS:]]
        return [order for order in found if order is not None], False
    except (Unavailable, TimeoutError, ConnectionError):
        return [], True


def _distinct(cases: Sequence[RefundCase]) -> list[RefundCase]:
    return list({case.case_no: case for case in cases}.values())
