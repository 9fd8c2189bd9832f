"""The database and what waits in it, and the backups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from tuika.backup import sqlite
from tuika.backup.place import Place
from tuika.doctor.model import Finding, Level, fail, note, ok, warn
from tuika.errors import TuikaError
from tuika.refunds.due import DueState
from tuika.safety.vault import VaultKeys
from tuika.settings import Settings
from tuika.storage.database import open_engine
from tuika.storage.migrate import head, history, revision_of
from tuika.storage.tables.refunds import due_rows
from tuika.storage.tables.safety import vault_secrets

OVERDUE = timedelta(minutes=5)
BACKUP_AGE = timedelta(days=2)
CLOCK_S = 5.0
BIG_TO_CHECK = 2_000_000_000  # bytes: the check of a larger file takes minutes


def database(settings: Settings) -> Iterator[Finding]:
    place = Place.of(settings)
    if place.file is not None and not place.file.exists():
        yield fail(f"还没有数据库（{place.file}）", "tuika up 会建好；单独建：tuika upgrade")
        return
    try:
        revision = revision_of(settings.url)
    except SQLAlchemyError as error:
        yield fail(
            f"数据库打不开：{_why(error)}", "核对 database_url 和数据库服务；SQLite 坏了用 tuika restore"
        )
        return
    if place.file is not None:
        sound = _sound(place.file)
        yield sound
        if sound.level is Level.FAIL:
            return
    yield _version(revision)
    if revision == head():
        yield from _inside(settings)


def _sound(file: Path) -> Finding:
    size = file.stat().st_size
    if size > BIG_TO_CHECK:
        return note(
            f"数据库 {size / 1e9:.1f} GB，没有逐页检查",
            f"空闲时运行：sqlite3 {file} 'PRAGMA integrity_check'",
        )
    if (wrong := sqlite.trouble(file)) is not None:
        return fail(
            f"数据库 {file} 有损坏：{wrong}", "停掉退卡，用最近的备份恢复：tuika restore 备份文件 --force"
        )
    return ok(f"数据库完好（SQLite，{size / 1e6:.1f} MB）")


def _version(revision: str | None) -> Finding:
    if revision == head():
        return ok(f"数据库版本 {revision}")
    if revision is None:
        return fail("数据库里没有退卡的表", "tuika upgrade")
    if revision in history():
        return fail(f"数据库版本 {revision} 比程序（{head()}）旧", "停掉退卡，运行 tuika upgrade")
    return fail(
        f"数据库版本 {revision} 比程序（{head()}）新", "换回较新的程序，或先用它 tuika upgrade --rollback"
    )


def _inside(settings: Settings) -> Iterator[Finding]:
    engine = open_engine(settings.url)
    try:
        with engine.connect() as connection:
            yield from _waiting(connection, demo=settings.demo)
            yield from _sealed(connection, settings.vault_key)
            if connection.dialect.name == "postgresql":
                yield _clocks(connection)
    finally:
        engine.dispose()


def _waiting(connection: Connection, *, demo: bool) -> Iterator[Finding]:
    row = due_rows.c
    waits = row.state == DueState.WAITING.value
    late = datetime.now(UTC) - OVERDUE
    overdue, oldest = connection.execute(
        select(func.count(), func.min(row.due_at)).where(waits, row.due_at < late)
    ).one()
    given_up = (
        connection.execute(select(func.count()).where(row.state == DueState.FAILED.value)).scalar() or 0
    )
    if overdue and not demo:  # a demo's clock is its own
        age = (datetime.now(UTC) - oldest).total_seconds() / 3600
        yield fail(
            f"{overdue} 件到期的事没有办，最久的过了 {age:.1f} 小时", "worker 没在运行或办不动：看它的日志"
        )
    else:
        yield ok("没有过期未办的事")
    if given_up:
        yield warn(f"{given_up} 件事试了多次没有办成", "在工作台的申请页里看店铺或通知的报错，再人工处理")


def _sealed(connection: Connection, vault_key: str) -> Iterator[Finding]:
    """Whether what is sealed can be opened: each value says which key it was sealed with. None is opened."""
    try:
        keys = VaultKeys.from_setting(vault_key)
    except TuikaError as error:
        yield fail("vault_key 用不了", error.detail)
        return
    row = vault_secrets.c
    kept = select(row.key_id, func.count()).where(row.expires_at > datetime.now(UTC)).group_by(row.key_id)
    counts = [(keys.cipher(key_id) is not None, int(count)) for key_id, count in connection.execute(kept)]
    lost = sum(count for known, count in counts if not known)
    if lost:
        yield fail(
            f"{lost} 条封存的内容（卡密、收款账号等）不是用现在的 vault_key 封的，打不开",
            "找回原来的 vault_key 写上；换密钥要写成 新,旧 再运行 tuika vault rotate",
        )
    elif counts:
        yield ok(f"{sum(count for _known, count in counts)} 条封存的内容都能用现在的 vault_key 打开")


def _clocks(connection: Connection) -> Finding:
    there = float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar() or 0)
    return skew("数据库服务器", there - datetime.now(UTC).timestamp())


def skew(whose: str, seconds: float) -> Finding:
    """How far another clock is from this one."""
    if abs(seconds) <= CLOCK_S:
        return ok(f"{whose}的时钟和本机一致")
    return warn(
        f"{whose}的时钟和本机差 {seconds:+.0f} 秒", "两边都对时（chrony 或 timedatectl set-ntp true）"
    )


def backups(settings: Settings) -> Iterator[Finding]:
    folder = Place.of(settings).backups
    found = sorted(folder.glob("*.zip"), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
    if settings.demo:
        return
    if not found:
        yield warn(
            f"{folder} 里还没有备份", "每天一次：tuika backup --keep 14（定时的写法见 docs/operating.md）"
        )
        return
    age = datetime.now(UTC) - datetime.fromtimestamp(found[-1].stat().st_mtime, UTC)
    said = f"最近的备份 {found[-1].name}，{age.total_seconds() / 3600:.0f} 小时前"
    yield ok(said) if age < BACKUP_AGE else warn(said, "定时备份停了？tuika backup --keep 14；异地也放一份")


def _why(error: SQLAlchemyError) -> str:
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
