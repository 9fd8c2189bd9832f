"""What one process tells, all others hear: over Redis, with Redis away, and when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import capture_logs

from tests.nodes.conftest import until
from tests.redises import REDIS
from tests.switch import Switch
from tuika.conversations.model import Role
from tuika.nodes.bus import LONGEST, Bus
from tuika.nodes.redis import connect
from tuika.web.app import _typing
from tuika.web.events import Wakes


class Ear:
    """One process' end of the bus."""

    def __init__(self, url: str, prefix: str) -> None:
        self.bus = Bus(url, prefix)
        self.heard: list[tuple[str, str]] = []
        self.gaps = 0
        self.bus.listen(lambda topic, body: self.heard.append((topic, body)), self._gap)

    def _gap(self) -> None:
        self.gaps += 1


@contextmanager
def ears(url: str, prefix: str, count: int = 2) -> Iterator[list[Ear]]:
    made = [Ear(url, prefix) for _ in range(count)]
    try:
        until(lambda: all(each.bus.hears() for each in made))
        yield made
    finally:
        for each in made:
            each.bus.close()


def test_all_others_hear_in_order_and_nobody_hears_himself(prefix: str) -> None:
    with ears(REDIS, prefix, 3) as (a, b, c):
        for number in range(50):
            a.bus.tell("wake", f"cv_{number}")
        c.bus.tell("wake", "cv_last")
        wanted = [("wake", f"cv_{number}") for number in range(50)]
        until(lambda: len(b.heard) == 51 and len(c.heard) == 50 and a.heard)
        assert [each for each in b.heard if each[1] != "cv_last"] == wanted
        assert c.heard == wanted
        assert a.heard == [("wake", "cv_last")]


def test_products_on_one_redis_do_not_hear_each_other(prefix: str) -> None:
    with ears(REDIS, prefix) as (a, b), ears(REDIS, f"{prefix}-other", 1) as (stranger,):
        stranger.bus.tell("wake", "cv_theirs")
        a.bus.tell("wake", "cv_ours")
        until(lambda: b.heard)
        assert b.heard == [("wake", "cv_ours")] and stranger.heard == []


@pytest.mark.parametrize(
    "forged",
    [b"", b"x", b"\xff\xfe\x00", b"who wake " + b"a" * (LONGEST + 1), b"a" * 100_000, b"who  body", b"\n"],
)
def test_what_nobody_of_us_would_send_is_left_alone(prefix: str, forged: bytes) -> None:
    with ears(REDIS, prefix) as (a, b):
        connect(REDIS).publish(f"{prefix}:bus", forged)
        a.bus.tell("wake", "cv_1")
        until(lambda: b.heard)
        assert b.heard == [("wake", "cv_1")]


def test_redis_goes_and_comes_back(prefix: str, wire: tuple[Switch, str]) -> None:
    switch, url = wire
    with capture_logs() as logs, ears(url, prefix) as (a, b):
        gaps = b.gaps
        switch.cut()
        until(lambda: not a.bus.hears() and not b.bus.hears())
        for number in range(20):
            a.bus.tell("wake", f"cv_lost_{number}")
        switch.mend()
        until(lambda: a.bus.hears() and b.bus.hears())
        until(lambda: b.gaps > gaps)  # it is told that it may have missed something
        until(lambda: _told(a, b))
    events = [each["event"] for each in logs if each["event"].startswith("redis.")]
    assert events.count("redis.away") <= 4, "each end of each process says it once"
    assert events.count("redis.back") == events.count("redis.away")


def _told(a: Ear, b: Ear) -> bool:
    a.bus.tell("wake", "cv_again")
    return ("wake", "cv_again") in b.heard


def test_telling_never_waits_for_a_redis_that_is_not_there() -> None:
    bus = Bus("redis://127.0.0.1:1/0", "nowhere")
    for number in range(30_000):
        bus.tell("wake", f"cv_{number}")
    assert not bus.hears()
    bus.close()


def test_a_wake_rings_in_the_other_process(prefix: str) -> None:
    async def scene() -> None:
        buses = [Bus(REDIS, prefix) for _ in range(2)]
        here, there = (Wakes(bus) for bus in buses)
        for bus, wakes in zip(buses, (here, there), strict=True):
            bus.listen(wakes.heard, wakes.ring_all)
        await asyncio.to_thread(until, lambda: all(bus.hears() for bus in buses))
        with there.listen("cv_1") as bell, there.listen("cv_2") as other:
            here.wake("cv_1")
            async with asyncio.timeout(20):
                await bell.event.wait()
            assert not other.event.is_set()
        for bus in buses:
            await asyncio.to_thread(bus.close)

    asyncio.run(scene())


def test_who_types_is_seen_in_the_other_process(prefix: str) -> None:
    buses = [Bus(REDIS, prefix) for _ in range(2)]
    wakes = [Wakes(bus) for bus in buses]
    signs = [_typing(each) for each in wakes]
    for bus, each in zip(buses, wakes, strict=True):
        bus.listen(each.heard, each.ring_all)
    until(lambda: all(bus.hears() for bus in buses))
    signs[0].show("cv_1", Role.AGENT, True)
    until(lambda: signs[1].is_on("cv_1", Role.AGENT))
    assert not signs[1].is_on("cv_1", Role.BUYER)
    for bad in ("agent 1", "agent x cv_2", "bot 1 cv_2", "", "agent 1 "):
        buses[0].tell("typing", bad)
    signs[0].show("cv_1", Role.AGENT, False)
    until(lambda: not signs[1].is_on("cv_1", Role.AGENT))
    assert not signs[1].is_on("cv_2", Role.AGENT)
    for bus in buses:
        bus.close()
