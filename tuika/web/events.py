"""News of a conversation, from whichever process they come.

Invariants: every message is delivered in order of ``seq`` and none is left out, because what is delivered is
always read from rows; a bell only says that looking is worth it. One poller a process looks for what other processes
wrote, and only while somebody listens: four times a second, and seldom where the others tell what they wrote.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, TypeVar

import structlog

from tuika.conversations.model import Message, Role
from tuika.errors import TooMany

log = structlog.get_logger(__name__)
PAGE = 500
WAKE = "wake"
T = TypeVar("T")
MOST_LISTENERS = 20


class Units(Protocol):
    def __call__(self) -> AbstractContextManager[Any]: ...
    def reading(self) -> AbstractContextManager[Any]: ...


class Bell:
    """Rung from any thread, waited for in one loop. ``seen``: the newest ``seq`` its listener has."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.event = asyncio.Event()
        self.seen = 0

    def ring(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.event.set)


class Others(Protocol):
    """The other processes of the product, where there is a way to them. Neither blocks nor raises."""

    def tell(self, topic: str, body: str) -> None: ...

    def hears(self) -> bool:
        """Whether what they tell arrives here now."""
        ...


class Alone:
    """No way to others: everybody looks at rows."""

    def tell(self, topic: str, body: str) -> None:
        return

    def hears(self) -> bool:
        return False


class Wakes:
    """Who listens to which conversation in this process. Everything but ``listen`` may be called from any thread."""

    def __init__(self, others: Others | None = None) -> None:
        self.others: Others = others or Alone()
        self.topics: dict[str, Callable[[str], None]] = {WAKE: self.ring}
        self._lock = threading.Lock()
        self._bells: defaultdict[str, set[Bell]] = defaultdict(set)

    def wake(self, conversation_id: str) -> None:
        """Something new: rings here and in every other process."""
        self.ring(conversation_id)
        self.others.tell(WAKE, conversation_id)

    def heard(self, topic: str, body: str) -> None:
        """Another process told something; a topic that nobody here knows is a newer version's."""
        known = self.topics.get(topic)
        if known is not None:
            known(body)

    def ring_all(self) -> None:
        """Something may have been missed: everybody looks."""
        for conversation_id in self.waiting():
            self.ring(conversation_id)

    def ring(self, conversation_id: str) -> None:
        with self._lock:
            bells = tuple(self._bells.get(conversation_id, ()))
        for bell in bells:
            bell.ring()

    @contextmanager
    def listen(self, conversation_id: str) -> Iterator[Bell]:
        bell = Bell(asyncio.get_running_loop())
        with self._lock:
            self._bells[conversation_id].add(bell)
        try:
            yield bell
        finally:
            with self._lock:
                self._bells[conversation_id].discard(bell)
                if not self._bells[conversation_id]:
                    del self._bells[conversation_id]

    def check_room(self, conversation_id: str) -> None:
        """Raises TooMany when the conversation is listened to by too many already."""
        with self._lock:
            if len(self._bells.get(conversation_id, ())) >= MOST_LISTENERS:
                raise TooMany("同一个会话打开的窗口太多了，请先关掉一些", retry_after=10)

    def count(self) -> int:
        with self._lock:
            return sum(len(bells) for bells in self._bells.values())

    def waiting(self) -> dict[str, int]:
        """The conversations listened to, each with the lowest ``seq`` that a listener has."""
        with self._lock:
            return {each: min(bell.seen for bell in bells) for each, bells in self._bells.items()}


class Feed:
    """Messages as they come."""

    def __init__(
        self, wakes: Wakes, units: Units, *, poll: float = 0.25, seldom: float = 2.0, beat: float = 15.0
    ) -> None:
        """``poll``: seconds between two looks for what others wrote; ``seldom``: where they tell us themselves."""
        self._wakes = wakes
        self._units = units
        self._poll = poll
        self._seldom = seldom
        self._beat = beat
        self._poller: asyncio.Task[None] | None = None

    async def follow(self, conversation_id: str, after: int) -> AsyncIterator[Message | None]:
        """Every message after ``after``, for ever; None where nothing came for ``beat`` seconds."""
        with self._wakes.listen(conversation_id) as bell:
            bell.seen = after
            self._start_poller()
            while True:
                bell.event.clear()
                messages = await asyncio.to_thread(self._read, conversation_id, bell.seen)
                for message in messages:
                    yield message
                    bell.seen = message.seq
                await asyncio.to_thread(mark_seen, self._units, conversation_id, messages)
                if len(messages) < PAGE and not await _rings(bell, self._beat):
                    yield None

    async def watch(
        self,
        conversation_id: str,
        after: int,
        look: Callable[[Any], T],
        patience: Callable[[T], float],
    ) -> AsyncIterator[tuple[list[Message], T]]:
        """Messages after ``after`` in batches, each with what ``look`` saw in the same snapshot.

        An empty batch comes at every bell without news, and where nothing came for ``patience`` seconds.
        """
        with self._wakes.listen(conversation_id) as bell:
            bell.seen = after
            self._start_poller()
            while True:
                bell.event.clear()
                messages, seen = await asyncio.to_thread(self._look, conversation_id, bell.seen, look)
                yield messages, seen
                if messages:
                    bell.seen = messages[-1].seq
                    await asyncio.to_thread(mark_seen, self._units, conversation_id, messages)
                if len(messages) < PAGE:
                    await _rings(bell, min(self._beat, patience(seen)))

    def _look(self, conversation_id: str, after: int, look: Callable[[Any], T]) -> tuple[list[Message], T]:
        with self._units.reading() as uow:
            return uow.messages.after(conversation_id, after, limit=PAGE), look(uow)

    def _read(self, conversation_id: str, after: int) -> list[Message]:
        with self._units.reading() as uow:
            messages: list[Message] = uow.messages.after(conversation_id, after, limit=PAGE)
            return messages

    def _start_poller(self) -> None:
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._look_for_others())

    async def _look_for_others(self) -> None:
        await self._pause()
        while waiting := self._wakes.waiting():
            try:
                for conversation_id in await asyncio.to_thread(self._grown, waiting):
                    self._wakes.ring(conversation_id)
            except Exception:  # the database may be busy or away; the next look may work
                log.warning("events.poll_failed", exc_info=True)
            await self._pause()

    async def _pause(self) -> None:
        await asyncio.sleep(self._seldom if self._wakes.others.hears() else self._poll)

    def _grown(self, waiting: dict[str, int]) -> list[str]:
        """One question for all of them: a hub may have thousands of listeners."""
        with self._units.reading() as uow:
            newest: dict[str, int] = uow.conversations.last_seqs(list(waiting))
        return [each for each, seen in waiting.items() if newest.get(each, 0) > seen]


def mark_seen(units: Units, conversation_id: str, messages: Sequence[Message]) -> None:
    """A page was given these: what they tell need not be sent elsewhere."""
    notices = [each.seq for each in messages if each.role is Role.SYSTEM]
    if not notices:
        return
    with units.reading() as uow:
        if uow.conversations.seen(conversation_id) >= notices[-1]:
            return
    with units() as uow:
        uow.conversations.mark_seen(conversation_id, notices[-1])


async def _rings(bell: Bell, seconds: float) -> bool:
    try:
        await asyncio.wait_for(bell.event.wait(), seconds)
    except TimeoutError:
        return False
    return True
