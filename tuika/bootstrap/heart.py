"""The hub's beat, in its own loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from tuika.heartbeat import EVERY, Heart

log = structlog.get_logger(__name__)


@asynccontextmanager
async def beating(heart: Heart) -> AsyncIterator[None]:
    """Beats while the block runs; a database that is away is logged and tried again."""
    task = asyncio.create_task(_beat(heart))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await asyncio.to_thread(heart.stop)


async def _beat(heart: Heart) -> None:
    while True:
        try:
            await asyncio.to_thread(heart.beat)
        except Exception as error:
            log.warning("heartbeat.failed", error=type(error).__name__)
        await asyncio.sleep(EVERY)
