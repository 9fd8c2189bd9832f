"""What a hub does again and again beside its requests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)


async def every(seconds: float, do: Callable[[], Awaitable[object]]) -> None:
    """``do`` again and again; one failure does not end it."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await do()
        except Exception:
            log.warning("web.chore_failed", exc_info=True)
