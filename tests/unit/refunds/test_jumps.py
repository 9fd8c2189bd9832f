"""One jump of the clock and many small ones end in the same rows."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuika.errors import Conflict
from tuika.money import Money
from tuika.orders.model import KeyCheck, Merchant, PayChannel
from tuika.policy.model import EvidenceKind
from tuika.refunds.gateway import AnswerKind
from tuika.refunds.states import CaseState as S
from tuika.shops.plans import NEVER_ARRIVES, AnswerPlan
from tuika.storage.tables import refunds as tables

from .market import INVALID, KEY_PICTURES, NOW, UNWANTED, fresh, hours, order, picture, with_key
from .world import World

WHOLE = timedelta(hours=200)
ANSWERS = {
    "yes": AnswerPlan(AnswerKind.APPROVE, hours(2)),
    "no": AnswerPlan(AnswerKind.REJECT, timedelta(minutes=90)),
    "deal": AnswerPlan(AnswerKind.SETTLE, hours(24), Money(4900)),
}


def market(folder: Path) -> World:
    """A case of every kind."""
    seller = {name: Merchant(name, name) for name in ANSWERS}
    orders = (
        order("KM1", pay_channel=PayChannel.BANK_CARD),
        fresh("KM2"),
        with_key("KM3", merchant=seller["yes"]),
        with_key("KM4", merchant=seller["no"]),
        with_key("KM5", merchant=seller["deal"]),
        with_key("KM6", KeyCheck.EXPIRED),
        with_key("KM7", KeyCheck.VALID),
        with_key("KM8", platform="binghui"),
        order("KM9", pay_channel=PayChannel.WECHAT, buyer_id=None),
    )
    world = World(folder, *orders, answers=ANSWERS, payouts={"KM9": NEVER_ARRIVES})
    for each in orders:
        if each.order_no in ("KM1", "KM2", "KM9"):
            world.file(each)
        elif each.order_no == "KM7":
            world.file(each, UNWANTED, (picture(EvidenceKind.UNUSED_PROOF),))
        else:
            world.file(each, INVALID, KEY_PICTURES[: 1 if each.order_no == "KM8" else 2])
    return world


def rows(world: World) -> list[object]:
    """Everything stored and said, but leases."""
    due = tables.due_rows.c
    kept = [due[name] for name in ("id", "kind", "ref", "due_at", "state", "attempts")]
    everything = [
        world.rows(t) for t in (tables.refund_cases, tables.refund_events, tables.outbox, tables.offers)
    ]
    return [*everything, world.rows(*kept), world.heard.says, world.heard.tickets, world.heard.audit]


@pytest.fixture(scope="module")
def one_jump(tmp_path_factory):
    world = market(tmp_path_factory.mktemp("one"))
    world.jump(WHOLE)
    yield rows(world), world
    world.close()


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.integers(1, 40 * 60), max_size=12))
def test_one_jump_equals_many(one_jump, minutes):
    with tempfile.TemporaryDirectory() as folder:
        world = market(Path(folder))
        for step in minutes:
            until = min(world.clock.now() + timedelta(minutes=step), NOW + WHOLE)
            world.runner.advance_to(until)
        world.runner.advance_to(NOW + WHOLE)
        try:
            assert rows(world) == one_jump[0]
        finally:
            world.close()


def test_the_market_shows_every_way_a_case_can_go(one_jump):
    world = one_jump[1]
    with world.units() as uow:
        found = {n: uow.cases.of_order("generic", f"KM{n}")[0].state for n in (1, 2, 3, 4, 5, 6, 7, 9)}
    assert found == {1: S.PAID, 2: S.PAID, 3: S.PAID, 4: S.PLATFORM_REVIEW, 5: S.PLATFORM_REVIEW} | {
        6: S.PLATFORM_REVIEW,  # proved, but the buyer's fourth refund
        7: S.REJECTED,
        9: S.PAYING,
    }


def test_every_row_is_worked_at_its_own_instant(one_jump):
    world = one_jump[1]
    times = [at for at, _, _ in world.heard.says]
    assert times == sorted(times)
    assert len(set(times)) > 6 and max(times) <= NOW + WHOLE
    assert world.clock.now() == NOW + WHOLE


def test_nothing_but_the_jumper_works_during_a_jump(make_world):
    world = make_world(order())
    world.file()
    world.gate.begin_jump()
    assert world.run() == 0
    with pytest.raises(Conflict, match="正在拨动"):
        world.jump(hours(1))
    world.gate.end_jump(None)
    assert world.run() == 2


def test_a_jump_waits_for_rows_in_other_hands(make_world):
    world = make_world(order())
    world.file()
    with world.units() as uow:
        held = uow.due.claim(until=NOW, lease="other", wall=NOW, lease_for=hours(1))

    def give_back(_seconds: float) -> None:
        with world.units() as uow:
            uow.due.postpone(held, due_at=NOW, attempts=0)

    world.runner._pause = give_back
    assert world.jump(hours(1)) == 2
    assert world.paid_out() == [9800]


def test_a_jump_of_nothing_works_what_is_due_and_back_only_sets_the_clock(make_world):
    world = make_world(order())
    world.file()
    assert world.jump(timedelta(0)) == 2
    assert world.runner.advance_to(NOW - hours(5)) == 0
    assert world.clock.now() == NOW - hours(5)
