"""What every ``RefundGateway`` keeps: merchants answer and money arrives at their instants, once per key."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tuika.clock import FixedClock, at_instant
from tuika.errors import Conflict, NotFound
from tuika.money import Money
from tuika.policy.model import Reason
from tuika.refunds.gateway import (
    AnswerKind,
    FilingRequest,
    MerchantAnswer,
    PayoutReceipt,
    PayoutRequest,
    PayoutState,
    RefundGateway,
)

SECOND = timedelta(seconds=1)


def filing(order_no: str, *, amount: int = 9800, case_no: str = "RF1") -> FilingRequest:
    return FilingRequest(case_no, order_no, Reason.NO_DELIVERY, Money(amount), "付款后没有发货")


def payout(order_no: str, *, amount: int = 9800, to_balance: bool = False) -> PayoutRequest:
    return PayoutRequest("RF1", order_no, Money(amount), to_balance=to_balance)


class TestAnswers:
    @pytest.mark.parametrize(
        ("order_no", "after", "kind", "amount"),
        [
            ("YES1", timedelta(hours=2), AnswerKind.APPROVE, None),
            ("NO1", timedelta(minutes=90), AnswerKind.REJECT, None),
            ("DEAL1", timedelta(days=1), AnswerKind.SETTLE, Money(4900)),
        ],
    )
    def test_comes_at_its_instant_and_not_before(
        self,
        refunds: RefundGateway,
        clock: FixedClock,
        order_no: str,
        after: timedelta,
        kind: AnswerKind,
        amount: Money | None,
    ) -> None:
        clock.advance(timedelta(minutes=7))
        due = clock.now() + after
        receipt = refunds.file(filing(order_no), key="f1")
        assert receipt.answer_due == due
        assert refunds.answer(receipt.shop_ref) is None
        clock.set(due - SECOND)
        assert refunds.answer(receipt.shop_ref) is None
        clock.set(due)
        assert refunds.answer(receipt.shop_ref) == MerchantAnswer(kind, due, amount)
        clock.advance(timedelta(days=30))
        assert refunds.answer(receipt.shop_ref) == MerchantAnswer(kind, due, amount)

    def test_at_once(self, refunds: RefundGateway, clock: FixedClock) -> None:
        receipt = refunds.file(filing("SWIFT1"), key="f1")
        assert refunds.answer(receipt.shop_ref) == MerchantAnswer(AnswerKind.APPROVE, clock.now())

    def test_never(self, refunds: RefundGateway, clock: FixedClock) -> None:
        receipt = refunds.file(filing("NEVER1"), key="f1")
        assert receipt.answer_due is None
        clock.advance(timedelta(days=365))
        assert refunds.answer(receipt.shop_ref) is None

    @pytest.mark.parametrize("refunds", ["memory", "demo"], indirect=True)  # a pin is one process's
    def test_under_a_pinned_clock(self, refunds: RefundGateway, clock: FixedClock) -> None:
        receipt = refunds.file(filing("YES1"), key="f1")
        with at_instant(clock.now() + timedelta(hours=2)):
            assert refunds.answer(receipt.shop_ref) is not None
        assert refunds.answer(receipt.shop_ref) is None

    def test_unknown_reference(self, refunds: RefundGateway) -> None:
        assert refunds.answer("SR-UNKNOWN") is None


class TestFiling:
    def test_the_same_key_files_once(self, refunds: RefundGateway, clock: FixedClock) -> None:
        first = refunds.file(filing("YES1"), key="f1")
        clock.advance(timedelta(hours=1))
        assert refunds.file(filing("YES1"), key="f1") == first

    def test_another_key_is_another_filing(self, refunds: RefundGateway, clock: FixedClock) -> None:
        first = refunds.file(filing("YES1"), key="f1")
        clock.advance(timedelta(hours=1))
        second = refunds.file(filing("YES1"), key="f2")
        assert second.shop_ref != first.shop_ref
        assert second.answer_due == clock.now() + timedelta(hours=2)

    @pytest.mark.parametrize(
        "other", [filing("YES1", amount=1), filing("NO1"), filing("YES1", case_no="RF2")]
    )
    def test_the_same_key_with_another_body(self, refunds: RefundGateway, other: FilingRequest) -> None:
        refunds.file(filing("YES1"), key="f1")
        with pytest.raises(Conflict):
            refunds.file(other, key="f1")

    def test_an_unknown_order(self, refunds: RefundGateway) -> None:
        with pytest.raises(NotFound):
            refunds.file(filing("NOBODY"), key="f1")


class TestWithdrawing:
    def test_before_the_answer_silences_it(self, refunds: RefundGateway, clock: FixedClock) -> None:
        receipt = refunds.file(filing("YES1"), key="f1")
        clock.advance(timedelta(hours=1))
        refunds.withdraw(receipt.shop_ref, key="w1")
        clock.advance(timedelta(days=1))
        assert refunds.answer(receipt.shop_ref) is None
        assert refunds.file(filing("YES1"), key="f1").answer_due is None

    def test_after_the_answer_it_stands(self, refunds: RefundGateway, clock: FixedClock) -> None:
        receipt = refunds.file(filing("YES1"), key="f1")
        clock.advance(timedelta(hours=2))
        refunds.withdraw(receipt.shop_ref, key="w1")
        answer = refunds.answer(receipt.shop_ref)
        assert answer is not None
        assert answer.kind is AnswerKind.APPROVE

    def test_twice_changes_nothing(self, refunds: RefundGateway, clock: FixedClock) -> None:
        receipt = refunds.file(filing("YES1"), key="f1")
        refunds.withdraw(receipt.shop_ref, key="w1")
        clock.advance(timedelta(hours=3))
        refunds.withdraw(receipt.shop_ref, key="w1")
        refunds.withdraw(receipt.shop_ref, key="w2")
        assert refunds.answer(receipt.shop_ref) is None

    def test_an_unknown_filing(self, refunds: RefundGateway) -> None:
        with pytest.raises(NotFound):
            refunds.withdraw("SR-UNKNOWN", key="w1")


class TestPayouts:
    @pytest.mark.parametrize(
        ("order_no", "to_balance", "after"),
        [
            ("YES1", False, timedelta(0)),
            ("BANK1", False, timedelta(days=1)),
            ("BANK1", True, timedelta(0)),
            ("SLOW1", False, timedelta(hours=2)),
            ("BANKNOW1", False, timedelta(0)),
        ],
    )
    def test_arrive_at_their_instant(
        self, refunds: RefundGateway, clock: FixedClock, order_no: str, to_balance: bool, after: timedelta
    ) -> None:
        arrives = clock.now() + after
        receipt = refunds.pay(payout(order_no, to_balance=to_balance), key="p1")
        assert receipt.arrives_at == arrives
        if after:
            assert (receipt.state, receipt.next_check) == (PayoutState.PENDING, arrives)
            clock.set(arrives - SECOND)
            assert refunds.payout("p1") == receipt
        clock.set(arrives)
        paid = PayoutReceipt(PayoutState.PAID, receipt.trade_no, arrives, None)
        assert refunds.payout("p1") == paid
        clock.advance(timedelta(days=9))
        assert refunds.payout("p1") == paid

    def test_never_is_pending_for_ever(self, refunds: RefundGateway, clock: FixedClock) -> None:
        receipt = refunds.pay(payout("LOST1"), key="p1")
        clock.advance(timedelta(days=365))
        assert refunds.payout("p1") == receipt
        assert (receipt.state, receipt.arrives_at, receipt.next_check) == (PayoutState.PENDING, None, None)

    def test_the_same_key_pays_once(self, refunds: RefundGateway, clock: FixedClock) -> None:
        first = refunds.pay(payout("YES1"), key="p1")
        clock.advance(timedelta(hours=1))
        assert refunds.pay(payout("YES1"), key="p1") == first  # a second payment of 9800 would be refused

    def test_each_key_has_a_serial_of_its_own(self, refunds: RefundGateway) -> None:
        serials = [refunds.pay(payout("YES1", amount=1), key=f"p{i}").trade_no for i in range(5)]
        assert len(set(serials)) == 5
        assert all(len(serial) == 28 and serial.startswith("50") for serial in serials)

    @pytest.mark.parametrize(
        "other", [payout("YES1", amount=1), payout("NO1"), payout("YES1", to_balance=True)]
    )
    def test_the_same_key_with_another_body(self, refunds: RefundGateway, other: PayoutRequest) -> None:
        refunds.pay(payout("YES1"), key="p1")
        with pytest.raises(Conflict):
            refunds.pay(other, key="p1")

    def test_no_order_pays_back_more_than_it_took(self, refunds: RefundGateway) -> None:
        refunds.pay(payout("YES1", amount=9000), key="p1")
        with pytest.raises(Conflict):
            refunds.pay(payout("YES1", amount=801), key="p2")
        assert refunds.payout("p2") is None
        assert refunds.pay(payout("YES1", amount=800), key="p3").state is PayoutState.PAID

    @pytest.mark.parametrize("amount", [0, -1])
    def test_nothing_is_no_payout(self, refunds: RefundGateway, amount: int) -> None:
        with pytest.raises(Conflict):
            refunds.pay(payout("YES1", amount=amount), key="p1")

    def test_unknown(self, refunds: RefundGateway) -> None:
        assert refunds.payout("p1") is None
        with pytest.raises(NotFound):
            refunds.pay(payout("NOBODY"), key="p1")
