"""Room at the engine is given in order, and whoever waits knows his place."""

from __future__ import annotations

import asyncio

import pytest

from tuika.conversations.gate import Gate


async def _pass(gate: Gate, name: str, done: list[str], leave: asyncio.Event) -> None:
    async with gate.passing(name):
        done.append(name)
        await leave.wait()


async def _crowd() -> tuple[list[str], list[int | None], list[str]]:
    gate, done, leave = Gate(2), list[str](), asyncio.Event()
    tasks = [asyncio.create_task(_pass(gate, f"t{n}", done, leave)) for n in range(5)]
    await asyncio.sleep(0)
    first = list(done)
    places = [gate.ahead(f"t{n}") for n in range(5)]
    leave.set()
    await asyncio.gather(*tasks)
    assert gate.waiting == 0
    return first, places, done


def test_room_is_given_in_order_and_places_are_told() -> None:
    first, places, done = asyncio.run(_crowd())
    assert first == ["t0", "t1"]
    assert places == [None, None, 0, 1, 2]
    assert done == [f"t{n}" for n in range(5)]


def test_who_gives_up_waiting_leaves_his_place() -> None:
    async def scene() -> None:
        gate, done, leave = Gate(1), list[str](), asyncio.Event()
        inside = asyncio.create_task(_pass(gate, "in", done, leave))
        waits = asyncio.create_task(_pass(gate, "gone", done, leave))
        last = asyncio.create_task(_pass(gate, "last", done, leave))
        await asyncio.sleep(0)
        waits.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waits
        assert gate.ahead("last") == 0
        leave.set()
        await asyncio.gather(inside, last)
        assert done == ["in", "last"]

    asyncio.run(scene())


def test_a_turn_that_fails_gives_its_room_back() -> None:
    async def scene() -> None:
        gate = Gate(1)
        with pytest.raises(RuntimeError):
            async with gate.passing("t1"):
                raise RuntimeError
        async with gate.passing("t2"):
            assert gate.waiting == 0

    asyncio.run(scene())


def test_a_place_is_had_at_once_only_where_nobody_waits() -> None:
    async def scene() -> None:
        gate, done, leave = Gate(1), list[str](), asyncio.Event()
        place = await gate.place()
        assert place.held
        waits = asyncio.create_task(_pass(gate, "waits", done, leave))
        await asyncio.sleep(0)
        assert not (await gate.place()).held
        place.leave()
        place.leave()  # leaving twice gives one place back
        assert not (await gate.place()).held  # it is for the one who waited
        leave.set()
        await waits
        with await gate.place() as again:
            assert again.held
            assert not (await gate.place()).held
        assert (await gate.place()).held

    asyncio.run(scene())
