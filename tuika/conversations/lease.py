"""How long a turn with the engine belongs to the hub that sent it.

Invariants: a lease follows the real clock and is renewed while its hub lives, however slow the engine is; a turn whose
lease is over belongs to nobody, and whoever finds it answers it from rows.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from tuika.clock import real_time
from tuika.conversations.ports import Units
from tuika.conversations.turns import Turn

LENGTH = timedelta(seconds=6)


class Leases:
    def __init__(
        self, units: Units, *, wall: Callable[[], datetime] = real_time, length: timedelta = LENGTH
    ) -> None:
        self._units = units
        self._wall = wall
        self.length = length

    def until(self) -> datetime:
        """The end of a lease that is taken now."""
        return self._wall() + self.length

    def is_over(self, turn: Turn) -> bool:
        """Whether a turn with the engine was left by its hub. A turn without a lease never had a living one."""
        return turn.lease_until is None or turn.lease_until < self._wall()

    @asynccontextmanager
    async def held(self, turn: Turn) -> AsyncIterator[None]:
        """Renews a turn's lease while the block runs."""
        renewing = asyncio.create_task(self._renew(turn.id))
        try:
            yield
        finally:
            renewing.cancel()

    async def _renew(self, turn_id: str) -> None:
        held = True
        while held:
            await asyncio.sleep(self.length.total_seconds() / 3)
            with contextlib.suppress(Exception):  # the database may be away; the next one may be in time
                held = await asyncio.to_thread(self._write, turn_id)

    def _write(self, turn_id: str) -> bool:
        with self._units() as uow:
            held: bool = uow.turns.renew(turn_id, self.until())
            return held
