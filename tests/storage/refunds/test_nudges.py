"""A nudge brings forward what waits, and nothing else; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tuika.clock import FixedClock
from tuika.refunds.due import DueKind, DueRow
from tuika.refunds.nudges import Nudges
from tuika.refunds.outbox import Operation, OpKind, operation_key
from tuika.refunds.states import CaseState

from .build import NOW, plain

LATER = NOW + timedelta(hours=5)
REVIEWED = plain(state=CaseState.MERCHANT_REVIEW, shop_ref="SR1")


@pytest.fixture
def nudges():
    return Nudges(FixedClock(NOW))


def put(units, case, *rows):
    with units() as uow:
        uow.cases.add(case)
        return [uow.due.add(row) for row in rows]


def due(units, rows):
    with units.reading() as uow:
        return [uow.due.get(row.id).due_at for row in rows]


def test_the_poll_of_a_case_is_brought_forward_and_its_deadline_is_not(units, nudges):
    rows = put(
        units,
        REVIEWED,
        DueRow(DueKind.SHOP_POLL, "RF1", LATER),
        DueRow(DueKind.MERCHANT, "RF1", LATER),
        DueRow(DueKind.SHOP_POLL, "RF2", LATER),
    )
    with units() as uow:
        assert nudges.refund_answered(uow, "generic", "RF1")
    assert due(units, rows) == [NOW, LATER, LATER]


def test_a_case_without_a_poll_gets_one_and_only_one(units, nudges):
    put(units, REVIEWED)
    for _ in range(3):
        with units() as uow:
            assert nudges.refund_answered(uow, "generic", "RF1")
    with units.reading() as uow:
        assert [row.due_at for row in uow.due.waiting(DueKind.SHOP_POLL, "RF1")] == [NOW]


@pytest.mark.parametrize(
    ("platform", "case"),
    [
        ("other", REVIEWED),
        ("generic", replace(REVIEWED, state=CaseState.REJECTED)),
        ("generic", replace(REVIEWED, shop_ref=None)),
        ("generic", replace(REVIEWED, case_no="RF9")),
    ],
)
def test_nothing_moves_for_a_case_that_is_not_waiting_there(units, nudges, platform, case):
    rows = put(units, case, DueRow(DueKind.SHOP_POLL, case.case_no, LATER))
    with units() as uow:
        assert not nudges.refund_answered(uow, platform, "RF1")
    assert due(units, rows) == [LATER]


def test_a_payouts_check_is_found_by_the_key_that_it_was_ordered_with(units, nudges):
    key = operation_key(OpKind.PAY, "RF1")
    rows = put(units, plain(state=CaseState.PAYING), DueRow(DueKind.PAYOUT_CHECK, "op_1", LATER))
    with units() as uow:
        uow.outbox.add(Operation("op_1", OpKind.PAY, "RF1", key, {}, NOW))
        assert not nudges.payout_changed(uow, "other", key)
        assert not nudges.payout_changed(uow, "generic", "payout.pay:RF2")
        assert nudges.payout_changed(uow, "generic", key)
    assert due(units, rows) == [NOW]


def test_only_who_waits_for_this_order_of_this_platform_is_told(units, nudges):
    def watch(conversation, order_no, platform="generic"):
        payload = {"platform": platform, "order_no": order_no, "conversation_id": conversation}
        return DueRow(DueKind.WATCH, f"{conversation}:{order_no}:no_delivery", LATER, payload)

    rows = put(
        units,
        plain(),
        watch("cv_1", "A_B"),
        watch("cv_2", "A_B"),
        watch("cv_3", "AXB"),
        watch("cv_4", "A_B", "other"),
    )
    with units() as uow:
        assert nudges.order_changed(uow, "generic", "A_B")
        assert not nudges.order_changed(uow, "generic", "%")
    assert due(units, rows) == [NOW, NOW, LATER, LATER]


def test_what_is_due_already_stays_due(units, nudges):
    before = NOW - timedelta(minutes=3)
    rows = put(units, REVIEWED, DueRow(DueKind.SHOP_POLL, "RF1", before))
    with units() as uow:
        assert nudges.refund_answered(uow, "generic", "RF1")
    assert due(units, rows) == [before]
