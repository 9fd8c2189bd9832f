"""The short crash suite: fifty seeded runs, half on each database, one in twenty-five with a Rasa that dies too.

The long one is ``python -m tests.crash --runs 1000``; see there for shards and going on after a stop.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.house import House, Nursery, house
from tests.crash.run import Run
from tests.databases import require_postgres

RUNS = 25
WITH_RASA = 20  # this seed, on each database


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def home(
    request: pytest.FixtureRequest, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    if request.param == "postgresql":
        require_postgres()
    with house(nursery, tmp_path_factory.mktemp(request.param), request.param, _model()) as made:
        yield made


def _model() -> Path:
    """The model of the present data; ``TUIKA_TEST_MODEL`` names another one, for a quick look."""
    from tuika.supervisor.rasa_training import train_with_rasa
    from tuika.training import ensure_model

    named = os.environ.get("TUIKA_TEST_MODEL")
    if named:
        return Path(named).resolve()
    return ensure_model(os.environ, lambda line: print(line, file=sys.stderr, flush=True), train_with_rasa)


@pytest.mark.parametrize("seed", range(1, RUNS + 1))
def test_nothing_is_lost_doubled_or_overclaimed(home: House, seed: int) -> None:
    result = Run(home, seed, rasa=seed == WITH_RASA).go()
    print(dict(result.counts))
    assert result.found == []
