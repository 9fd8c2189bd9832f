"""A database moved into the other kind and back: every row, every number, the audit chain; or nothing at all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Integer, LargeBinary, Table, insert, select, text, update

from tests.databases import database_url
from tuika.settings import ROOT
from tuika.storage.database import Database, open_engine
from tuika.storage.migrate import downgrade, upgrade
from tuika.storage.moving.errors import MoveRefused
from tuika.storage.moving.move import BATCH, move
from tuika.storage.moving.rows import batches
from tuika.storage.tables import metadata
from tuika.storage.tables.base import UtcDateTime
from tuika.storage.tables.conversations import conversations, messages
from tuika.storage.tables.handoff import handoffs
from tuika.storage.tables.refunds import due_rows
from tuika.storage.uow import UnitOfWorkFactory

NOW = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)
JSONS: tuple[Any, ...] = (
    {"钱": 98.5, "b": [1, None, "\\u0000 '\""], "": {}},
    [],
    None,
    "字",
    0,
    {"z": 1, "a": 2},
)
SEEDS = 10  # canned replies of migration 0003
PAIRS = (("sqlite", "postgresql"), ("postgresql", "sqlite"))


@pytest.fixture(params=PAIRS, ids="-to-".join)
def pair(request: pytest.FixtureRequest, tmp_path: Path, blank: Path) -> Iterator[tuple[str, str]]:
    """A migrated source and an empty target."""
    with made(tmp_path, blank, *request.param) as urls:
        yield urls


@pytest.fixture
def onward(tmp_path: Path, blank: Path) -> Iterator[tuple[str, str]]:
    """As people go: from SQLite to PostgreSQL."""
    with made(tmp_path, blank, "sqlite", "postgresql") as urls:
        yield urls


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file, to be copied."""
    path = tmp_path_factory.mktemp("blank") / "tuika.db"
    upgrade(f"sqlite:///{path}")
    return path


@contextmanager
def made(folder: Path, blank: Path, source: str, target: str) -> Iterator[tuple[str, str]]:
    with ExitStack() as stack:
        urls = []
        for name, kind in (("source", source), ("target", target)):
            (folder / name).mkdir()
            urls.append(stack.enter_context(database_url(kind, folder / name)))
        if source == "sqlite":
            shutil.copyfile(blank, folder / "source" / "tuika.db")
        upgrade(urls[0])
        yield urls[0], urls[1]


def changed(url: str, change: Callable[[Any], object]) -> None:
    engine = open_engine(url)
    with Database(engine).write() as connection:
        change(connection)
    engine.dispose()


def fill(url: str, rows: int = 3) -> None:
    """Rows in every table, with every kind of value; and an audit chain."""

    def write(connection: Any) -> None:
        for table in metadata.sorted_tables:
            if not table.name.startswith("audit"):
                connection.execute(
                    insert(table), [_row(table, n) for n in range(1 if table.name == "clock" else rows)]
                )

    changed(url, write)
    engine = open_engine(url)
    units = UnitOfWorkFactory(Database(engine))
    for number in range(rows):
        with units() as uow:
            uow.audit.append(
                type="refund.case.approved",
                actor="desk:安",
                subject=f"RF{number}",
                detail={"fen": 9800, "字": "甲"},
                at=NOW,
            )
    engine.dispose()


def _row(table: Table, number: int) -> dict[str, Any]:
    """The rows' texts differ only in case and script, which databases sort differently."""
    values: dict[str, Any] = {}
    for column in table.columns:
        kind = column.type
        if isinstance(kind, JSON):
            value: Any = JSONS[number % len(JSONS)] if column.nullable else JSONS[number % 2]
        elif isinstance(kind, UtcDateTime):
            value = NOW if number else (None if column.nullable else NOW)
        elif isinstance(kind, Boolean):
            value = bool(number % 2)
        elif isinstance(kind, LargeBinary):
            value = bytes([0, 255, number % 256])
        elif isinstance(kind, Integer):
            value = number + 1 if column.primary_key or column.unique else -number
        else:
            value = f"{'aA甲b'[number % 4]}{number}"
        values[column.name] = value
    return values


def contents(url: str) -> dict[str, Any]:
    """All rows of all tables, in whatever order they come."""
    engine = open_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: sorted((row for rows in batches(connection, table, 100) for row in rows), key=repr)
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return found


def is_empty(url: str) -> bool:
    """No rows but those that migrations make."""
    found = contents(url)
    return len(found.pop("canned_replies")) == SEEDS and not any(found.values())


def test_every_row_of_every_table_arrives(pair: tuple[str, str]) -> None:
    source, target = pair
    fill(source, 5)
    moved = move(source, target)
    assert set(moved.rows) == {table.name for table in metadata.sorted_tables}
    assert all(moved.rows.values()), "every table had rows"
    assert moved.audited == 5
    assert contents(target) == contents(source)


def test_there_and_back_again_is_the_same(pair: tuple[str, str], tmp_path: Path) -> None:
    source, target = pair
    fill(source)
    move(source, target)
    back = f"sqlite:///{tmp_path / 'back.db'}"
    move(target, back)
    assert contents(back) == contents(source)


def test_more_rows_than_a_batch_and_how_far_it_is(onward: tuple[str, str]) -> None:
    source, target = onward
    many = 2 * BATCH + 7
    rows = [{**_row(conversations, n), "id": f"cv_{n}"} for n in range(many)]
    changed(source, lambda connection: connection.execute(insert(conversations), rows))
    told: list[tuple[str, int, int]] = []
    moved = move(source, target, lambda *step: told.append(step))
    assert moved.rows["conversations"] == moved.total - SEEDS == many
    assert told[1:] == [("conversations", n, many) for n in (BATCH, 2 * BATCH, many)]


def test_numbers_go_on_where_they_were(pair: tuple[str, str]) -> None:
    source, target = pair
    rows = [{**_row(due_rows, n), "id": n} for n in (1, 2, 40)]
    changed(
        source,
        lambda c: [c.execute(insert(due_rows), {k: v for k, v in r.items() if k != "id"}) for r in rows],
    )
    changed(source, lambda c: c.execute(insert(due_rows), rows[2]) if "sqlite" in source else None)
    given = _next_number(source)
    changed(source, lambda c: c.execute(text("DELETE FROM due_rows WHERE id > 1")))
    move(source, target)
    assert _next_number(target) == given + 1, "a number of a row that is gone is not given again"


def _next_number(url: str) -> int:
    engine = open_engine(url)
    with Database(engine).write() as connection:
        row = {k: v for k, v in _row(due_rows, 0).items() if k != "id"}
        number: int = connection.execute(insert(due_rows).values(row).returning(due_rows.c.id)).scalar_one()
    engine.dispose()
    return number


def test_the_audit_chain_goes_on(pair: tuple[str, str]) -> None:
    source, target = pair
    fill(source)
    move(source, target)
    engine = open_engine(target)
    units = UnitOfWorkFactory(Database(engine))
    with units() as uow:
        uow.audit.append(type="desk.user.created", actor="a", subject="b", detail={}, at=NOW)
    with units.reading() as uow:
        assert (uow.audit.verify().ok, uow.audit.verify().count) == (True, 4)
    engine.dispose()


def test_an_empty_database_moves_too(pair: tuple[str, str]) -> None:
    assert move(*pair).total == SEEDS
    assert contents(pair[1]) == contents(pair[0])


# -- refused --


def refused(source: str, target: str, *words: str) -> None:
    with pytest.raises(MoveRefused) as refusal:
        move(source, target)
    assert all(word in refusal.value.detail for word in words), refusal.value.detail


def test_a_target_with_rows_is_left_alone(pair: tuple[str, str]) -> None:
    source, target = pair
    fill(source)
    move(source, target)
    before = contents(target)
    refused(source, target, "not empty")
    assert contents(target) == before


def test_another_version_is_refused(pair: tuple[str, str]) -> None:
    source, target = pair
    upgrade(target)
    downgrade(target, "0009")
    refused(source, target, "0009", "empty database")
    upgrade(target)
    downgrade(source, "0009")
    refused(source, target, "0009", "tuika db upgrade")


def test_what_is_no_tuika_database_is_refused(tmp_path: Path) -> None:
    source = f"sqlite:///{tmp_path / 'nothing.db'}"
    refused(source, f"sqlite:///{tmp_path / 'target.db'}", "no Tuika database")
    refused(source, source, "same database")
    refused(source, "postgresql://nobody@127.0.0.1:1/none", "no Tuika database")


def test_a_database_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    source = f"sqlite:///{tmp_path / 'source.db'}"
    upgrade(source)
    refused(source, "postgresql://nobody:secret-word@127.0.0.1:1/none", "connection")


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [("agent", "字" * 81, "81 characters"), ("reason", "a\x00b", "NUL"), ("late", 2**31, "32 bits")],
)
def test_a_value_that_postgres_would_not_take_is_named(
    tmp_path: Path, column: str, value: Any, says: str
) -> None:
    """SQLite checks neither lengths nor sizes; nothing is kept of such a move."""
    source, target = (f"sqlite:///{tmp_path / name}.db" for name in ("source", "target"))
    upgrade(source)
    fill(source)
    changed(
        source, lambda c: c.execute(update(handoffs).where(handoffs.c.id == "a0").values({column: value}))
    )
    refused(source, target, "handoffs (id=a0)", column, says)
    assert is_empty(target)


def test_a_broken_audit_chain_is_not_carried_on(onward: tuple[str, str]) -> None:
    source, target = onward
    fill(source)
    changed(source, lambda c: c.execute(text("UPDATE audit_events SET actor = 'x' WHERE seq = 2")))
    refused(source, target, "breaks at event 2")
    assert is_empty(target)


def test_a_source_that_is_written_to_is_refused(tmp_path: Path) -> None:
    source, target = (f"sqlite:///{tmp_path / name}.db" for name in ("source", "target"))
    upgrade(source)
    fill(source)

    def meddle(table: str, done: int, of: int) -> None:
        if table == "messages":
            changed(source, lambda c: c.execute(update(handoffs).values(agent="somebody")))

    with pytest.raises(MoveRefused, match="wrote to the source"):
        move(source, target, meddle)
    assert is_empty(target)
    assert move(source, target).total


def test_a_source_that_tuika_is_connected_to_is_refused(tmp_path: Path) -> None:
    with database_url("postgresql", tmp_path) as source:
        upgrade(source)
        hub = open_engine(source)
        with hub.connect() as connection:
            connection.execute(select(1))
            refused(source, f"sqlite:///{tmp_path / 'target.db'}", "connected to the source")
        hub.dispose()


# -- failures --


def test_a_lost_row_is_noticed(onward: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    import tuika.storage.moving.move as module

    whole = module.as_parameters
    monkeypatch.setattr(
        module, "as_parameters", lambda table, rows: whole(table, rows[:-1] if table is messages else rows)
    )
    source, target = onward
    fill(source)
    refused(source, target, "messages: 3 rows counted, 3 read, 2 stored")
    assert is_empty(target)


def test_a_changed_value_is_noticed(onward: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    import tuika.storage.moving.move as module

    whole = module.as_parameters
    monkeypatch.setattr(
        module,
        "as_parameters",
        lambda table, rows: [
            {**each, **({"text": "x"} if table is messages else {})} for each in whole(table, rows)
        ],
    )
    source, target = onward
    fill(source)
    refused(source, target, "messages", "differ")
    assert is_empty(target)


def test_a_move_that_is_killed_leaves_the_target_empty(pair: tuple[str, str], tmp_path: Path) -> None:
    source, target = pair
    fill(source)
    mark = tmp_path / "midway"
    script = (
        "import sys, time, pathlib\n"
        "from tuika.storage.moving.move import move\n"
        "def tell(table, done, of):\n"
        "    if table == 'messages':\n"
        "        pathlib.Path(sys.argv[3]).touch(); time.sleep(60)\n"
        "move(sys.argv[1], sys.argv[2], tell)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, source, target, str(mark)], cwd=ROOT)
    deadline = time.monotonic() + 60
    while not mark.exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert is_empty(target)
    assert move(source, target).audited == 3
    assert contents(target) == contents(source)
