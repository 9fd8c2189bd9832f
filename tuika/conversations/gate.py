"""How many turns are with the engine at once, and who waits for room: a crowd gets a place in a queue, not an error.

Invariants: room is given in the order of asking; a turn that waits is stored and not yet sent, so it may wait as long
as it must; what a waiting buyer is told is a number that was true when it was said.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE_S = 3.0  # then a buyer hears that he waits, and the answer comes by the stream of events


class Place:
    """One place of a gate, until it is left; leaving twice is leaving once."""

    def __init__(self, room: asyncio.Semaphore | None) -> None:
        self._room = room

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    @property
    def held(self) -> bool:
        return self._room is not None

    def leave(self) -> None:
        room, self._room = self._room, None
        if room is not None:
            room.release()


class Gate:
    """One a process. ``room``: turns at once; ``patience``: seconds before a waiting buyer is told."""

    def __init__(self, room: int, *, patience: float = PATIENCE_S) -> None:
        self.patience = patience
        self._free = asyncio.Semaphore(room)
        self._waiting: dict[object, None] = {}

    async def place(self) -> Place:
        """A place if one is free and nobody waits; else one that is not held. Never waits."""
        if self._free.locked():
            return Place(None)
        await self._free.acquire()
        return Place(self._free)

    @asynccontextmanager
    async def passing(self, turn_id: str) -> AsyncIterator[None]:
        """While in it, one place is taken."""
        self._waiting[turn_id] = None
        try:
            await self._free.acquire()
        finally:
            del self._waiting[turn_id]
        try:
            yield
        finally:
            self._free.release()

    def ahead(self, turn_id: str) -> int | None:
        """How many wait before this turn; None when it does not wait."""
        for place, each in enumerate(self._waiting):
            if each == turn_id:
                return place
        return None

    @property
    def waiting(self) -> int:
        return len(self._waiting)
