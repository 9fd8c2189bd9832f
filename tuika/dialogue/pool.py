"""Several Rasas as one engine.

Invariants: a turn that one of them may have heard goes to no other; a sender keeps to one while it is up, because its
tracker lies in memory there; one that is away is left alone for a while and then tried again, and tried at once where
there is no other.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence

import structlog

from tuika.conversations.ports import EngineAnswer, Parse
from tuika.dialogue.rasa import RasaEngine
from tuika.errors import EngineUnavailable

log = structlog.get_logger(__name__)
FIRST_REST_S, LONGEST_REST_S = 0.5, 10.0


class EnginePool:
    def __init__(self, engines: Sequence[RasaEngine], *, now: Callable[[], float] = time.monotonic) -> None:
        self._engines = tuple(engines)
        self._now = now
        self._failures = dict.fromkeys(self._engines, 0)
        self._rests_until = dict.fromkeys(self._engines, 0.0)

    async def converse(self, *, sender: str, text: str, turn_id: str, parse: Parse | None) -> EngineAnswer:
        """One turn. Raises EngineUnavailable when none of them received it, TimeoutError when unknown."""
        for engine in self._in_order(sender):
            try:
                answer = await engine.converse(sender=sender, text=text, turn_id=turn_id, parse=parse)
            except EngineUnavailable as away:
                self._failed(engine, away)
                continue
            except TimeoutError as silence:
                self._failed(engine, silence)
                raise
            self._answered(engine)
            return answer
        raise EngineUnavailable(reason="no Rasa can be reached")

    async def ready(self) -> bool:
        """Whether any of them can answer."""
        for engine in self._in_order(""):
            if await engine.ready():
                return True
        return False

    async def close(self) -> None:
        for engine in self._engines:
            await engine.close()

    def _in_order(self, sender: str) -> list[RasaEngine]:
        """The sender's own first, then the others; those that rest come last."""
        now = self._now()
        return sorted(
            self._engines, key=lambda engine: (self._rests_until[engine] > now, _distance(sender, engine.url))
        )

    def _failed(self, engine: RasaEngine, error: Exception) -> None:
        failures = self._failures[engine] = self._failures[engine] + 1
        rest = min(LONGEST_REST_S, FIRST_REST_S * 2 ** min(failures - 1, 10))
        self._rests_until[engine] = self._now() + rest
        if failures == 1 and len(self._engines) > 1:
            log.warning("engine.away", url=engine.url, error=type(error).__name__)

    def _answered(self, engine: RasaEngine) -> None:
        if self._failures[engine] and len(self._engines) > 1:
            log.info("engine.back", url=engine.url)
        self._failures[engine], self._rests_until[engine] = 0, 0.0


def _distance(sender: str, url: str) -> bytes:
    """Each sender has an order of its own among the addresses; one that goes moves only its own senders."""
    return hashlib.blake2b(f"{sender}\x1f{url}".encode(), digest_size=8).digest()
