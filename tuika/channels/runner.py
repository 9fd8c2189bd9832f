"""What keeps channels going: looks for arrivals and deliveries that are due, and for conversations that grew.

Invariants: any number of hubs may run it at once; one peer's trouble delays nobody else, and what is said waits for
nobody's turn: the two have room of their own; a failing round is logged and the next one comes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from tuika.channels.gateway import Gateway
from tuika.channels.planning import plan
from tuika.channels.ports import Units
from tuika.channels.sending import Sender
from tuika.clock import Clock

log = structlog.get_logger(__name__)
KEPT = timedelta(days=7)
PURGE_EVERY = 3600.0
AT_ONCE = 16
PAUSE = 0.02

Chore = Callable[[], Awaitable[object]]


class Runner:
    def __init__(
        self,
        *,
        wall: Clock,
        units: Units,
        gateway: Gateway,
        sender: Sender,
        chores: Sequence[Chore] = (),
        poll: float = 0.25,
    ) -> None:
        self._wall = wall
        self._units = units
        self._gateway = gateway
        self._sender = sender
        self._chores = chores
        self._poll = poll
        self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._taking, self._sending = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._bell = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Runs while the block does."""
        self._loop = asyncio.get_running_loop()
        self._gateway.wake = self.wake
        tasks = [asyncio.create_task(self._forever())]
        tasks += [asyncio.create_task(_again_and_again(chore)) for chore in self._chores]
        try:
            yield
        finally:
            for task in (*tasks, *self._busy.values()):
                task.cancel()
            await asyncio.gather(*tasks, *self._busy.values(), return_exceptions=True)

    def wake(self) -> None:
        """Something is due now. May be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._bell.set)

    async def round(self) -> int:
        """Start whatever is due; how much there was."""
        peers, links = await asyncio.to_thread(self._look)
        for channel, peer in peers:
            if channel in self._gateway.channels:
                self._start(f"peer:{channel}:{peer}", self._gateway.work(channel, peer), self._taking)
        for link_id in links:
            self._start(f"link:{link_id}", self._sender.send(link_id), self._sending)
        return len(peers) + len(links)

    async def drain(self) -> None:
        """Until everything that was started has ended; for tests and measurements."""
        while self._busy:
            await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def _look(self) -> tuple[list[tuple[str, str]], list[str]]:
        now = self._wall.now()
        if now - self._looked_at >= timedelta(seconds=self._poll):
            self._looked_at = now
            self._look_for_grown(now)
        with self._units.reading() as uow:
            return uow.arrivals.due_peers(now), uow.deliveries.due_links(now)

    def _look_for_grown(self, now: datetime) -> None:
        """What the worker, another hub or the desk said; it costs more than the other looks."""
        with self._units.reading() as uow:
            grown = uow.links.behind(now, limit=1)
        if grown:
            self._plan()

    def _plan(self) -> None:
        now = self._wall.now()
        with self._units() as uow:
            for link in uow.links.behind(now):  # read again: the first look took no lock
                channel = self._gateway.channels.get(link.channel)
                if channel is not None:
                    plan(uow, link, channel, due_at=now)

    def _start(self, name: str, work: Any, room: asyncio.Semaphore) -> None:
        if name in self._busy:
            work.close()
            return
        task = asyncio.create_task(self._guarded(work, room))
        self._busy[name] = task
        task.add_done_callback(lambda _task: self._busy.pop(name, None))

    async def _guarded(self, work: Awaitable[object], room: asyncio.Semaphore) -> None:
        async with room:
            try:
                await work
            except Exception:
                log.exception("channel.work_failed")

    async def _forever(self) -> None:
        purge_at = 0.0
        while True:
            self._bell.clear()
            try:
                if asyncio.get_running_loop().time() >= purge_at:
                    purge_at = asyncio.get_running_loop().time() + PURGE_EVERY
                    await asyncio.to_thread(self._purge)
                await self.round()
            except Exception:
                log.exception("channel.round_failed")
            await asyncio.sleep(PAUSE)  # whatever rings meanwhile is looked at together
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), self._poll)

    def _purge(self) -> None:
        before = self._wall.now() - KEPT
        with self._units() as uow:
            uow.arrivals.purge(before)
            uow.deliveries.purge(before)
            uow.codes.purge(before)


async def _again_and_again(chore: Chore) -> None:
    """A chore paces itself; when it fails it is begun again after a while."""
    wait = 1.0
    while True:
        try:
            await chore()
            wait = 1.0
        except Exception:
            log.warning("channel.chore_failed", exc_info=True)
            wait = min(wait * 2, 60.0)
        await asyncio.sleep(wait)
