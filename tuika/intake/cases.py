"""The refunds service as the flows use it: always in the scene's transaction, always as this buyer.

Invariants: a case is reached only through :meth:`CaseDesk.mine`; the buyer's rights are checked by the service
again; evidence is attached from the conversation only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

from tuika.conversations.model import Say
from tuika.errors import NotFound
from tuika.intake.claims import claim_of
from tuika.intake.scene import Scene, fresh_evidence
from tuika.money import Money
from tuika.orders.model import Order
from tuika.policy.model import Claim, Decision, EvidenceKind
from tuika.policy.schema import Pack
from tuika.refunds.model import Actor, RefundCase, Requester
from tuika.refunds.refiling import Refiling
from tuika.refunds.service import Refunds

LATER = timedelta(minutes=30)


class Ratings(Protocol):
    def __call__(self, scene: Scene, score: int) -> None: ...


class CaseDesk:
    def __init__(self, refunds: Refunds, packs: Mapping[str, Pack]) -> None:
        self._refunds = refunds
        self._packs = packs

    def pack(self, scene: Scene) -> Pack:
        """The platform's rules: its times, and who is who (the seller and the reviewer may be one owner)."""
        return self._packs[scene.conversation.platform]

    def balance_allowed(self, scene: Scene) -> bool:
        """Whether this platform pays refunds to the balance where the buyer chose so."""
        return "balance" in self.pack(scene).values.payout_choices.value

    # -- deciding --

    def decide(self, scene: Scene, order: Order, claim: Claim) -> Decision:
        decision, _reading = self._refunds.decide(scene.uow, order, claim, buyer_id=self._buyer(scene, order))
        return decision

    def open_case(self, scene: Scene, order: Order) -> RefundCase | None:
        return self._refunds.open_of_order(scene.uow, order.platform, order.order_no)

    def collected(self, scene: Scene) -> set[EvidenceKind]:
        return {item.kind for item in fresh_evidence(scene)}

    def refiling(self, scene: Scene, order: Order, decision: Decision) -> Refiling:
        """Whether the same was rejected before, and whether there is something new now."""
        return self._refunds.refiling(
            scene.uow,
            platform=order.platform,
            order_no=order.order_no,
            reason=decision.reason,
            keys=decision.keys,
            evidence=tuple(item.ref for item in fresh_evidence(scene)),
        )

    # -- filing --

    def file(self, scene: Scene, order: Order, *, statement: str) -> RefundCase:
        return self._refunds.file(
            scene.uow,
            order=order,
            claim=claim_of(scene, self.collected(scene)),
            requester=self._requester(scene, order),
            evidence=tuple(item.ref for item in fresh_evidence(scene)),
            statement=statement,
            turn_id=scene.turn.id,
            to_balance=scene.draft.to_balance,
        )

    def watch(self, scene: Scene, order: Order, decision: Decision) -> None:
        self._refunds.watch(
            scene.uow,
            order=order,
            reason=decision.reason,
            conversation_id=scene.conversation.id,
            at=decision.retry_at or scene.now + LATER,
        )

    # -- the buyer's cases --

    def mine(self, scene: Scene) -> list[RefundCase]:
        """Newest first: the account's cases, this conversation's, and those of orders proved in it."""
        found: dict[str, RefundCase] = {}
        platform = scene.conversation.platform
        if scene.buyer_id is not None:
            cases = self._refunds.of_buyer(scene.uow, platform, scene.buyer_id)
        else:
            cases = self._refunds.of_conversation(scene.uow, scene.conversation.id)
        for order_no in scene.memory.proved:
            cases = [*cases, *self._refunds.of_order(scene.uow, platform, order_no)]
        for case in cases:
            found.setdefault(case.case_no, case)
        return sorted(found.values(), key=lambda c: c.filed_at, reverse=True)

    def latest_open(self, scene: Scene) -> RefundCase | None:
        return next((c for c in self.mine(scene) if c.is_open), None)

    def progress(self, scene: Scene, case: RefundCase) -> Say:
        """How it stands; a replacement key that nobody has looked at yet is shown as such."""
        return self._refunds.told(case)

    # -- steps of the buyer --

    def note(self, scene: Scene, case_no: str, text: str) -> None:
        self._refunds.note(scene.uow, self._own(scene, case_no), text, actor=self._actor(scene))

    def propose(
        self, scene: Scene, case_no: str, *, kind: str, amount: Money | None, text: str
    ) -> RefundCase:
        return self._refunds.propose(
            scene.uow,
            self._own(scene, case_no),
            kind=kind,
            amount=amount,
            text=text,
            actor=self._actor(scene),
        )

    def withdraw(self, scene: Scene, case_no: str) -> RefundCase:
        return self._refunds.withdraw(scene.uow, self._own(scene, case_no), actor=self._actor(scene))

    def add_evidence(self, scene: Scene, case_no: str, items: list[Any]) -> RefundCase:
        refs = tuple(item.ref for item in items)
        return self._refunds.add_evidence(
            scene.uow, self._own(scene, case_no), refs, actor=self._actor(scene)
        )

    def appeal(self, scene: Scene, case_no: str) -> RefundCase:
        return self._refunds.appeal(
            scene.uow,
            self._own(scene, case_no),
            text=scene.draft.words or scene.text,
            refs=tuple(item.ref for item in fresh_evidence(scene)),
            actor=self._actor(scene),
        )

    def report_arrival(self, scene: Scene, case_no: str, *, received: Money | None) -> RefundCase:
        return self._refunds.report_arrival(
            scene.uow, self._own(scene, case_no), received=received, actor=self._actor(scene)
        )

    def answer_offer(self, scene: Scene, case_no: str, *, accept: bool) -> RefundCase:
        return self._refunds.answer_offer(
            scene.uow, self._own(scene, case_no), accept=accept, actor=self._actor(scene)
        )

    def rate(self, scene: Scene, score: int) -> None:
        scene.uow.conversations.rate(scene.conversation.id, score=score, comment="", at=scene.now)

    # -- who --

    def _own(self, scene: Scene, case_no: str) -> str:
        if not any(c.case_no == case_no for c in self.mine(scene)):
            raise NotFound("没有这份申请")
        return case_no

    def _actor(self, scene: Scene) -> Actor:
        return Actor.buyer(scene.buyer_id) if scene.buyer_id else Actor.guest(scene.conversation.id)

    def _buyer(self, scene: Scene, order: Order) -> str | None:
        return order.buyer_id or scene.buyer_id

    def _requester(self, scene: Scene, order: Order) -> Requester:
        return Requester(
            buyer_id=self._buyer(scene, order),
            conversation_id=scene.conversation.id,
            guest_key=None if scene.buyer_id else scene.conversation.id,
        )
