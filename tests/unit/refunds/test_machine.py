"""Any sequence of steps by anybody keeps the invariants of cases and money."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tuika.errors import Conflict, InputError, NotFound, ShopUnavailable
from tuika.evidence.model import EvidenceRef
from tuika.money import Money
from tuika.orders.model import CardKey, KeyCheck, KeyState, OrderStatus
from tuika.policy.model import Claim, EvidenceKind, Reason
from tuika.refunds.gateway import AnswerKind, MerchantAnswer
from tuika.refunds.model import Actor, Requester
from tuika.refunds.offers import OfferKind
from tuika.refunds.states import CLOSED_STATES, CaseState
from tuika.shops.plans import AnswerPlan, PayoutPlan

from .market import ANNA, BEN, BUYER, NOW, hours, order
from .world import World

NUMBERS = ("KM1", "KM2", "KM3")
AGENTS = st.sampled_from([ANNA, BEN])
FEN = st.sampled_from([1, 3000, 4900, 60000, 90000, 99999])
KINDS = st.sampled_from(list(EvidenceKind))
REFUSED = (Conflict, InputError, NotFound)


def three_keys() -> tuple[CardKey, ...]:
    checks = (KeyCheck.UNKNOWN, KeyCheck.EXPIRED, KeyCheck.VALID)
    return tuple(CardKey(n, f"K{n}**", KeyState.REVEALED, NOW - hours(2), c) for n, c in enumerate(checks, 1))


class CaseMachine(RuleBasedStateMachine):
    @initialize(platform=st.sampled_from(["generic", "binghui", "solo"]))
    def open_market(self, platform: str) -> None:
        self.folder = Path(tempfile.mkdtemp())
        delivered = {"status": OrderStatus.DELIVERED, "delivered_at": NOW - hours(2)}
        self.world = World(
            self.folder,
            order("KM1", platform=platform, paid_at=NOW - timedelta(minutes=45)),
            order("KM2", platform=platform, amount=Money(90000), keys=three_keys(), quantity=3, **delivered),
            order("KM3", platform=platform),
            answers={"m1": AnswerPlan(AnswerKind.SETTLE, hours(30), Money(4900))},
            payouts={"KM3": PayoutPlan(hours(3))},
        )
        self.platform = platform
        self.pictures = 0
        self.seen: dict[str, tuple[object, ...]] = {}

    def refs(self, kinds: list[EvidenceKind]) -> tuple[EvidenceRef, ...]:
        self.pictures += len(kinds)
        return tuple(
            EvidenceRef(f"ev{self.pictures}_{i}", k, f"{self.pictures}-{i}") for i, k in enumerate(kinds)
        )

    def cases(self, number: str):
        with self.world.units() as uow:
            return uow.cases.of_order(self.platform, number)

    def attempt(self, step: str, number: str, *args: object, **more: object) -> None:
        found = self.cases(number)
        if found:
            with suppress(*REFUSED):
                self.world.do(step, found[0].case_no, *args, **more)

    @rule(
        number=st.sampled_from(NUMBERS),
        reason=st.sampled_from([Reason.NO_DELIVERY, Reason.INVALID_CARD_KEY, Reason.NOT_AS_DESCRIBED]),
        keys=st.sampled_from([(), (1,), (2,), (1, 2)]),
        kinds=st.lists(KINDS, max_size=3),
    )
    def file(self, number: str, reason: Reason, keys: tuple[int, ...], kinds: list[EvidenceKind]) -> None:
        claim = Claim(reason, affected_keys=keys if number == "KM2" else ())
        with suppress(*REFUSED), self.world.units() as uow:
            self.world.refunds.file(
                uow,
                order=self.world.shelf.by_number[number],
                claim=claim,
                requester=Requester("b1", "cv_1"),
                evidence=self.refs(kinds),
            )

    @rule(number=st.sampled_from(NUMBERS), agent=AGENTS, fen=st.none() | FEN)
    def approve(self, number: str, agent: Actor, fen: int | None) -> None:
        self.attempt("approve", number, amount=Money(fen) if fen else None, actor=agent)

    @rule(number=st.sampled_from(NUMBERS), agent=AGENTS)
    def reject(self, number: str, agent: Actor) -> None:
        self.attempt("reject", number, reason="不符", actor=agent)

    @rule(number=st.sampled_from(NUMBERS), agent=AGENTS, kind=KINDS)
    def ask_for(self, number: str, agent: Actor, kind: EvidenceKind) -> None:
        self.attempt("request_evidence", number, kinds=(kind,), actor=agent)

    @rule(number=st.sampled_from(NUMBERS), agent=AGENTS, kind=st.sampled_from(list(OfferKind)), fen=FEN)
    def negotiate(self, number: str, agent: Actor, kind: OfferKind, fen: int) -> None:
        amount = Money(fen) if kind is OfferKind.PARTIAL else None
        self.attempt("negotiate", number, kind=kind, amount=amount, actor=agent)

    @rule(number=st.sampled_from(NUMBERS), agent=AGENTS)
    def reissue(self, number: str, agent: Actor) -> None:
        self.attempt("reissue", number, secret_id="vs", masked="**", actor=agent)

    @rule(number=st.sampled_from(NUMBERS), agent=AGENTS, fen=FEN)
    def mark_paid(self, number: str, agent: Actor, fen: int) -> None:
        self.attempt("mark_paid", number, trade_no="T", amount=Money(fen), actor=agent)

    @rule(number=st.sampled_from(NUMBERS), accept=st.booleans())
    def answer(self, number: str, accept: bool) -> None:
        self.attempt("answer_offer", number, accept=accept, actor=BUYER)

    @rule(number=st.sampled_from(NUMBERS), kinds=st.lists(KINDS, min_size=1, max_size=3))
    def bring(self, number: str, kinds: list[EvidenceKind]) -> None:
        self.attempt("add_evidence", number, self.refs(kinds), actor=BUYER)

    @rule(number=st.sampled_from(NUMBERS), kinds=st.lists(KINDS, max_size=1))
    def appeal(self, number: str, kinds: list[EvidenceKind]) -> None:
        self.attempt("appeal", number, text="", refs=self.refs(kinds), actor=BUYER)

    @rule(number=st.sampled_from(NUMBERS))
    def withdraw(self, number: str) -> None:
        self.attempt("withdraw", number, actor=BUYER)

    @rule(number=st.sampled_from(NUMBERS), received=st.none() | FEN)
    def report(self, number: str, received: int | None) -> None:
        self.attempt("report_arrival", number, received=Money(received) if received else None, actor=BUYER)

    @rule(number=st.sampled_from(NUMBERS), kind=st.sampled_from(list(AnswerKind)), fen=FEN)
    def merchant(self, number: str, kind: AnswerKind, fen: int) -> None:
        self.attempt("merchant_answer", number, MerchantAnswer(kind, NOW, Money(fen)))

    @rule(
        call=st.sampled_from(["file", "pay", "answer", "payout", "withdraw"]),
        when=st.sampled_from(["before", "after"]),
        error=st.sampled_from([TimeoutError, ShopUnavailable]),
    )
    def break_shop(self, call: str, when: str, error: type[Exception]) -> None:
        self.world.faults.fail(call, when=when, error=error())

    @rule(number=st.sampled_from(NUMBERS))
    def deliver(self, number: str) -> None:
        now = self.world.clock.now()
        self.world.change(number, status=OrderStatus.DELIVERED, delivered_at=now)

    @rule()
    def run(self) -> None:
        self.world.run()

    @rule(minutes=st.sampled_from([1, 40, 120, 48 * 60, 200 * 60]))
    def jump(self, minutes: int) -> None:
        self.world.jump(timedelta(minutes=minutes))

    @invariant()
    def keeps_its_promises(self) -> None:
        if not hasattr(self, "world"):
            return
        for number in NUMBERS:
            found = self.cases(number)
            assert sum(case.is_open for case in found) <= 1
            owed = self.world.shelf.by_number[number].paid_total
            by_hand = [c.paid_amount.fen for c in found if c.trade_no == "T" and c.paid_amount]
            assert sum(self.world.paid_out(number)) + sum(by_hand) <= owed.fen
            for case in found:
                self._check(case)

    def _check(self, case) -> None:
        before = self.seen.get(case.case_no, ())
        assert case.events[: len(before)] == before
        self.seen[case.case_no] = case.events
        counted = Counter(event.type for event in case.events)
        assert counted["refund.case.paid"] <= 1 and counted["refund.case.appealed"] <= 1
        assert (case.state is CaseState.PAID) == (case.paid_amount is not None)
        assert (case.state is CaseState.NEEDS_EVIDENCE) <= bool(case.evidence_wanted)
        if case.state in CLOSED_STATES:
            assert case.deadline is None

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.close()
            shutil.rmtree(self.folder)


TestCaseMachine = CaseMachine.TestCase
TestCaseMachine.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
