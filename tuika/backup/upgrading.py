"""Upgrading the database, and the way back.

Invariants: a backup is verified before anything changes; all steps and the look at their result are one transaction, so
that a failure leaves the old state; going back keeps what was written since, by the migrations' own way down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select, table
from sqlalchemy.exc import DBAPIError

from tuika.backup.archive import Reader
from tuika.backup.model import ArchiveRefused, Reason
from tuika.backup.place import Place
from tuika.backup.taking import Wishes, take
from tuika.errors import Conflict, InputError
from tuika.policy.pack import load_packs
from tuika.settings import Settings
from tuika.storage import migrate
from tuika.storage.audit import SqlAuditLog
from tuika.storage.database import open_engine

Tell = Callable[[str], None]
_UPGRADE, _ROLLBACK = "before-upgrade", "before-rollback"


class UpgradeFailed(Conflict):
    title = "升级没有成功"


@dataclass(frozen=True, slots=True)
class Moved:
    """``before`` None: there was no database. ``lost``: rows of tables that the older version does not have."""

    before: str | None
    after: str
    backup: Path | None = None
    lost: int = 0


def bring_up(settings: Settings, tell: Tell) -> Moved:
    """Bring the database to this program's version. Raises UpgradeFailed, BackupFailed, InputError."""
    packs = load_packs(settings.policies)
    for name, platform in settings.platforms.items():
        if platform.pack not in packs:
            raise InputError(f"platforms.{name}.pack：没有规则包 {platform.pack}，现有：{'、'.join(packs)}")
    before, after = migrate.revision_of(settings.url), migrate.head()
    if before == after:
        return Moved(before, after)
    if before is not None and before not in migrate.history():
        raise UpgradeFailed(_newer(before))
    kept = None
    if before is not None:
        kept = _backup(settings, _UPGRADE, f"{before}-to-{after}", tell)
        tell(f"备份已核对：{kept}")
    tell(f"数据库：{before or '新建'} → {after}")
    try:
        migrate.upgrade(settings.url, look=_Look(settings.url))
    except Exception as error:
        raise UpgradeFailed(
            f"升级没有成功，数据库还是版本 {before or '（没有）'}，数据没有变。原因：{_said(error)}\n"
            + (f"备份在 {kept}。" if kept else "")
            + "换回原来的程序可以照常启动；修好原因后再运行 tuika upgrade。"
        ) from error
    return Moved(before, after, kept)


def roll_back(settings: Settings, tell: Tell) -> Moved:
    """Back to the version before the last upgrade, with what was written since. Raises UpgradeFailed, BackupFailed."""
    now = migrate.revision_of(settings.url)
    archive, target = _last_upgrade(settings, now)
    if now not in migrate.history():
        raise UpgradeFailed(_newer(now or "") + f"\n或者用升级前的备份：tuika restore {archive} --force")
    kept = _backup(settings, _ROLLBACK, f"{now}-to-{target}", tell)
    tell(f"备份已核对：{kept}")
    tell(f"数据库：{now} → {target}")
    look = _Look(settings.url)
    try:
        migrate.downgrade(settings.url, target, look=look)
    except Exception as error:
        raise UpgradeFailed(
            f"没有退回，数据库还是版本 {now}，数据没有变。原因：{_said(error)}\n"
            f"要退到升级前一刻（之后的数据会放到一边）：tuika restore {archive} --force"
        ) from error
    return Moved(now, target, kept, look.lost)


class _Look:
    """Compares the tables before and after, and reads the audit log's chain, before the change is final."""

    def __init__(self, url: str) -> None:
        self._before = _counts_at(url)
        self.lost = 0

    def __call__(self, connection: Connection) -> None:
        after = _counts(connection)
        for name, count in self._before.items():
            if name in after and after[name] < count:
                raise Conflict(f"表 {name} 从 {count} 行变成 {after[name]} 行")
        self.lost = sum(count for name, count in self._before.items() if name not in after)
        if connection.dialect.name == "sqlite":
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
            if found != "ok":
                raise Conflict(f"数据库检查没有通过：{found}")
        if "audit_events" in after:
            report = SqlAuditLog(connection).verify()
            if not report.ok:
                raise Conflict(f"审计日志在第 {report.broken_at} 条断开：{report.why}")


def _last_upgrade(settings: Settings, now: str | None) -> tuple[Path, str]:
    """The newest backup of an upgrade from another version than the present one, and that version."""
    for path in sorted(Place.of(settings).backups.glob(f"{_UPGRADE}-*.zip"), key=_when, reverse=True):
        try:
            with Reader(path, vault_key=settings.vault_key) as reader:
                made = reader.manifest
        except ArchiveRefused:
            continue
        if made.reason is Reason.UPGRADE and made.database.revision != now:
            return path, made.database.revision
    raise UpgradeFailed(f"{Place.of(settings).backups} 里没有升级前的备份，没有可退回的版本")


def _when(path: Path) -> str:
    return path.stem[-15:]


def _backup(settings: Settings, why: str, what: str, tell: Tell) -> Path:
    at = datetime.now(UTC)
    target = Place.of(settings).backups / f"{why}-{what}-{at:%Y%m%d-%H%M%S}.zip"
    take(
        settings, target, tell=tell, wishes=Wishes(reason=Reason.UPGRADE if why == _UPGRADE else Reason.ASKED)
    )
    return target


def _counts_at(url: str) -> dict[str, int]:
    if migrate.revision_of(url) is None:
        return {}
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return _counts(connection)
    finally:
        engine.dispose()


def _counts(connection: Connection) -> dict[str, int]:
    names = inspect(connection).get_table_names()
    return {
        name: int(connection.execute(select(func.count()).select_from(table(name))).scalar() or 0)
        for name in names
    }


def _newer(revision: str) -> str:
    return (
        f"数据库的版本（{revision}）比这个程序新，这个程序不认识。"
        "要么换回较新的程序，要么先用较新的程序运行 tuika upgrade --rollback，再换成这个程序。"
    )


def _said(error: Exception) -> str:
    said = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = str(said).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
