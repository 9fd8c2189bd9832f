"""Looking an order up among a million, in each shop that is read by SQL: milliseconds, and the ratio to a bare SELECT.

    .venv/bin/python -m benchmarks.shops [--orders 1000000] [--shop zfaka] [--times 200]

Needs the MariaDB and PostgreSQL that the tests use; what is made is dropped. The bare SELECT is one indexed row by the
table's id, over the same connection pool, sent between the look-ups: what any look-up must cost. A shop whose tables lack an index is measured as it
is, then again with the statements that ``tuika shop doctor`` tells its operator. Exit code 1 where a look-up by an index
takes longer than the goal.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter

from sqlalchemy import event, text

from benchmarks.shopbench.shops import SHOPS, Shop
from tuika.errors import ShopUnavailable
from tuika.shops.sql.orders import SqlOrders

GOAL_MS = 5.0
FEW = 3  # times for what reads a whole table


@dataclass(frozen=True, slots=True)
class Look:
    """``by``: the names that the doctor has for what it looks up by; without all of them indexed it reads a table."""

    name: str
    by: tuple[str, ...]
    work: Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds: the median, the lower quartile and the least, which other work on the machine disturbs less; ``bare`` is
    the median of bare SELECTs that were sent in between, so that both met the same load.
    """

    median: float
    quartile: float
    least: float
    bare: float


def measured(work: Callable[[int], object], bare: Callable[[int], object], places: list[int]) -> Took:
    took, beside = [], []
    for place in places:
        took.append(_timed(work, place))
        beside.append(_timed(bare, place))
    quartile = statistics.quantiles(took, n=4)[0]
    return Took(statistics.median(took), quartile, min(took), statistics.median(beside))


def _timed(work: Callable[[int], object], place: int) -> float:
    begun = perf_counter()
    found = work(place)
    took = (perf_counter() - begun) * 1000
    if not found:
        raise SystemExit(f"nothing found in place {place}: the numbers would mean nothing")
    return took


def measure(shop: Shop, *, orders: int, times: int, folder: Path) -> bool:
    """Prints a line for each look-up; whether those by an index met the goal."""
    with shop.opened(folder) as database:
        for statement in shop.fill:
            database.run(statement.format(n=orders))
        places = [1 + place * (orders - 1) // max(1, times - 1) for place in range(times)]
        met, mends = _tell(shop, shop.reading(database), f"{shop.name}: {orders:,} orders", places)
        if mends:
            for mend in mends:
                print(f"    {mend}", flush=True)
                database.run(mend.rstrip(";"))
            again, _none = _tell(shop, shop.reading(database), f"{shop.name}, indexed so", places)
            met &= again
    return met


def _tell(shop: Shop, reading: SqlOrders, title: str, places: list[int]) -> tuple[bool, list[str]]:
    """Whether the goal was met, and the statements that the doctor would tell."""
    lookups = reading.report().lookups
    missing = {each.name for each in lookups if each.mend}
    print(f"{title} (load of the machine {os.getloadavg()[0]:.1f})", flush=True)
    met = True
    for look in _looks(shop, reading):
        indexed = not missing.intersection(look.by)
        try:
            took = measured(
                look.work, partial(_bare, reading, shop.table), places if indexed else places[-FEW:]
            )
        except ShopUnavailable as error:
            print(f"  {look.name:22} not within the time-out: {error.detail}", flush=True)
            continue
        met &= took.median < GOAL_MS or not indexed
        print(
            f"  {look.name:20} {took.median:8.2f} ms  {took.median / took.bare:6.1f} x  quartile {took.quartile:.2f}"
            f"  least {took.least:.2f}  bare {took.bare:.2f}"
            f"  {_statements(look, reading, places[-1])} statements{'' if indexed else '  (no index)'}",
            flush=True,
        )
    reading.close()
    return met, [each.mend for each in lookups if each.mend]


def _looks(shop: Shop, reading: SqlOrders) -> list[Look]:
    by_number = tuple(name for name in _names(reading) if name.startswith("订单号"))
    by_payment = tuple(name for name in _names(reading) if name in ("支付流水号", "商户单号"))
    looks = [
        Look("order number", by_number, lambda place: reading.find(shop.number.format(place))),
        Look(
            "contact (proof)",
            by_number,
            lambda place: reading.proves(shop.number.format(place), f"b{place}@example.com"),
        ),
    ]
    if shop.serial:
        look = Look(
            "payment number",
            (*by_number, *by_payment),
            lambda place: reading.find(shop.serial.format(place)),
        )
        looks.append(look)
    if shop.buyers:
        look = Look(
            "buyer's newest five",
            ("会员编号",),
            lambda place: reading.of_buyer(str(place % 100_000 or 1)),
        )
        looks.append(look)
    return looks


def _names(reading: SqlOrders) -> list[str]:
    return [each.name for each in reading.schema.quoted]


def _statements(look: Look, reading: SqlOrders, place: int) -> int:
    said = list[str]()

    def heard(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    engine = reading._database.engine
    event.listen(engine, "before_cursor_execute", heard)
    look.work(place)
    event.remove(engine, "before_cursor_execute", heard)
    return len(said)


def _bare(reading: SqlOrders, table: str, place: int) -> object:
    with reading._database.read() as connection:
        return connection.execute(text(f"SELECT id FROM {table} WHERE id = :id"), {"id": place}).first()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--shop", choices=[shop.name for shop in SHOPS])
    given = parser.parse_args()
    met = True
    with tempfile.TemporaryDirectory() as folder:
        for shop in SHOPS:
            if given.shop in (None, shop.name):
                met &= measure(shop, orders=given.orders, times=given.times, folder=Path(folder))
    print(f"goal of {GOAL_MS:.0f} ms by an index: {'met' if met else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
