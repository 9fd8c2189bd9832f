"""Refund cases: the work list and one case with all that decides it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from tuika.desks.model import DeskUser
from tuika.errors import Unavailable
from tuika.evidence.model import Evidence
from tuika.orders.model import Order
from tuika.policy.facts import domains
from tuika.policy.model import EvidenceKind
from tuika.policy.schema import Pack
from tuika.refunds.events import CaseEventType
from tuika.refunds.model import RefundCase
from tuika.refunds.offers import Offer, OfferKind
from tuika.refunds.risks import risks
from tuika.refunds.states import CLOSED_STATES, CaseState
from tuika.refunds.transitions import allowed
from tuika.web.desk.doors import Reader, Services
from tuika.web.desk.frame import PageRoute, page
from tuika.web.desk.ports import PageServices

MOST = 300


class CaseList(StrEnum):
    REVIEW = "review"
    MERCHANT = "merchant"
    BUYER = "buyer"
    PAYOUT = "payout"
    ENDED = "ended"
    ALL = "all"


CASE_LISTS: dict[CaseList, tuple[str, tuple[CaseState, ...]]] = {
    CaseList.REVIEW: ("待审核", (CaseState.PLATFORM_REVIEW, CaseState.APPEALED, CaseState.SUBMITTED)),
    CaseList.MERCHANT: ("等商家", (CaseState.MERCHANT_REVIEW,)),
    CaseList.BUYER: ("等买家", (CaseState.NEEDS_EVIDENCE, CaseState.NEGOTIATING)),
    CaseList.PAYOUT: ("打款中", (CaseState.APPROVED, CaseState.PAYING)),
    CaseList.ENDED: ("已结束", tuple(state for state in CaseState if state in CLOSED_STATES)),
    CaseList.ALL: ("全部", tuple(CaseState)),
}


@dataclass(frozen=True, slots=True)
class Steps:
    """Which forms the state leaves open."""

    approve: bool
    reject: bool
    evidence: bool
    negotiate: bool
    reissue: bool
    pay: bool

    @property
    def any(self) -> bool:
        return self.approve or self.reject or self.evidence or self.negotiate or self.reissue or self.pay


def case_pages() -> APIRouter:
    router = APIRouter(prefix="/cases", route_class=PageRoute)
    router.add_api_route("", cases_page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/{case_no}", case_page, methods=["GET"], response_class=HTMLResponse)
    return router


def cases_page(
    request: Request,
    user: Reader,
    services: Services,
    list: CaseList = CaseList.REVIEW,
    q: Annotated[str, Query(max_length=80)] = "",
    platform: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Work lists come by deadline, those that ended by age; ``q``: a case, order, buyer or product."""
    with services.uow.reading() as uow:
        counts = uow.cases.count_states()
        found: Any = uow.cases.in_states(
            CASE_LISTS[list][1], words=q.strip(), platform=platform or None, limit=MOST + 1
        )
    more = len(found) > MOST
    rows = found[:MOST] if list in (CaseList.ENDED, CaseList.ALL) else sorted(found[:MOST], key=_by_deadline)
    sizes = {
        each: sum(counts.get(state, 0) for state in states) for each, (_name, states) in CASE_LISTS.items()
    }
    return page(
        request,
        user,
        "desk/cases.html",
        cases=rows,
        chosen=list,
        case_lists=[(each, CASE_LISTS[each][0], sizes[each]) for each in CaseList],
        q=q,
        platform=platform,
        platforms=services.platform_packs,
        more=more,
        most=MOST,
    )


def case_page(request: Request, user: Reader, services: Services, case_no: str) -> HTMLResponse:
    return show_case(request, user, services, case_no)


def show_case(
    request: Request,
    user: DeskUser,
    services: PageServices,
    case_no: str,
    *,
    status: int = 200,
    error: str = "",
    entered: dict[str, str] | None = None,
    wrong: str = "",
    account: str = "",
) -> HTMLResponse:
    """``account``: to whom a person pays, where somebody has just asked to see it. Raises NotFound."""
    with services.uow.reading() as uow:
        case = services.refunds.get(uow, case_no)
        evidence = _evidence(uow, [ref.id for ref in case.evidence])
        of_merchant = _evidence(uow, _brought_by_merchant(case))
        twins = uow.evidence.twins([e.sha256 for e in evidence], apart_from=case.conversation_id or "")
        offer: Offer | None = uow.offers.last(case_no)
        siblings = uow.cases.of_order(case.platform, case.order_no)
        of_buyer = uow.cases.of_buyer(case.platform, case.buyer_id) if case.buyer_id else [case]
        incidents = uow.incidents.of_case(case_no)
        owed = services.refunds.owed(uow, case)
    pack = services.platform_packs.get(case.platform)
    order, away = _order(services, case)
    return page(
        request,
        user,
        "desk/case.html",
        status=status,
        error=error,
        case=case,
        evidence=evidence,
        of_merchant=of_merchant,
        asks_payee=services.refunds.tools.asks_payee(case) and case.state is CaseState.APPROVED,
        account=account,
        offer=offer,
        siblings=[each for each in siblings if each.case_no != case_no],
        incidents=incidents,
        owed=owed,
        pack=pack,
        order=order,
        shop_away=away,
        facts=_facts(case, pack),
        risks=risks(
            of_buyer,
            now=services.clock.now(),
            packs=services.platform_packs,
            twins=twins,
            about=case_no,
        ),
        steps=steps_of(case),
        kinds=list(EvidenceKind),
        offer_kinds=[
            (OfferKind.PARTIAL, "部分退款"),
            (OfferKind.EXCHANGE, "换货"),
            (OfferKind.EXTENSION, "延期"),
        ],
        two_people=_two_people(case, pack, user),
        entered=entered or {},
        wrong=wrong,
    )


def steps_of(case: RefundCase) -> Steps:
    negotiating = case.state is CaseState.NEGOTIATING
    return Steps(
        approve=allowed(case, CaseEventType.APPROVED) and not negotiating,
        reject=allowed(case, CaseEventType.REJECTED) and case.state is not CaseState.NEEDS_EVIDENCE,
        evidence=allowed(case, CaseEventType.EVIDENCE_REQUESTED),
        negotiate=allowed(case, CaseEventType.OFFER_MADE),
        reissue=allowed(case, CaseEventType.KEY_REISSUED),
        pay=allowed(case, CaseEventType.PAID),
    )


def _two_people(case: RefundCase, pack: Pack | None, user: DeskUser) -> str:
    """What an agent should know about the second person."""
    if pack is None or not pack.values.two_people.value or case.due_amount <= pack.values.auto_limit:
        return ""
    if case.pending is None:
        return f"超过自动上限 {pack.values.auto_limit}：您同意之后，还要另一位同事再同意一次。"
    first = case.pending.by.removeprefix("agent:")
    if case.pending.by == f"agent:{user.username}":
        return f"您已经同意 {case.pending.amount}，现在等另一位同事确认。"
    return f"{first} 已经同意 {case.pending.amount}；您确认后马上打款。"


def _brought_by_merchant(case: RefundCase) -> list[str]:
    """Ids of the merchant's counter-evidence."""
    brought = [e.detail.get("evidence") for e in case.events if e.type == CaseEventType.MERCHANT_EVIDENCE]
    return [str(each) for each in brought if each]


def _evidence(uow: Any, ids: list[str]) -> list[Evidence]:
    """The stored rows behind evidence; history cases may lack them."""
    found = [uow.evidence.get(each) for each in ids]
    return [item for item in found if item is not None]


def _facts(case: RefundCase, pack: Pack | None) -> list[tuple[str, str]]:
    """The facts that the clauses used looked at."""
    if case.reading is None or pack is None:
        return []
    known = {clause.id: clause for clause in pack.clauses}
    named = {n for told in case.decision.clauses if told.id in known for n in known[told.id].when}
    facts = case.reading.facts
    return [(each, _word(getattr(facts, each))) for each in domains() if each in named]


def _word(value: Any) -> str:
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value.value)


def _order(services: PageServices, case: RefundCase) -> tuple[Order | None, bool]:
    shop = services.shops.get(case.platform)
    if shop is None:
        return None, True
    try:
        return shop.find(case.order_no, buyer_id=case.buyer_id), False
    except (Unavailable, TimeoutError, ConnectionError):
        return None, True


def _by_deadline(case: RefundCase) -> tuple[bool, datetime]:
    return (case.deadline is None, case.deadline.at if case.deadline else case.filed_at)
