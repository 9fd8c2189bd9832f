"""What the doctor says of a column without an index: a statement that the operator may run, and that then serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.shops import acg_faka, card_system, dujiao_next, dujiaoka, kamifaka, zfaka
from tests.shops.base import ShopDatabase
from tuika.commands.shop import told
from tuika.shops.sql.orders import SqlOrders

type Opened = Callable[[Path], AbstractContextManager[ShopDatabase]]
type Reading = Callable[[ShopDatabase], SqlOrders]

SHOPS: dict[str, tuple[Opened, Reading, int]] = {
    "dujiaoka-classic": (lambda _: dujiaoka.classic(), dujiaoka.orders_of, 1),
    "dujiaoka-community": (lambda _: dujiaoka.community(), dujiaoka.orders_of, 1),
    "acg-faka": (lambda _: acg_faka.acg_faka(), acg_faka.orders_of, 0),
    "zfaka": (lambda _: zfaka.zfaka(), zfaka.orders_of, 3),
    "card-system": (lambda _: card_system.card_system(), card_system.orders_of, 1),
    "kamifaka-sqlite": (partial(kamifaka.kamifaka, "sqlite"), kamifaka.orders_of, 2),
    "kamifaka-mysql": (partial(kamifaka.kamifaka, "mysql"), kamifaka.orders_of, 2),
    "kamifaka-postgresql": (partial(kamifaka.kamifaka, "postgresql"), kamifaka.orders_of, 2),
    "dujiao-next-sqlite": (partial(dujiao_next.dujiao_next, "sqlite"), dujiao_next.tables_of, 0),
    "dujiao-next-postgresql": (partial(dujiao_next.dujiao_next, "postgresql"), dujiao_next.tables_of, 0),
}


@pytest.fixture(params=SHOPS)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[ShopDatabase, Reading, int]]:
    opened, reading, missing = SHOPS[request.param]
    with opened(tmp_path) as database:
        yield database, reading, missing


def test_the_statement_of_the_doctor_is_what_was_missing(shop: tuple[ShopDatabase, Reading, int]) -> None:
    database, reading, missing = shop
    before = reading(database)
    report = before.report()
    mends = [each.mend for each in report.lookups if each.mend]
    assert len(mends) == missing
    assert [bool(each.problem) for each in report.lookups] == [bool(each.mend) for each in report.lookups]
    printed = "\n".join(told("mine", "x", report, pays=False))
    assert all(mend in printed for mend in mends)
    before.close()
    database.run(*(mend.rstrip(";") for mend in mends))
    after = reading(database)
    assert [each.mend for each in after.report().lookups] == [""] * len(report.lookups)
    after.close()


@pytest.mark.parametrize("kind", ["sqlite", "mysql", "postgresql"])
def test_kamifaka_uses_the_index_it_asks_for(kind: str, tmp_path: Path) -> None:
    """Numbers are compared in either case there: the plan must still begin at the index."""
    with kamifaka.kamifaka(kind, tmp_path) as database:
        row = {"name": "卡", "payment": "支付宝", "price": 1, "num": 1, "total_price": 1, "status": True}
        made = [
            row | {"out_order_id": f"No{n:025d}", "updatetime": "2026-11-20 10:00:00"} for n in range(400)
        ]
        database.fill("temporder", [each | {"auto": True} for each in made])
        orders = kamifaka.orders_of(database)
        database.run(*(each.mend.rstrip(";") for each in orders.report().lookups))
        source = orders.schema.orders
        query = source.orders.where(source.number.in_(["no0000000000000000000000007"]))
        with database.writer.connect() as connection:
            if kind == "postgresql":
                connection.execute(text("SET enable_seqscan = off"))  # 400 rows are read faster as they lie
            said = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
            how = "EXPLAIN QUERY PLAN" if kind == "sqlite" else "EXPLAIN"
            plan = str(connection.exec_driver_sql(f"{how} {said}".replace("%", "%%")).all())
        assert "tuika_temporder_out_order_id" in plan
        found = orders.find("nO0000000000000000000000007")
        assert found is not None and found.order_no == "No0000000000000000000000007"
        orders.close()
