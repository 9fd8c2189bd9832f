"""Settlements: offers of merchant and desk, the buyer's answer, replacement keys.

Invariants: a case that negotiates has exactly one open or accepted offer; accepting is the buyer's alone;
an amount that one agent offers above the automatic limit still needs a second person after the buyer's yes;
a replacement key is only ever a reference into the vault here.
"""

from __future__ import annotations

from dataclasses import replace

from tuika.conversations.model import Say
from tuika.errors import Conflict, InputError, NotFound
from tuika.money import Money
from tuika.refunds import telling
from tuika.refunds.buyer import BuyerSteps
from tuika.refunds.events import CaseEventType
from tuika.refunds.model import SYSTEM, Actor, ActorKind, PendingApproval, RefundCase
from tuika.refunds.offers import Offer, OfferKind, OfferState
from tuika.refunds.ports import RefundStore
from tuika.refunds.states import CaseState
from tuika.refunds.transitions import target


class Settlement(BuyerSteps):
    def offer(self, uow: RefundStore, case_no: str) -> Offer | None:
        """The offer that the buyer can answer now."""
        return uow.offers.last(case_no, OfferState.OPEN)

    def make_offer(
        self,
        uow: RefundStore,
        case: RefundCase,
        *,
        kind: OfferKind,
        amount: Money | None,
        text: str,
        actor: Actor,
    ) -> RefundCase:
        """Put a settlement to the buyer; he has 48 hours. Raises InputError for an amount out of range."""
        step = self.step(uow, case, actor)
        target(case, CaseEventType.OFFER_MADE, step)  # a wrong state is said before a wrong amount
        if (kind is OfferKind.PARTIAL) != (amount is not None):
            raise InputError("部分退款要写明金额，换货和延期不写金额", field="amount_fen")
        self.check_amount(uow, case, amount)
        offer = Offer(
            id=self.tools.ids.new("of"),
            case_no=case.case_no,
            kind=kind,
            by=str(actor),
            made_at=self._clock.now(),
            amount=amount,
            text=text[:500],
        )
        detail = {"kind": kind.value, "amount_fen": amount.fen if amount else None, "text": offer.text}
        case = self.move(uow, case, CaseEventType.OFFER_MADE, step, detail=detail)
        uow.offers.add(offer)
        self.tell(uow, case, telling.offer_made(case, offer))
        return case

    def check_amount(self, uow: RefundStore, case: RefundCase, amount: Money | None) -> None:
        owed = self.owed(uow, case)
        if amount is not None and not Money(0) < amount <= owed:
            raise InputError(f"金额必须大于 0，且不超过这笔订单还能退的 {owed}", field="amount_fen")

    def answer_offer(self, uow: RefundStore, case_no: str, *, accept: bool, actor: Actor) -> RefundCase:
        """The buyer's answer. Raises Conflict when no offer is open."""
        case = self.locked(uow, case_no)
        offer = self.offer(uow, case_no)
        if offer is None or case.state is not CaseState.NEGOTIATING:
            raise Conflict("现在没有等您答复的协商方案")
        answer = OfferState.ACCEPTED if accept else OfferState.REFUSED
        uow.offers.save(replace(offer, state=answer))
        event = CaseEventType.OFFER_ACCEPTED if accept else CaseEventType.OFFER_REFUSED
        case = self.record(uow, case, event, actor, {"offer": offer.id, "kind": offer.kind.value})
        if not accept:
            return self.move(uow, case, CaseEventType.REVIEW_BEGUN, self.step(uow, case, SYSTEM))
        return self._accepted(uow, case, offer)

    def _accepted(self, uow: RefundStore, case: RefundCase, offer: Offer) -> RefundCase:
        if offer.kind is OfferKind.EXTENSION or (offer.kind is OfferKind.EXCHANGE and offer.secret_id):
            return self._settled(uow, case, offer, SYSTEM)
        if offer.kind is OfferKind.EXCHANGE or offer.amount is None:
            return case  # the key has still to come
        if self._needs_second(uow, case, offer):
            case = self.move(uow, case, CaseEventType.REVIEW_BEGUN, self.step(uow, case, SYSTEM))
            pending = PendingApproval(offer.by, offer.amount)
            detail = {"amount_fen": offer.amount.fen, "by": offer.by}
            return self.record(uow, case, CaseEventType.APPROVAL_REQUESTED, SYSTEM, detail, pending=pending)
        return self.approved(uow, case, offer.amount, {"by": "offer", "offer": offer.id})

    def _needs_second(self, uow: RefundStore, case: RefundCase, offer: Offer) -> bool:
        values = self.pack_of(uow, case).values
        by_agent = offer.by.startswith(f"{ActorKind.AGENT.value}:")
        above = offer.amount is not None and offer.amount > values.auto_limit
        return by_agent and above and values.two_people.value

    def reissue(
        self, uow: RefundStore, case_no: str, *, secret_id: str, masked: str, actor: Actor
    ) -> RefundCase:
        """A replacement key for an exchange that was offered, agreed to, or wished for by the buyer.

        ``secret_id`` names the sealed key in the vault. Raises Conflict where no exchange is on the table.
        """
        case = self.locked(uow, case_no)
        offer = uow.offers.last(case_no, OfferState.OPEN, OfferState.ACCEPTED)
        exchange = offer is not None and offer.kind is OfferKind.EXCHANGE
        if not exchange and case.state is not CaseState.NEGOTIATING:
            offer = self._wished(uow, case, actor)
        if offer is None or offer.kind is not OfferKind.EXCHANGE:
            raise Conflict("这份申请没有约定换货：先发出换货方案，或等买家提出换货")
        offer = replace(offer, secret_id=secret_id, masked=masked)
        uow.offers.save(offer)
        case = self.record(
            uow, case, CaseEventType.KEY_REISSUED, actor, {"offer": offer.id, "masked": masked}
        )
        if offer.state is OfferState.ACCEPTED:
            case = self._settled(uow, case, offer, actor)
            self.tell(uow, case, telling.key_ready(case, self.tools.key_link))
        return case

    def _wished(self, uow: RefundStore, case: RefundCase, actor: Actor) -> Offer | None:
        """The buyer's own wish for an exchange, taken up: an offer that is accepted already."""
        wishes = [e for e in case.events if e.type == CaseEventType.WISH_RECORDED]
        if not wishes or wishes[-1].detail.get("kind") != OfferKind.EXCHANGE.value:
            return None
        offer = Offer(
            id=self.tools.ids.new("of"),
            case_no=case.case_no,
            kind=OfferKind.EXCHANGE,
            by=str(actor),
            made_at=self._clock.now(),
            state=OfferState.ACCEPTED,
        )
        uow.offers.add(offer)
        return offer

    def _settled(self, uow: RefundStore, case: RefundCase, offer: Offer, actor: Actor) -> RefundCase:
        detail = {"kind": offer.kind.value, "offer": offer.id, "masked": offer.masked}
        step = self.step(uow, case, actor)
        return self.move(uow, case, CaseEventType.SETTLED, step, detail=detail, redecide_at=None)

    def told(self, case: RefundCase) -> Say:
        """How the case stands now, for its buyer."""
        return telling.state_told(case, self._clock.now(), key_link=self.tools.key_link)

    def open_replacement(self, uow: RefundStore, case_no: str, *, actor: Actor, link: str = "") -> str:
        """The vault's id of the replacement key; each opening is logged. Raises NotFound.

        ``link``: names the link by which it is opened; one link opens it once. Raises Conflict the second time.
        """
        case = self.locked(uow, case_no)
        if link and any(
            e.type == CaseEventType.KEY_OPENED and e.detail.get("link") == link for e in case.events
        ):
            raise Conflict("这个链接已经打开过一次。还没记下卡密的话，请回到对话里转人工")
        offer = uow.offers.last(case_no, OfferState.ACCEPTED)
        if case.state is not CaseState.SETTLED or offer is None or offer.secret_id is None:
            raise NotFound("没有可以查看的新卡密")
        detail = {"offer": offer.id, "link": link} if link else {"offer": offer.id}
        self.record(uow, case, CaseEventType.KEY_OPENED, actor, detail)
        return offer.secret_id
