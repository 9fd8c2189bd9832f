"""Database, backups, processes: each kind of trouble has its line and its way out."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tuika.clock import SystemClock
from tuika.doctor.model import Finding, Level
from tuika.doctor.running import _alive
from tuika.doctor.stored import backups, database, skew
from tuika.heartbeat import Heart
from tuika.ids import RandomIds
from tuika.safety.vault import Vault, VaultKeys
from tuika.settings import Settings, load_settings
from tuika.storage.database import Database, open_engine
from tuika.storage.migrate import upgrade
from tuika.storage.uow import UnitOfWorkFactory

OVERDUE = (
    "INSERT INTO due_rows (kind, ref, due_at, payload, state, attempts, lease)"
    " VALUES ('notice', 'x', :at, '{}', :state, 0, '')"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    demo = load_settings({"TUIKA_DEMO": "true", "TUIKA_DATA": str(tmp_path)})
    return demo.model_copy(update={"demo": False})  # rows follow real time


def troubles(findings: list[Finding]) -> str:
    return "\n".join(
        f"{each.what} {each.hint}" for each in findings if each.level in (Level.FAIL, Level.WARN)
    )


def run(settings: Settings, statement: str, **values: object) -> None:
    engine = open_engine(settings.url)
    with engine.begin() as connection:
        connection.execute(text(statement), values)
    engine.dispose()


def test_a_sound_database_of_this_version(settings: Settings) -> None:
    upgrade(settings.url)
    assert {each.level for each in database(settings)} == {Level.OK}


def test_none_yet(settings: Settings) -> None:
    assert "tuika upgrade" in troubles(list(database(settings)))


def test_an_older_one_and_a_newer_one(settings: Settings) -> None:
    upgrade(settings.url, "0001")
    assert "旧 停掉退卡，运行 tuika upgrade" in troubles(list(database(settings)))
    run(settings, "UPDATE alembic_version SET version_num = '9999'")
    assert "新 换回较新的程序" in troubles(list(database(settings)))


def test_a_damaged_one(settings: Settings) -> None:
    (settings.data / "tuika.db").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    assert "数据库打不开" in troubles(list(database(settings)))


def test_one_with_broken_pages(settings: Settings) -> None:
    upgrade(settings.url)
    with (settings.data / "tuika.db").open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xa5" * 20 * 4096)
    (*_, last) = database(settings)
    assert last.level is Level.FAIL
    assert "有损坏" in last.what and "tuika restore" in last.hint


def test_one_that_is_not_reached(settings: Settings) -> None:
    away = settings.model_copy(update={"database_url": "postgresql+psycopg://u:s3cretword@127.0.0.1:9/x"})
    said = troubles(list(database(away)))
    assert "数据库打不开" in said
    assert "s3cretword" not in said


def test_what_is_overdue_and_what_was_given_up(settings: Settings) -> None:
    upgrade(settings.url)
    late = (datetime.now(UTC) - timedelta(hours=3)).strftime("%Y-%m-%d %H:%M:%S")
    run(settings, OVERDUE, at=late, state="waiting")
    run(settings, OVERDUE, at=late, state="failed")
    said = troubles(list(database(settings)))
    assert "1 件到期的事没有办，最久的过了 3.0 小时" in said
    assert "1 件事试了多次" in said


def test_no_backup_an_old_one_a_new_one(settings: Settings) -> None:
    assert "还没有备份" in troubles(list(backups(settings)))
    folder = settings.data / "backups"
    folder.mkdir()
    archive = folder / "tuika-20261101-000000.zip"
    archive.write_bytes(b"")
    assert troubles(list(backups(settings))) == ""
    old = (datetime.now(UTC) - timedelta(days=5)).timestamp()
    os.utime(archive, (old, old))
    assert "定时备份停了" in troubles(list(backups(settings)))


def test_a_worker_is_alive_killed_or_of_another_version(settings: Settings) -> None:
    upgrade(settings.url)
    engine = open_engine(settings.url)
    units = UnitOfWorkFactory(Database(engine))
    assert "没有 worker 的心跳" in troubles(list(_alive(settings)))
    heart = Heart("worker", ids=RandomIds(), units=units)
    heart.beat()
    assert troubles(list(_alive(settings))) == ""
    with units() as uow:
        uow.processes.gone(heart.process.id)
        uow.processes.beat(replace(heart.process, version="0.0.1"))
    assert "旧版本（0.0.1）" in troubles(list(_alive(settings)))
    with units() as uow:
        uow.processes.gone(heart.process.id)
        uow.processes.beat(replace(heart.process, seen_at=datetime.now(UTC) - timedelta(minutes=2)))
    assert "没有 worker 的心跳" in troubles(list(_alive(settings)))
    engine.dispose()


@pytest.mark.parametrize(
    ("seconds", "level"), [(0.0, Level.OK), (-4.9, Level.OK), (5.1, Level.WARN), (-90, Level.WARN)]
)
def test_another_clock(seconds: float, level: Level) -> None:
    assert skew("店铺", seconds).level is level


def test_a_vault_key_that_opens_nothing_of_what_is_sealed(settings: Settings) -> None:
    """An operator who lost his settings file and made a new one hears it before a buyer asks for his key."""
    upgrade(settings.url)
    engine = open_engine(settings.url)
    factory = UnitOfWorkFactory(Database(engine))
    keys = VaultKeys.from_setting(settings.vault_key)
    with factory() as uow:
        Vault(clock=SystemClock(), ids=RandomIds(), keys=keys).seal(
            uow, "KEY-AAAA", kind="card_key", conversation_id=None
        )
    engine.dispose()
    assert "封存" not in troubles(list(database(settings)))
    other = settings.model_copy(update={"vault_key": "another-key-of-thirty-two-letters"})
    said = troubles(list(database(other)))
    assert "1 条封存的内容" in said and "tuika vault rotate" in said and "KEY-AAAA" not in said
    both = settings.model_copy(update={"vault_key": f"{other.vault_key},{settings.vault_key}"})
    assert "封存" not in troubles(list(database(both)))
