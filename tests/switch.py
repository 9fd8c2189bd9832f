"""A wire to a neighbour that can be cut and mended: a port that forwards to another one.

Invariants: while cut, connections are refused and those that were open are broken; what passes is not changed.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit


class Switch:
    """``port`` leads to ``host:target`` until :meth:`cut`."""

    def __init__(self, host: str, target: int) -> None:
        self._there = (host, target)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server: asyncio.Server | None = None
        self._wires: set[asyncio.Task[None]] = set()
        self.port = 0
        self.mend()

    def cut(self) -> None:
        self._run(self._cut())

    def mend(self) -> None:
        if self._server is None:
            self._run(self._mend())

    def close(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _mend(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for wire in self._wires:
            wire.cancel()
        await asyncio.gather(*self._wires, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._wires.add(task)
        try:
            there_reader, there_writer = await asyncio.open_connection(*self._there)
            try:
                await asyncio.gather(_pass(reader, there_writer), _pass(there_reader, writer))
            finally:
                there_writer.close()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._wires.discard(task)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


@contextmanager
def switched(url: str, default_port: int) -> Iterator[tuple[Switch, str]]:
    """A switch before the server of ``url``, and the address that leads through it."""
    parts = urlsplit(url)
    switch = Switch(parts.hostname or "127.0.0.1", parts.port or default_port)
    user, at, _ = parts.netloc.rpartition("@")
    try:
        yield switch, urlunsplit(parts._replace(netloc=f"{user}{at}127.0.0.1:{switch.port}"))
    finally:
        switch.close()
