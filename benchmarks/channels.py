"""10,000 messages of 500 buyers over all channels, 5 % repeated and 5 % overtaken: each answered once, in order.

    .venv/bin/python benchmarks/channels.py            # some minutes
    .venv/bin/python benchmarks/channels.py --quick    # 1,000 messages of 50 buyers
    .venv/bin/python benchmarks/channels.py --rate 20  # so many a second, not as fast as the hub takes them

Exit code 1 when any answer is missing, doubled or out of order.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from pathlib import Path

import structlog

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.channelload.run import run  # noqa: E402  (its folder has just been put on the path)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--buyers", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rate", type=float, help="messages a second; default: as fast as they are taken")
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    messages, buyers = (1_000, 50) if chosen.quick else (chosen.messages, chosen.buyers)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="tuika-channels-") as folder:
        work = run(Path(folder), messages=messages, buyers=buyers, seed=chosen.seed, rate=chosen.rate)
        outcome = asyncio.run(work)
    print("\n".join(outcome.lines()))
    return 0 if outcome.ok else 1


if __name__ == "__main__":
    sys.exit(main())
