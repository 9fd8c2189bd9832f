"""A shop's database is read by named columns, for a bounded time, and never written to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.databases import POSTGRES, postgres_schema, require_postgres
from tests.shops import acg_faka, card_system, dujiao_next, dujiaoka, kamifaka, zfaka
from tests.shops.base import ShopDatabase
from tests.shops.mariadb import MARIADB, require_mariadb
from tuika.errors import ShopUnavailable
from tuika.shops.demo.fixture import parse_fixture
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.orders import SqlOrders

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
MARKET = parse_fixture(
    """
buyers: [{id: b1}]
merchants: [{id: m1}]
orders:
  - {order_no: ABCDEFGH12345678, buyer: b1, merchant: m1, product: {name: 点卡, type: card_key}, contact: lin@example.com,
     query_password: pw8848, amount_fen: 1, status: delivered, paid: -2h, delivered: -2h,
     payments: [{trade_no: "2026112122001400000000010001", at: -2h}]}
""",
    now=NOW,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A shop and where its keys lie: ``keys`` is (table, column); SQLite has no users that could be forbidden anything."""

    database: ShopDatabase
    orders: SqlOrders
    keys: tuple[str, str]
    serial: bool = True
    password: bool = True
    users: bool = True


@contextmanager
def _kept(name: str, folder: Path) -> Iterator[Kept]:
    if name == "classic":
        with dujiaoka.classic() as made:
            dujiaoka.fill_classic(made, MARKET)
            yield Kept(made, dujiaoka.orders_of(made), ("orders", "info"))
    elif name == "community":
        with dujiaoka.community() as made:
            dujiaoka.fill_community(made, MARKET)
            yield Kept(made, dujiaoka.orders_of(made), ("order_items", "info"))
    elif name == "acg":
        with acg_faka.acg_faka() as made:
            acg_faka.fill_acg(made, MARKET)
            yield Kept(made, acg_faka.orders_of(made), ("acg_order", "secret"), serial=False)
    elif name == "zfaka":
        with zfaka.zfaka() as made:
            zfaka.fill_zfaka(made, MARKET)
            yield Kept(made, zfaka.orders_of(made), zfaka.KEYS)
    elif name == "card-system":
        with card_system.card_system() as made:
            card_system.fill_cards(made, MARKET)
            yield Kept(made, card_system.orders_of(made), card_system.KEYS)
    elif name.startswith("kamifaka-"):
        kind = name.removeprefix("kamifaka-")
        with kamifaka.kamifaka(kind, folder) as made:
            kamifaka.fill_kami(made, MARKET)
            users = kind != "sqlite"
            yield Kept(
                made, kamifaka.orders_of(made), kamifaka.KEYS, serial=False, password=False, users=users
            )
    else:
        kind = name.removeprefix("dujiao-next-")
        with dujiao_next.dujiao_next(kind, folder) as made:
            dujiao_next.fill_next(made, MARKET)
            yield Kept(made, dujiao_next.tables_of(made), dujiao_next.KEYS, users=kind != "sqlite")


SHOPS = (
    "classic", "community", "acg", "zfaka", "card-system", "kamifaka-sqlite", "kamifaka-mysql", "kamifaka-postgresql",
    "dujiao-next-sqlite", "dujiao-next-postgresql",
)  # fmt: skip
SECRET_COLUMNS = (
    ".info",
    ".secret",
    ".payload",
    ".kami",
    ".card,",
    ".card ",
    "SELECT *",
    ".*",
    "carmi",
    "config",
)


@pytest.fixture(scope="module", params=SHOPS)
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    with _kept(request.param, tmp_path_factory.mktemp("shop")) as kept:
        yield kept
        kept.orders.close()


def test_a_user_without_write_rights_and_without_the_keys_is_enough(shop: Kept) -> None:
    orders, said = shop.orders, list[str]()
    event.listen(orders._database.engine, "before_cursor_execute", lambda *heard: said.append(heard[2]))
    found = orders.find("ABCDEFGH12345678")
    assert found is not None
    assert (found.amount.fen, found.delivered) == (1, True)
    assert orders.proves("ABCDEFGH12345678", "lin@example.com")
    assert orders.proves("ABCDEFGH12345678", "pw8848") is shop.password
    paid = orders.find_payment(serial="2026112122001400000000010001", amount_fen=1, at=None)
    assert (paid is not None) is shop.serial
    orders.of_buyer("1")
    report = orders.report()
    assert sum(report.counts.values()) == 1
    assert all(statement.lstrip().startswith("SELECT") for statement in said)
    assert not [s for s in said for word in SECRET_COLUMNS if word in s]
    assert dujiaoka.SECRET not in repr((found, report))


def test_the_reader_really_cannot_write_nor_see_keys(shop: Kept) -> None:
    if not shop.users:
        pytest.skip("SQLite knows no users; the file is opened read-only, which has its own test")
    reader = create_engine(shop.database.reader_url, poolclass=NullPool)
    quote = reader.dialect.identifier_preparer.quote_identifier
    table, column = map(quote, shop.keys)
    for statement in (
        f"DELETE FROM {table}",
        f"SELECT {column} FROM {table}",
        f"UPDATE {table} SET id = 0",
        "CREATE TABLE tuika_must_not_be (id INT)",
    ):
        with reader.connect() as connection, pytest.raises(DBAPIError, match="denied"):
            connection.execute(text(statement))
    reader.dispose()


def test_what_the_doctor_looks_up_is_measured_and_its_index_known(shop: Kept) -> None:
    """ZFAKA and kamiFaka have no index on what buyers quote, 独角数卡 and card-system none on payment numbers."""
    lookups = {each.name: each for each in shop.orders.report().lookups}
    assert all(each.ms is not None and each.ms >= 0 for each in lookups.values())
    bare = {name for name, each in lookups.items() if each.problem}
    variant = shop.orders.schema.variant
    if variant.startswith("ZFAKA"):
        assert bare == {"订单号", "支付流水号", "会员编号"}
    elif variant == "kamiFaka":
        assert bare == {"订单号（temporder）", "订单号（order）"}
    elif variant.startswith(("独角数卡", "card-system")):
        assert bare == {"支付流水号"}
    else:
        assert bare == set()


def test_even_a_user_with_every_right_writes_nothing() -> None:
    require_mariadb()
    database = ReadOnlyDatabase(MARIADB)
    with pytest.raises(ShopUnavailable, match="READ ONLY"), database.read() as connection:
        connection.execute(text("CREATE TABLE tuika_must_not_be (id INT)"))
    database.close()


def test_a_slow_statement_ends_after_its_time() -> None:
    require_mariadb()
    database = ReadOnlyDatabase(MARIADB, timeout_s=1.0)
    begun = time.monotonic()
    with pytest.raises(ShopUnavailable), database.read() as connection:
        connection.execute(
            text("SELECT COUNT(*) FROM seq_1_to_100000 a JOIN seq_1_to_100000 b JOIN seq_1_to_9999 c")
        )
    assert time.monotonic() - begun < 3
    database.close()


def test_postgresql_sessions_are_read_only_and_bounded() -> None:
    require_postgres()
    with postgres_schema() as url:
        database = ReadOnlyDatabase(url, timeout_s=1.0)
        with pytest.raises(ShopUnavailable, match="read-only"), database.read() as connection:
            connection.execute(text("CREATE TABLE orders (id INT)"))
        with pytest.raises(ShopUnavailable, match="timeout"), database.read() as connection:
            connection.execute(text("SELECT pg_sleep(5)"))
        database.close()


def test_sqlite_files_are_opened_read_only_and_bounded(tmp_path: Path) -> None:
    path = tmp_path / "shop with blanks.db"
    writer = create_engine(f"sqlite:///{path}")
    with writer.begin() as connection:
        connection.execute(text("CREATE TABLE orders (id INT)"))
    writer.dispose()
    database = ReadOnlyDatabase(f"sqlite:///{path}", timeout_s=0.3)
    with pytest.raises(ShopUnavailable, match="readonly"), database.read() as connection:
        connection.execute(text("INSERT INTO orders VALUES (1)"))
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT COUNT(*) FROM c"
    with pytest.raises(ShopUnavailable, match="interrupted"), database.read() as connection:
        connection.execute(text(endless))
    database.close()


def test_a_missing_sqlite_file_is_not_made(tmp_path: Path) -> None:
    database = ReadOnlyDatabase(f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(ShopUnavailable):
        database.columns("orders")
    assert not (tmp_path / "none.db").exists()


def test_a_shop_that_is_away_is_said_without_its_password() -> None:
    database = ReadOnlyDatabase("mysql+pymysql://tuika:hunter2hunter2@127.0.0.1:9/shop")
    begun = time.monotonic()
    with pytest.raises(ShopUnavailable) as caught:
        database.columns("orders")
    assert "hunter2" not in caught.value.detail + database.shown
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize("kind", ["mysql", "postgresql"])
def test_a_session_that_the_server_ended_while_idle_is_opened_anew(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuika.shops.sql.database.FRESH_S", 0.0)
    if kind == "mysql":
        require_mariadb()
        url, who, end = MARIADB, "SELECT CONNECTION_ID()", "KILL {}"
    else:
        require_postgres()
        url, who, end = POSTGRES, "SELECT pg_backend_pid()", "SELECT pg_terminate_backend({})"
    database, other = ReadOnlyDatabase(url), create_engine(url, poolclass=NullPool)
    with database.read() as connection:
        first = connection.execute(text(who)).scalar_one()
    with other.connect() as connection:
        connection.execute(text(end.format(first)))
    with database.read() as connection:
        assert connection.execute(text(who)).scalar_one() != first
    database.close()
    other.dispose()
