"""A rate limit that hubs share: together, and each by itself while Redis is away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from tests.redises import REDIS
from tests.switch import Switch
from tuika.errors import TooMany
from tuika.nodes.limits import SharedLimit
from tuika.nodes.redis import connect
from tuika.web.limits import RateLimit

ADDRESS = "203.0.113.7"


def shared(url: str, prefix: str, limit: int, moment: list[float]) -> SharedLimit:
    """One hub's end of a limit."""
    return SharedLimit(
        connect(url), f"{prefix}:sessions", limit=limit, alone=RateLimit(limit), now=lambda: moment[0]
    )


def test_two_hubs_count_together(prefix: str) -> None:
    moment = [1000.0]
    here, there = (shared(REDIS, prefix, 4, moment) for _ in range(2))
    for hub in (here, there, here, there):
        hub.check(ADDRESS)
    moment[0] = 1030.0
    with pytest.raises(TooMany) as refused:
        here.check(ADDRESS)
    assert refused.value.retry_after == 30
    there.check("198.51.100.1")
    moment[0] = 1060.5
    there.check(ADDRESS)


def test_many_at_once_get_no_more_than_the_limit(prefix: str) -> None:
    hubs = [shared(REDIS, prefix, 25, [1000.0]) for _ in range(4)]

    def ask(number: int) -> bool:
        try:
            hubs[number % 4].check(ADDRESS)
        except TooMany:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(ask, range(200))) == 25


def test_redis_keeps_no_address(prefix: str) -> None:
    shared(REDIS, prefix, 4, [1000.0]).check(ADDRESS)
    keys = list(connect(REDIS).scan_iter(match=f"{prefix}*"))
    assert len(keys) == 1 and ADDRESS.encode() not in keys[0]


def test_cleared_means_forgotten(prefix: str) -> None:
    limit = shared(REDIS, prefix, 1, [1000.0])
    limit.check(ADDRESS)
    limit.clear()
    limit.check(ADDRESS)


def test_without_redis_each_hub_keeps_the_limit(prefix: str, wire: tuple[Switch, str]) -> None:
    switch, url = wire
    moment = [1000.0]
    limit = shared(url, prefix, 2, moment)
    limit.check(ADDRESS)
    switch.cut()
    with capture_logs() as logs:
        limit.check(ADDRESS)
        limit.check(ADDRESS)
        with pytest.raises(TooMany):
            limit.check(ADDRESS)
        switch.mend()
        moment[0] = 1100.0  # the minute is over, also in Redis
        while not limit._presence.may_try():
            pass
        limit.check(ADDRESS)
    assert [each["event"] for each in logs] == ["redis.away", "redis.back"]
