"""What one parse costs in the engine as it serves: `parsing.py MODEL.tar.gz MESSAGES.tsv`, one core, lean start.

Prints JSON: p50 and p95 in milliseconds, messages, and this process's resident memory in MB.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import List

from tuika_nlu.serve import go_lean

WARM = 50


def resident_mb() -> float:
    for line in Path("/proc/self/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


async def timed(agent: object, messages: List[str]) -> List[float]:
    for message in messages[:WARM]:
        await agent.parse_message(message)  # type: ignore[attr-defined]
    taken = []
    for message in messages:
        started = time.perf_counter()
        await agent.parse_message(message)  # type: ignore[attr-defined]
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)


def main() -> None:
    model, messages = (
        sys.argv[1],
        [line.split("\t")[0] for line in Path(sys.argv[2]).read_text("utf-8").splitlines() if line],
    )
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    go_lean()
    from rasa.core.agent import load_agent

    agent = asyncio.run(load_agent(model_path=model))
    taken = asyncio.run(timed(agent, messages))
    at = lambda share: taken[min(len(taken) - 1, int(share * len(taken)))]  # noqa: E731
    print(
        json.dumps(
            {
                "messages": len(taken),
                "p50_ms": round(at(0.5), 2),
                "p95_ms": round(at(0.95), 2),
                "resident_mb": round(resident_mb()),
            }
        )
    )


if __name__ == "__main__":
    main()
