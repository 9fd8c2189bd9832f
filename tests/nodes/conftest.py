"""Parts of a product of many nodes: a Redis prefix, a wire to Redis that can be cut."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.redises import REDIS, redis_prefix, require_redis
from tests.switch import Switch, switched

PATIENCE_S = 20.0


@pytest.fixture
def prefix() -> Iterator[str]:
    require_redis()
    with redis_prefix() as made:
        yield made


@pytest.fixture
def wire() -> Iterator[tuple[Switch, str]]:
    """A switch and the Redis address behind it."""
    require_redis()
    with switched(REDIS, 6379) as made:
        yield made


def until(condition: Callable[[], object]) -> None:
    """Returns as soon as ``condition`` holds; fails after a long while."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.01)
