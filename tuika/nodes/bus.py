"""Short messages to every other process of the product, by Redis' publish and subscribe.

Invariants: telling never blocks and never fails its caller, who may be any thread or a running loop; what cannot be sent
now is dropped, because whoever should have heard looks at rows anyway; one's own messages do not come back. After a gap
the listener is told that it may have missed something.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from redis.exceptions import RedisError

from tuika.nodes.redis import ANSWER_S, REST_S, Presence, connect

log = structlog.get_logger(__name__)
MOST_WAITING = 10_000
MOST_AT_ONCE = 500
LONGEST = 200  # characters of a message's body
LOOK_S = 0.5  # how soon a listener notices that it shall end

Heard = Callable[[str, str], None]


class Bus:
    """``tell`` speaks; :meth:`listen` hears until :meth:`close`. Threads start with first use and end with the process."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url = url
        self._channel = f"{prefix}:bus"
        self._me = uuid4().hex[:12]
        self._out: queue.Queue[str] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._speaker: threading.Thread | None = None
        self._ear: threading.Thread | None = None
        self._end = threading.Event()
        self._speaking, self._hearing = Presence("wake-ups out"), Presence("wake-ups in")
        self._listens = False

    def tell(self, topic: str, body: str) -> None:
        """To all others. ``topic`` has no space in it, ``body`` may."""
        try:
            self._out.put_nowait(f"{self._me} {topic} {body}")
        except queue.Full:
            return
        if self._speaker is None:
            self._start_speaker()

    def hears(self) -> bool:
        """Whether what others tell arrives here now."""
        return self._listens and self._hearing.is_there

    def listen(self, heard: Heard, missed: Callable[[], None]) -> None:
        """``heard(topic, body)`` for whatever others tell, ``missed()`` after a gap; both in a thread of the bus."""
        with self._lock:
            if self._ear is None:
                self._ear = threading.Thread(
                    target=self._hear, args=(heard, missed), name="bus-in", daemon=True
                )
                self._ear.start()

    def close(self) -> None:
        """Ends both threads soon."""
        self._end.set()
        for thread in (self._speaker, self._ear):
            if thread is not None:
                thread.join(2 * (LOOK_S + ANSWER_S))

    def _start_speaker(self) -> None:
        with self._lock:
            if self._speaker is None:
                self._speaker = threading.Thread(target=self._speak, name="bus-out", daemon=True)
                self._speaker.start()

    def _speak(self) -> None:
        client = connect(self._url)
        while not self._end.is_set():
            told = self._next()
            if not told:
                continue
            try:
                pipeline = client.pipeline(transaction=False)
                for each in told:
                    pipeline.publish(self._channel, each)
                pipeline.execute()
                self._speaking.back()
            except RedisError as error:
                self._speaking.lost(error)
                self._end.wait(REST_S)
        client.close()

    def _next(self) -> list[str]:
        """What waits to be told, each once, in order; nothing after a moment's silence."""
        try:
            told = [self._out.get(timeout=LOOK_S)]
        except queue.Empty:
            return []
        while len(told) < MOST_AT_ONCE and not self._out.empty():
            told.append(self._out.get_nowait())
        return list(dict.fromkeys(told))

    def _hear(self, heard: Heard, missed: Callable[[], None]) -> None:
        while not self._end.is_set():
            client = connect(self._url)
            try:
                self._hear_one_connection(client, heard, missed)
            except RedisError as error:
                self._hearing.lost(error)
                self._listens = False
                self._end.wait(REST_S)
            finally:
                client.close()

    def _hear_one_connection(self, client: Any, heard: Heard, missed: Callable[[], None]) -> None:
        ear = client.pubsub(ignore_subscribe_messages=True)
        ear.subscribe(self._channel)
        while not self._end.is_set():
            message = ear.get_message(timeout=LOOK_S)
            if not self._listens:  # the subscription stands: what was told before it is lost
                self._listens = True
                self._hearing.back()
                missed()
            if message is not None:
                self._take(message["data"], heard)

    def _take(self, data: bytes, heard: Heard) -> None:
        """One message; what nobody of us would send is left alone."""
        who, _, rest = data[: LONGEST + 80].decode("utf-8", "replace").partition(" ")
        topic, _, body = rest.partition(" ")
        if who == self._me or not topic or len(body) > LONGEST:
            return
        try:
            heard(topic, body)
        except Exception:  # one bad message must not end the listening
            log.exception("bus.message_failed", topic=topic)
