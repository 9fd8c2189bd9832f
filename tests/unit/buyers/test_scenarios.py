"""The scenarios as a set, and what a broken file says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.buyers.load import BadScenario, fill, fixture, load_all, load_file
from benchmarks.buyers.surface import Surface
from tuika.shops.demo.fixture import parse_fixture

ALL = load_all()


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "x.yml"
    path.write_text(text, "utf-8")
    return path


def test_there_are_enough_and_a_third_ends_with_no_case() -> None:
    assert len(ALL) >= 150
    assert sum(s.ends_without_case for s in ALL) * 3 >= len(ALL)


def test_every_pack_and_every_class_is_there() -> None:
    assert {s.pack for s in ALL} == {"generic", "binghui", "zhongshang", "solo"}
    reasons = {"no_delivery", "invalid_card_key", "wrong_recharge", "not_as_described"}
    reasons |= {"duplicate_charge", "order_cancelled", "unrecorded_payment", "changed_mind"}
    others = {
        "progress",
        "lifecycle",
        "correction",
        "digression",
        "two_requests",
        "cancel",
        "handoff",
        "scam",
    }
    others |= {"privacy", "injection", "out_of_scope", "messy", "guest", "questions", "wishes"}
    assert reasons | others <= {s.kind for s in ALL}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- id: a", "expected a mapping"),
        ("scenarios: [3]", "a scenario is a mapping with an 'id'"),
        ("scenarios: [{id: a, class: x, goal: g, acts: [hi], wish: 1}]", "a: wish"),
        ("scenarios: [{id: a, class: x, goal: g, acts: []}]", "a: acts"),
        ("scenarios: [{id: a, class: x, goal: g, acts: [{say: hi, press: b}]}]", "an act does one thing"),
        ("scenarios: [{id: a, class: x, goal: g, orders: [gold], acts: [hi]}]", "no goods named 'gold'"),
        ("scenarios: [{id: a, class: x, goal: g, pack: other, acts: [hi]}]", "a: pack"),
    ],
)
def test_a_broken_file_says_where(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(BadScenario, match=says):
        load_file(write(tmp_path, text))


def test_an_id_is_used_once(tmp_path: Path) -> None:
    row = "scenarios: [{id: a, class: x, goal: g, acts: [hi]}]"
    (tmp_path / "a.yml").write_text(row, "utf-8")
    (tmp_path / "b.yml").write_text(row, "utf-8")
    with pytest.raises(BadScenario, match="already used in a.yml"):
        load_all(tmp_path)


def test_every_shop_is_a_fixture_that_the_demo_shop_takes() -> None:
    now = datetime(2026, 11, 23, 2, tzinfo=UTC)
    for scenario in ALL:
        read = parse_fixture(json.dumps(fixture(scenario), ensure_ascii=False), now=now)
        assert len(read.orders) == len(scenario.orders), scenario.id


def test_every_number_in_a_wording_has_its_order() -> None:
    for scenario in ALL:
        orders = fixture(scenario)["orders"]
        for act in scenario.acts:
            for words in (act.say or []) + (act.only or []) + (act.split or []):
                assert "{no" not in fill(words, orders), scenario.id
                assert "{serial" not in fill(words, orders), scenario.id


def test_the_first_seed_says_the_first_wording_and_seeds_repeat() -> None:
    scenario = next(s for s in ALL if len(s.acts[0].say or []) > 1 and not s.noise and s.persona == "plain")
    words = scenario.acts[0].say or []
    assert Surface(scenario, 0).spoken(words) == words[0]
    assert Surface(scenario, 5).spoken(words) == Surface(scenario, 5).spoken(words)
    assert len({Surface(scenario, seed).spoken(words) for seed in range(8)}) > 1
