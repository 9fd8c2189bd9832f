"""A stored case decides the same again by its own pack, and a changed pack shows where it would not."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tuika.money import Money
from tuika.policy.model import Outcome
from tuika.policy.schema import Pack
from tuika.refunds.replay import replay
from tuika.refunds.states import CaseState as S

from .market import INVALID, KEY_PICTURES, fresh, hours, order, packs, with_key


@pytest.mark.parametrize("platform", ["generic", "binghui", "zhongshang", "solo"])
def test_every_stored_case_agrees_with_itself(make_world, platform):
    world = make_world(
        order(platform=platform), with_key("KM2", platform=platform), fresh("KM3", platform=platform)
    )
    cases = [world.file("KM1"), world.file("KM2", INVALID, KEY_PICTURES), world.file("KM3")]
    for filed in cases:
        stored = world.case(filed.case_no)
        with world.units() as uow:
            pack = world.refunds.pack_of(uow, stored)
        assert replay(stored, pack).agrees


def test_a_changed_pack_tells_what_it_would_decide_otherwise(make_world):
    world = make_world(order(amount=Money(9800)))
    stored = world.case(world.file().case_no)
    result = replay(stored, packs()["binghui"])
    assert not result.agrees
    assert {d.field: (d.was, d.now) for d in result.differences}["outcome"] == ("approve", "platform_review")


def test_a_tampered_decision_is_found(make_world):
    world = make_world(order())
    stored = world.case(world.file().case_no)
    forged = replace(
        stored, decision=replace(stored.decision, outcome=Outcome.PLATFORM_REVIEW, amount=Money(1))
    )
    result = replay(forged, packs()["generic"])
    assert {d.field: (d.was, d.now) for d in result.differences}["outcome"] == ("platform_review", "approve")


def test_an_imported_case_says_that_it_has_no_facts(make_world):
    world = make_world(order())
    stored = replace(world.case(world.file().case_no), reading=None)
    assert "no stored facts" in replay(stored, packs()["generic"]).problem


def test_a_case_keeps_its_rules_when_the_pack_changes_while_it_is_open(make_world):
    """Named in the specification: a pack changed while cases are open."""
    world = make_world(fresh(), order("KM2"))
    before = packs()["generic"]
    number = world.file().case_no
    document = json.loads(before.document)
    document["version"] = "9.9"
    document["values"]["merchant_answer_hours"]["value"] = 1
    today = Pack.model_validate_json(json.dumps(document))
    world.refunds.tools.packs["generic"] = today
    try:
        with world.units() as uow:
            stored = world.refunds.get(uow, number)
            assert world.refunds.pack_of(uow, stored).values.merchant_answer_hours.value == 48
        world.jump(hours(2))
        case = world.case(number)
        assert (case.state, case.decision.pack_version) == (S.PAID, before.version)
        newer = world.file("KM2")
        assert newer.decision.pack_version == "9.9"
    finally:
        world.refunds.tools.packs["generic"] = before
    with world.units() as uow:
        assert world.refunds.pack_of(uow, world.refunds.get(uow, newer.case_no)) == today
