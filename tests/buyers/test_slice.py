"""Forty simulated buyers, one surface each: what is on file afterwards is what the rules say.

The whole set with several surfaces is ``python -m benchmarks.buyers``.
"""

from __future__ import annotations

import pytest

from benchmarks.buyers.load import load_all
from benchmarks.buyers.model import Scenario
from benchmarks.buyers.play import play
from tests.conversations.harness import Stack

SLICE = [scenario for scenario in load_all() if scenario.slice]


@pytest.mark.parametrize("scenario", SLICE, ids=lambda scenario: scenario.id)
def test_it_ends_as_it_should(stack: Stack, scenario: Scenario) -> None:
    outcome = play(stack, scenario, seed=0)
    print(outcome.transcript)
    assert outcome.verdict.wrong == []
    assert outcome.verdict.violations == []


def test_the_slice_is_forty_and_a_third_of_it_files_nothing() -> None:
    assert len(SLICE) == 40
    assert sum(scenario.ends_without_case for scenario in SLICE) >= 14
