"""History rows of a fixture, and the demo's reset."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tuika.errors import OpenCaseExists
from tuika.money import Money
from tuika.policy.model import Reason
from tuika.refunds.states import CaseState as S
from tuika.refunds.telling import progress
from tuika.shops.demo.values import FixtureRefund, HistoryState
from tuika.storage.tables import refunds as tables

from .market import ANNA, NOW, UNDELIVERED, order


def past(number, state=HistoryState.PAID, days=12):
    filed = NOW - timedelta(days=days)
    paid = filed + timedelta(days=1) if state is HistoryState.PAID else None
    return FixtureRefund(number, "b1", Reason.NO_DELIVERY, Money(5000), state, filed, paid)


def load(world, *rows):
    with world.units() as uow:
        return world.refunds.import_history(uow, rows, platform="generic", orders=world.shelf.by_number)


def test_paid_history_counts_for_the_rule_of_three(make_world):
    world = make_world(order())
    load(world, past("KM7"), past("KM8"), past("KM9"))
    assert world.file().decision.supervised


def test_history_filed_longer_ago_does_not(make_world):
    world = make_world(order())
    load(world, past("KM7", days=31), past("KM8", days=31), past("KM9"))
    assert not world.file().decision.supervised


@pytest.mark.parametrize("state", list(HistoryState))
def test_every_state_can_be_loaded_shown_and_waits_for_its_deadline(make_world, state):
    world = make_world(order())
    (case,) = load(world, past("KM1", state))
    assert case.state.value == state.value
    assert progress(case, NOW).text
    assert case.is_open == (case.deadline is not None)
    if case.deadline is not None:
        assert case.deadline.at > NOW
        world.jump(case.deadline.at - NOW)
    assert world.heard.says == []  # it has no conversation to be told in


def test_an_imported_open_case_is_worked_like_any_other(make_world):
    world = make_world(order())
    (case,) = load(world, past("KM1", HistoryState.PLATFORM_REVIEW))
    with pytest.raises(OpenCaseExists):
        world.file("KM1", UNDELIVERED)
    world.do("approve", case.case_no, actor=ANNA)
    world.run()
    assert (world.case(case.case_no).state, world.paid_out()) == (S.PAID, [5000])


def test_a_partial_refund_leaves_the_rest(make_world):
    world = make_world(order())
    load(world, past("KM1"))
    case = world.file("KM1")
    assert case.amount == Money(4800)


def test_clear_forgets_everything(make_world):
    world = make_world(order())
    world.file()
    world.run()
    with world.units() as uow:
        world.refunds.clear(uow)
    for table in (tables.refund_cases, tables.refund_events, tables.due_rows, tables.outbox, tables.offers):
        assert world.rows(table) == []
