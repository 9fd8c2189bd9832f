"""What who serves a buyer must not ask: on a set of agents' messages, bad and honest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tuika.safety.demanded import DEMANDS, Demand
from tuika.safety.demands import demands
from tuika.safety.folding import sentences
from tuika.safety.nearness import together
from tuika.safety.official import OfficialContacts
from tuika.safety.outgoing import Outgoing
from tuika.safety.scams import undisguised
from tuika.settings import OfficialContacts as Registry

SETS = Path(__file__).parents[2] / "safety"
LEAST_STOPPED = 0.92
OUTGOING = Outgoing(
    OfficialContacts({"generic": Registry(phones=("400-820-0001",), domains=("generic.example.com",))})
)


def lines(name: str) -> list[str]:
    read = (SETS / name).read_text("utf-8").splitlines()
    return [line for line in read if line and not line.startswith("#")]


def test_what_dishonest_agents_write_is_stopped() -> None:
    bad = lines("agents_demand.txt")
    through = [text for text in bad if not OUTGOING.findings(text, platform="generic")]
    print(f"stopped {len(bad) - len(through)}/{len(bad)}")
    assert 1 - len(through) / len(bad) >= LEAST_STOPPED, through


def test_what_honest_agents_write_passes() -> None:
    good = lines("agents_serve.txt")
    assert len(good) >= 100
    assert [text for text in good if OUTGOING.findings(text, platform="generic")] == []


@pytest.mark.parametrize("demand", DEMANDS, ids=lambda d: d.why + d.parts[0][:12])
def test_no_combination_is_dead(demand: Demand) -> None:
    patterns = [re.compile(part) for part in demand.parts]
    told = [undisguised(each) for text in lines("agents_demand.txt") for each in sentences(text)]
    assert any(
        together([[m.span() for m in each.finditer(text)] for each in patterns], reach=26) for text in told
    )


@pytest.mark.parametrize(
    "text",
    ["不要报警，我给您处理", "这事别跟家里人说", "退款前您先别告诉平台"],
)
def test_a_no_that_hides_something_is_a_demand(text: str) -> None:
    assert demands(text)


@pytest.mark.parametrize(
    "text", ["骗子常说不要报警，别信", "如果有人让您别告诉家人，那是骗子", "类别和级别在订单页里看"]
)
def test_a_warning_of_it_is_none(text: str) -> None:
    assert demands(text) == ()
