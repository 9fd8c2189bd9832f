"""200 buyers with open streams, one agent answering: every message delivered once and in order."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from benchmarks.sse import measure
from tests.conversations.harness import Stack

BUYERS = 200
REPLIES = 4
PER_BUYER = (
    5 + REPLIES
)  # greeting, the wish, the bot's yes, the queue's notice, the agent's arrival, the replies


def test_every_message_once_and_in_order(shop: Stack, base: str) -> None:
    with ThreadPoolExecutor(1) as thread:  # Playwright keeps an event loop in this one
        result = thread.submit(asyncio.run, measure(base, buyers=BUYERS, replies=REPLIES)).result()
    print(result.said())
    assert result.problems == ()
    assert result.messages == BUYERS * PER_BUYER
    assert result.streams == BUYERS + BUYERS // 4
    assert len(result.delays_ms) == BUYERS * (REPLIES - 1) + BUYERS * 3 // 4
