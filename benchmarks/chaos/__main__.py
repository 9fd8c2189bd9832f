"""``python -m benchmarks.chaos``: see the package's words. Exit code 1 when a row is wrong."""

from __future__ import annotations

import locust  # first of all: it makes the standard library's waiting gevent's  # isort: skip

import argparse
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import gevent
from locust.env import Environment

from benchmarks.chaos.book import Book, percentile
from benchmarks.chaos.judge import findings
from benchmarks.chaos.product import Product
from benchmarks.chaos.servers import Postgres, Redis, ServerMissing
from benchmarks.chaos.storm import Storm
from benchmarks.chaos.talkers import Talker
from benchmarks.chaos.world import Person, fixture, people, rounds

assert locust.__version__


def main(arguments: list[str]) -> int:
    asked = _read(arguments)
    with tempfile.TemporaryDirectory(prefix="tuika-chaos-") as name:
        folder = Path(name) if not asked.keep else Path(asked.keep)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            postgres, redis = Postgres(folder), Redis(folder)
        except ServerMissing as missing:
            print(missing, file=sys.stderr)
            return 2
        postgres.start()
        redis.start()
        product = Product(folder, nodes=asked.nodes, database_url=postgres.url, redis_url=redis.url)
        try:
            product.start()
            return _run(asked, product, postgres, redis)
        finally:
            product.stop()
            redis.stop()
            postgres.stop()


def _run(asked: argparse.Namespace, product: Product, postgres: Postgres, redis: Redis) -> int:
    everybody = people(asked.conversations, asked.seed)
    product.post("/api/v1/demo/orders", fixture(everybody))
    book = Book()
    Talker.left, Talker.book = rounds(everybody), book
    Talker.tokens = {
        each.id: product.get(f"/api/v1/demo/token?buyer={each.id}")["token"] for each in everybody
    }
    Talker.pause_s = asked.pause
    storm = Storm(
        product.parts, postgres, redis, asked.every, random.Random(asked.seed), _say, sleep=gevent.sleep
    )
    began = time.monotonic()
    _let_talk(asked, product, storm, book, len(everybody))
    talked = time.monotonic() - began
    quiet = product.wait_until_quiet(180)
    os.environ.update({k: v for k, v in product.environment().items() if k.startswith("TUIKA_")})
    return _report(asked, book, everybody, storm, talked, quiet)


def _let_talk(asked: argparse.Namespace, product: Product, storm: Storm, book: Book, count: int) -> None:
    environment = Environment(user_classes=[Talker], host=product.url)
    runner = environment.create_local_runner()
    runner.start(asked.at_once, spawn_rate=asked.at_once / 10)
    weather = gevent.spawn(storm.run, asked.minutes * 60) if asked.every else None
    end = time.monotonic() + asked.minutes * 60
    shown = 0.0
    while time.monotonic() < end and book.finished < count:
        gevent.sleep(1)
        if time.monotonic() - shown > 15:
            shown = time.monotonic()
            answered = sum(each.answered is not None for each in book.sent)
            _say(
                f"{book.finished} of {count} conversations over, {len(book.sent)} messages, {answered} answered"
            )
    if weather is not None:
        weather.join()
    until = time.monotonic() + 150
    while book.finished < count and time.monotonic() < until and runner.user_count:
        gevent.sleep(1)
    runner.quit()


def _report(
    asked: argparse.Namespace, book: Book, everybody: list[Person], storm: Storm, talked: float, quiet: float
) -> int:
    from tuika.bootstrap import build
    from tuika.settings import load_settings

    services = build(load_settings(os.environ))
    wrong = findings(services, book, everybody)
    waits = [each.answered - each.at for each in book.sent if each.answered is not None]
    result: dict[str, Any] = {
        "conversations": f"{book.finished} of {len(everybody)} talked to the end in {talked:.0f} s",
        "messages": len(book.sent),
        "accepted": sum(each.accepted is not None for each in book.sent),
        "answered": len(waits),
        "posted more than once": sum(each.tries > 1 for each in book.sent),
        "told to wait in a queue": sum(each.queued for each in book.sent),
        "what buyers waited, s": {
            f"p{int(s * 100)}": round(percentile(waits, s), 2) for s in (0.5, 0.95, 0.99)
        },
        "longest wait, s": round(max(waits, default=0.0), 1),
        "what went wrong on purpose": storm.done,
        "answers that were no 2xx": book.refused,
        "quiet after, s": round(quiet, 1),
        "rows that are wrong": len(wrong),
    }
    print(json.dumps(result, ensure_ascii=False, indent=1))
    for each in wrong[:40]:
        print(f"WRONG {each}")
    return 1 if wrong or book.finished < len(everybody) else 0


def _say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


def _read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--conversations", type=int, default=1000)
    parser.add_argument(
        "--at-once", type=int, default=60, help="buyers that talk at the same time (default 60)"
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--every", type=float, default=30, help="seconds between two deaths; 0: none dies")
    parser.add_argument("--nodes", type=int, default=2)
    parser.add_argument(
        "--pause",
        type=float,
        default=8.0,
        help="seconds a buyer thinks between two messages (default 8: 1,000 conversations fill the ten minutes)",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", default="", help="a folder for logs and data that is kept")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
