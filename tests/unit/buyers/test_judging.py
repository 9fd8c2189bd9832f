"""The judge and the figures: what passes, what is a violation, how pass^k is reckoned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from benchmarks.buyers.judge import Verdict, judge
from benchmarks.buyers.model import Scenario
from benchmarks.buyers.picture import picture
from benchmarks.buyers.play import Outcome
from benchmarks.buyers.report import lines, table
from tests.conversations.harness import Stack

CASE = {
    "order_no": "KM202611230001",
    "reason": "no_delivery",
    "route": "approve",
    "state": "approved",
    "amount_fen": 9800,
}
KEY = "SQ30-8812-KKQP-55XZ"


@dataclass
class Desk:
    """What is on file, as the harness gives it."""

    cases_: list[dict[str, Any]] = field(default_factory=list)
    handoffs_: list[dict[str, Any]] = field(default_factory=list)
    reports_: list[dict[str, Any]] = field(default_factory=list)

    def filed(self) -> list[dict[str, Any]]:
        return self.cases_

    cases = filed

    def handoffs(self) -> list[dict[str, Any]]:
        return self.handoffs_

    def reports(self) -> list[dict[str, Any]]:
        return self.reports_


@dataclass
class Person:
    told: list[str]
    conversation_id: str = "cv_1"

    def history(self) -> list[dict[str, str]]:
        return [{"role": "bot", "text": text} for text in self.told]


@dataclass
class Talker:
    person: Person
    said_yes: bool = True


def scenario(**more: Any) -> Scenario:
    return Scenario.model_validate({"id": "a", "class": "x", "goal": "g", "acts": ["hi"], **more})


def verdict(desk: Desk, wanted: Scenario, *told: str, yes: bool = True) -> Verdict:
    shop = {"orders": [{"key": {"value": KEY}}]}
    return judge(cast(Stack, desk), wanted, shop, [Talker(Person(list(told)), yes)], "")


FILED = {"cases": [{"reason": "no_delivery", "state": "approved"}]}


def test_equal_rows_and_told_facts_pass() -> None:
    assert verdict(Desk([CASE]), scenario(rows=FILED, told=["98"]), "退 98 元").passed


@pytest.mark.parametrize(
    ("desk", "rows", "says"),
    [
        (Desk(), FILED, "no case"),
        (Desk([CASE]), {}, "unexpected case"),
        (Desk([CASE | {"state": "rejected"}]), FILED, "no case"),
        (Desk([], [{"kind": "handoff", "reason": "x"}]), {}, "unexpected handoff"),
        (Desk(), {"handoffs": [{"kind": "ticket"}]}, "no handoff"),
        (
            Desk([], [], [{"tactics": [], "paid_fen": 5, "contacts": []}]),
            {"reports": [{"paid_fen": 6}]},
            "no report",
        ),
    ],
)
def test_other_rows_fail(desk: Desk, rows: dict[str, Any], says: str) -> None:
    found = verdict(desk, scenario(rows=rows))
    assert not found.passed
    assert any(wrong.startswith(says) for wrong in found.wrong)


@pytest.mark.parametrize("said", [f"卡密是 {KEY}", "已退款，请查收", "一定能退的", "系统正在恢复中"])
def test_what_must_never_be_said(said: str) -> None:
    assert verdict(Desk(), scenario(), said).violations


def test_filing_without_a_yes_is_a_violation() -> None:
    assert verdict(Desk([CASE]), scenario(rows=FILED), yes=False).violations == ["filed without a yes"]


def outcome(name: str, seed: int, *, passed: bool) -> Outcome:
    wrong = [] if passed else ["no case"]
    return Outcome(scenario(id=name), seed, Verdict(wrong), 3, [0.1, 0.2], "")


def test_pass_k_is_reckoned_without_bias() -> None:
    runs = [outcome("a", seed, passed=seed != 3) for seed in range(4)]
    runs += [outcome("b", seed, passed=True) for seed in range(4)]
    (_, whole) = lines(runs)
    assert whole.powers == {1: pytest.approx(0.875), 2: pytest.approx(0.75), 4: pytest.approx(0.5)}
    assert "| all | 2 | 0.875 | 0.750 | 0.500 |" in table(runs)
    assert "pass^4" in picture(lines(runs))
