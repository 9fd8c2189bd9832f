"""The load test of ``benchmarks/channels.py``, short: repeats and reordering over all channels at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.channelload.run import run

pytestmark = pytest.mark.anyio


async def test_each_message_is_answered_once_and_in_order(tmp_path: Path) -> None:
    outcome = await run(tmp_path, messages=240, buyers=24, at_once=8)
    assert outcome.ok, "\n".join(outcome.lines())
    assert outcome.repeated > 5 and outcome.reordered > 5
