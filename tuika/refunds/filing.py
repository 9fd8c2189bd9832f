"""Filing a case: decide again with the rows of the moment, then write it, or refuse.

Invariants: nothing is filed that the policy does not file at this moment; one open case per order; the
order, the reading and the decision are kept with the case; missing evidence makes the case wait for it, not
vanish. A rejected claim comes back once, with evidence it lacked; a withdrawn one freely.
"""

from __future__ import annotations

from dataclasses import replace

from tuika.errors import Conflict, OpenCaseExists
from tuika.evidence.model import EvidenceRef
from tuika.money import Money
from tuika.orders.model import Order
from tuika.policy.decide import conclude
from tuika.policy.model import Claim, Decision, EvidenceKind, History, Outcome, Reason
from tuika.policy.reading import Reading, read_order
from tuika.policy.schema import Pack
from tuika.refunds.events import CaseEventType
from tuika.refunds.history import history_of
from tuika.refunds.ledger import Ledger
from tuika.refunds.model import SYSTEM, CaseItem, OrderSnapshot, RefundCase, Requester
from tuika.refunds.ports import RefundStore
from tuika.refunds.refiling import Refiling, Standing, refiling
from tuika.refunds.states import CaseState

_WHOLE_ORDER = frozenset({Reason.DUPLICATE_CHARGE, Reason.UNRECORDED_PAYMENT})
_ROUTES = {
    Outcome.APPROVE: CaseEventType.APPROVED,
    Outcome.MERCHANT_REVIEW: CaseEventType.MERCHANT_ASKED,
    Outcome.ASK_CONSENT: CaseEventType.MERCHANT_ASKED,
    Outcome.PLATFORM_REVIEW: CaseEventType.REVIEW_BEGUN,
}


class Filing(Ledger):
    def history(
        self,
        uow: RefundStore,
        order: Order,
        *,
        buyer_id: str | None = None,
        excluding: str | None = None,
    ) -> History:
        """What the stored cases say about the order and its buyer.

        ``buyer_id``: who asks, for a guest's order.
        """
        buyer = order.buyer_id or buyer_id
        return history_of(
            uow.cases.of_order(order.platform, order.order_no),
            uow.cases.of_buyer(order.platform, buyer) if buyer else (),
            now=self._clock.now(),
            pack=self.pack(order.platform),
            excluding=excluding,
            at_shop=order.refunds,
        )

    def decide(
        self,
        uow: RefundStore,
        order: Order,
        claim: Claim,
        *,
        buyer_id: str | None = None,
        excluding: str | None = None,
        pack: Pack | None = None,
    ) -> tuple[Decision, Reading]:
        """What the platform's pack says to the claim now, and the reading that it said it to.

        ``pack``: the one of a case that is decided again, else today's.
        """
        pack = pack or self.pack(order.platform)
        history = self.history(uow, order, buyer_id=buyer_id, excluding=excluding)
        reading = read_order(order, claim, history, self._clock.now(), pack)
        return conclude(reading, pack), reading

    def file(
        self,
        uow: RefundStore,
        *,
        order: Order,
        claim: Claim,
        requester: Requester,
        evidence: tuple[EvidenceRef, ...] = (),
        statement: str = "",
        turn_id: str = "",
        source: str = "buyer",
        to_balance: bool = False,
        contact_way: str = "",
    ) -> RefundCase:
        """File a case.

        Raises OpenCaseExists, or Conflict when nothing is due now or a refile brings nothing new.
        """
        if uow.cases.open_of_order(order.platform, order.order_no) is not None:
            raise OpenCaseExists()
        decision, reading = self.decide(uow, order, claim, buyer_id=requester.buyer_id)
        if not decision.outcome.files:
            raise Conflict(decision.clauses[-1].text, outcome=decision.outcome.value)
        if to_balance and "balance" not in self.pack(order.platform).values.payout_choices.value:
            raise Conflict("这个平台的退款只按原支付方式退回")
        case = self._case(order, claim, requester, decision, reading, evidence)
        case = replace(
            case,
            statement=statement,
            turn_id=turn_id,
            source=source,
            to_balance=to_balance,
            contact_way=contact_way,
            refile_of=self._refiled(uow, case),
        )
        uow.cases.add(case)
        pack = self.pack(order.platform)
        uow.packs.keep(pack, self._clock.now())
        uow.evidence.attach(tuple(ref.id for ref in evidence), case.case_no)
        case = self.write(
            uow, case, CaseEventType.FILED, requester.actor, {**_filed_detail(case), "pack": pack.digest}
        )
        if case.evidence_wanted:
            wanted = {"kinds": [kind.value for kind in case.evidence_wanted]}
            step = self.step(uow, case, SYSTEM)
            return self.move(uow, case, CaseEventType.EVIDENCE_REQUESTED, step, detail=wanted)
        return self.routed(uow, case)

    def routed(self, uow: RefundStore, case: RefundCase) -> RefundCase:
        """Send a case with all its evidence on its way: back where it was, or where the decision says."""
        if case.resume is CaseState.APPEALED:
            event = CaseEventType.APPEAL_RESUMED
        elif case.resume is CaseState.PLATFORM_REVIEW:
            event = CaseEventType.REVIEW_BEGUN
        else:
            event = _ROUTES[case.route]
        if event is CaseEventType.APPROVED:
            return self.approved(uow, case, case.amount, {"by": "rules"})
        return self.move(uow, case, event, self.step(uow, case, SYSTEM), resume=None)

    def approved(
        self, uow: RefundStore, case: RefundCase, amount: Money, detail: dict[str, object]
    ) -> RefundCase:
        """An approval by the rules themselves."""
        step = self.step(uow, case, SYSTEM, amount)
        written = {"amount_fen": amount.fen, **detail}
        return self.move(
            uow, case, CaseEventType.APPROVED, step, detail=written, approved_amount=amount, resume=None
        )

    def _case(
        self,
        order: Order,
        claim: Claim,
        requester: Requester,
        decision: Decision,
        reading: Reading,
        evidence: tuple[EvidenceRef, ...],
    ) -> RefundCase:
        now = self._clock.now()
        assert decision.amount is not None  # an outcome that files has one
        keys = () if decision.reason in _WHOLE_ORDER else decision.keys
        return RefundCase(
            case_no=self.tools.ids.case_no(),
            platform=order.platform,
            order_no=order.order_no,
            buyer_id=requester.buyer_id or order.buyer_id,
            guest_key=requester.guest_key,
            conversation_id=requester.conversation_id,
            reason=decision.reason,
            amount=decision.amount,
            state=CaseState.SUBMITTED,
            route=decision.outcome,
            consent_required=decision.outcome is Outcome.ASK_CONSENT,
            claim=claim,
            decision=decision,
            reading=reading,
            order=OrderSnapshot.of(order),
            filed_at=now,
            state_since=now,
            keys=keys,
            items=_items(order, keys),
            evidence=evidence,
            evidence_wanted=missing(decision, claim, evidence),
            redecide_at=decision.decide_again_at,
        )

    def _refiled(self, uow: RefundStore, case: RefundCase) -> str | None:
        """The rejected case that this one files anew, if one does. Raises Conflict where it may not."""
        found = self.refiling(
            uow,
            platform=case.platform,
            order_no=case.order_no,
            reason=case.reason,
            keys=case.keys,
            evidence=case.evidence,
        )
        if found.standing is Standing.SPENT:
            raise Conflict("这个问题已经带新材料重新申请过，不能再次提交；可以申诉或转人工")
        if found.standing is Standing.WANTS_NEW:
            raise Conflict("这个申请之前没有通过，重新申请要补充之前没有交过的材料")
        return found.rejected.case_no if found.rejected is not None else None

    def refiling(
        self,
        uow: RefundStore,
        *,
        platform: str,
        order_no: str,
        reason: Reason,
        keys: tuple[int, ...],
        evidence: tuple[EvidenceRef, ...],
    ) -> Refiling:
        """How a claim stands to the rejected cases of its order."""
        return refiling(
            uow.cases.of_order(platform, order_no),
            reason=reason,
            keys=() if reason in _WHOLE_ORDER else keys,
            hashes=[ref.sha256 for ref in evidence],
            allowed=self.pack(platform).values.refilings.value,
        )


def missing(decision: Decision, claim: Claim, evidence: tuple[EvidenceRef, ...]) -> tuple[EvidenceKind, ...]:
    """Evidence that the row asks for and the buyer does not have; a payment serial stands for a picture."""
    if decision.reason is Reason.UNRECORDED_PAYMENT and claim.payment_serial:
        return ()
    have = {ref.kind for ref in evidence}
    return tuple(kind for kind in decision.evidence if kind not in have)


def _items(order: Order, keys: tuple[int, ...]) -> tuple[CaseItem, ...]:
    return tuple(
        CaseItem(key.position, key.masked, key.state, key.check, key.revealed_at, key.used_at)
        for key in order.keys
        if key.position in keys
    )


def _filed_detail(case: RefundCase) -> dict[str, object]:
    return {
        "order_no": case.order_no,
        "reason": case.reason.value,
        "amount_fen": case.amount.fen,
        "route": case.route.value,
        "keys": list(case.keys),
        "evidence": [ref.id for ref in case.evidence],
        "refile_of": case.refile_of,
    }
