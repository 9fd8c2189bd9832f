"""The Redis that tests of many nodes run on, where one answers.

Invariants: a test gets a prefix of its own, and its keys are gone at its end; where no Redis answers those tests are
skipped with the address that was tried, but with ``CI=true`` they fail. Another server is named by ``TUIKA_TEST_REDIS``.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from redis.exceptions import RedisError

from tuika.nodes.redis import connect

REDIS = os.environ.get("TUIKA_TEST_REDIS", "redis://127.0.0.1:6379/0")


def require_redis() -> None:
    """Skips the test where no Redis answers; fails it under CI."""
    why = unreachable()
    if why is None:
        return
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"CI=true needs a Redis at {REDIS}: {why}")
    pytest.skip(f"no Redis at {REDIS} ({why}); name one with TUIKA_TEST_REDIS")


@cache
def unreachable() -> str | None:
    """Why Redis cannot be used; None when it can."""
    client = connect(REDIS)
    try:
        client.ping()
    except RedisError as error:
        return str(error)
    finally:
        client.close()
    return None


@contextmanager
def redis_prefix() -> Iterator[str]:
    """A prefix for the keys and channels of one test."""
    prefix = f"tuika-test-{secrets.token_hex(6)}"
    yield prefix
    client = connect(REDIS)
    for key in client.scan_iter(match=f"{prefix}*", count=1000):
        client.delete(key)
    client.close()
