"""A backup brings back every row and every file, on both databases and by both ways of PostgreSQL."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import text

from tests.databases import database_url
from tuika.backup.model import BackupFailed, Form, RestoreRefused
from tuika.backup.restoring import restore
from tuika.heartbeat import Heart
from tuika.ids import RandomIds
from tuika.storage.database import Database, open_engine
from tuika.storage.migrate import head, revision_of
from tuika.storage.uow import UnitOfWorkFactory

from .house import PICTURE, House, house_at, quiet

WAYS = ("file", "pg_dump", "rows")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def house(way: str, tmp_path: Path) -> Iterator[House]:
    with database_url("sqlite" if way == "file" else "postgresql", tmp_path / "db") as url:
        yield house_at(tmp_path / "data", "" if way == "file" else url).fill()


def test_everything_comes_back(house: House, way: str) -> None:
    before = house.looks()
    archive, made = house.backup(plain_rows=way == "rows")
    assert made.database.form is Form(way)
    assert made.database.counts["refund_cases"] == 1
    house.run("DELETE FROM refund_events", "UPDATE conversations SET memory = '{}'", "DROP TABLE processes")
    next((house.data / "evidence").rglob("*")).parent.joinpath("x").mkdir(exist_ok=True)
    house.picture(PICTURE).unlink()
    stranger = house.picture(b"came later")
    (house.data / "shop-mine.db").unlink()
    done = restore(house.settings, archive, force=True, tell=quiet)
    assert house.looks() == before
    assert revision_of(house.settings.url) == head()
    assert done.aside is not None
    assert (done.aside / "evidence" / stranger.parent.name / stranger.name).read_bytes() == b"came later"
    assert (done.aside / ("databases/tuika.db" if way == "file" else "database.zip")).is_file()
    assert not list(house.data.glob(".restoring-*"))


def test_into_an_empty_place_nothing_is_put_aside(house: House, way: str, tmp_path: Path) -> None:
    before = house.looks()
    archive, _ = house.backup(plain_rows=way == "rows")
    with database_url("sqlite" if way == "file" else "postgresql", tmp_path / "db2") as url:
        if way == "pg_dump":  # a dump goes back into the schema that it came from
            url = house.settings.url
            house.run(*(f'DROP TABLE "{name[6:]}" CASCADE' for name in before if name.startswith("table ")))
        other = house_at(
            tmp_path / "data2", "" if way == "file" else url, TUIKA_VAULT_KEY=house.settings.vault_key
        )
        done = restore(other.settings, archive, tell=quiet)
        assert other.looks() == before
        assert done.aside is None


def test_numbers_go_on_after_the_greatest(house: House, way: str) -> None:
    archive, _ = house.backup(plain_rows=way == "rows")
    restore(house.settings, archive, force=True, tell=quiet)
    with house.writing() as connection:
        add = "INSERT INTO due_rows (kind, ref, due_at, payload, state, attempts, lease) VALUES ('notice', 'x', :at, '{}', 'waiting', 0, '')"
        connection.execute(text(add), {"at": "2026-11-23 04:00:00"})
        top = connection.execute(text("SELECT count(*), max(id) FROM due_rows")).one()
    assert top[0] == 2 and top[1] > 1


def test_where_something_is_it_asks_first(house: House, way: str) -> None:
    archive, _ = house.backup(plain_rows=way == "rows")
    before = house.looks()
    with pytest.raises(RestoreRefused, match="--force"):
        restore(house.settings, archive, tell=quiet)
    assert house.looks() == before


def test_a_process_that_lives_stands_against_it(house: House, way: str) -> None:
    archive, _ = house.backup(plain_rows=way == "rows")
    engine = open_engine(house.settings.url)
    heart = Heart("worker", ids=RandomIds(), units=UnitOfWorkFactory(Database(engine)))
    heart.beat()
    before = house.looks()
    with pytest.raises(RestoreRefused, match="worker"):
        restore(house.settings, archive, force=True, tell=quiet)
    assert house.looks() == before
    heart.stop()
    engine.dispose()
    restore(house.settings, archive, force=True, tell=quiet)


def test_whose_data_was_erased_meanwhile_is_said(house: House, way: str) -> None:
    archive, _ = house.backup(plain_rows=way == "rows")
    house.run(
        "UPDATE audit_events SET type = 'privacy.buyer.erased', subject = 'buyer:b7', at = '2099-01-01 00:00:00.000000'"
    )
    assert restore(house.settings, archive, force=True, tell=quiet).erased == ("b7",)
    assert restore(house.settings, archive, force=True, tell=quiet).erased == ()


def test_a_backup_taken_among_writers_is_one_snapshot(tmp_path: Path) -> None:
    house = house_at(tmp_path / "data").fill()
    with closing(sqlite3.connect(house.data / "tuika.db")) as connection:
        connection.execute("CREATE TABLE twins (a INTEGER, b INTEGER, filling TEXT)")
        connection.executemany("INSERT INTO twins VALUES (0, 0, ?)", [("x" * 3000,)] * 3000)
        connection.commit()
    ending = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(house.data / "tuika.db", timeout=30)) as connection:
            while not ending.is_set():
                connection.execute("UPDATE twins SET a = a + 1")
                connection.execute("UPDATE twins SET b = b + 1")
                connection.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        archive, _ = house.backup()
    finally:
        ending.set()
        writer.join()
    with ZipFile(archive) as packed:
        packed.extract("databases/tuika.db", tmp_path)
    with closing(sqlite3.connect(tmp_path / "databases/tuika.db")) as copy:
        assert copy.execute("SELECT count(*), sum(a <> b), count(DISTINCT a) FROM twins").fetchone() == (
            3000,
            0,
            1,
        )


def test_an_archive_is_for_its_owner_alone_and_has_no_secret_in_it(tmp_path: Path) -> None:
    house = house_at(tmp_path / "data").fill()
    archive, _ = house.backup()
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with ZipFile(archive) as packed:
        assert "secrets.json" not in "".join(packed.namelist())
        content = b"".join(packed.read(name) for name in packed.namelist() if not name.startswith("evidence"))
    for secret in (house.settings.vault_key, house.settings.session_secret, house.settings.shop_key):
        assert secret.encode() not in content


def test_a_damaged_database_is_no_backup(tmp_path: Path) -> None:
    house = house_at(tmp_path / "data").fill()
    path = house.data / "tuika.db"
    content = bytearray(path.read_bytes())
    content[20_000:24_000] = b"\xff" * 4000
    path.write_bytes(content)
    with pytest.raises(BackupFailed):
        house.backup()
    assert list((house.data / "backups").iterdir()) == []


def test_nothing_to_back_up_is_said(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="还没有数据库"):
        house_at(tmp_path / "data").backup()
