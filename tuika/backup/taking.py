"""Taking a backup, while everything runs.

Invariants: databases first, then the files that their rows name (a file is never changed and is there before its row);
a file that is gone meanwhile was deleted on purpose and is left out; what was written is read again before it counts.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy import table as named
from sqlalchemy.exc import SQLAlchemyError

from tuika.backup import pgtools, rows, sqlite
from tuika.backup.archive import Reader, Writer
from tuika.backup.model import MEMBER, BackupFailed, Form, HubDatabase, Manifest, Reason
from tuika.backup.place import HUB, Place
from tuika.settings import SECRET_NAMES, Settings, settings_path
from tuika.storage.database import open_engine

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wishes:
    """``plain_rows``: lines of JSON although PostgreSQL's tools are here."""

    reason: Reason = Reason.ASKED
    with_settings: bool = False
    plain_rows: bool = False


def take(
    settings: Settings,
    target: Path,
    *,
    tell: Tell,
    wishes: Wishes = Wishes(),
    environ: Mapping[str, str] = os.environ,
) -> Manifest:
    """Write a backup to ``target`` and verify it. Raises BackupFailed; then nothing is left behind."""
    if target.exists():
        raise BackupFailed(f"{target} 已经存在，换个文件名")
    place = Place.of(settings)
    target.parent.mkdir(parents=True, exist_ok=True)
    _enough_room(place, target.parent)
    writer: Writer | None = None
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as work:
            writer = Writer(target)
            made = _Taking(settings, place, writer, Path(work), tell, wishes, environ).run()
            writer.finish(made, settings.vault_key)
    except (OSError, sqlite3.Error, SQLAlchemyError, pgtools.ToolFailed) as error:
        raise BackupFailed(f"备份没有成功，没有留下文件：{_said(error)}") from error
    finally:
        if writer is not None:
            writer.abandon()
    tell("正在核对写好的备份")
    with Reader(target, vault_key=settings.vault_key) as reader:
        reader.check(tell)
    return made


class _Taking:
    def __init__(
        self,
        settings: Settings,
        place: Place,
        writer: Writer,
        work: Path,
        tell: Tell,
        wishes: Wishes,
        environ: Mapping[str, str],
    ) -> None:
        self._settings, self._place, self._writer, self._work = settings, place, writer, work
        self._tell, self._wishes, self._environ = tell, wishes, environ

    def run(self) -> Manifest:
        at = datetime.now(UTC)
        hub = self._sqlite() if self._place.file is not None else self._postgres()
        for path in self._place.others():
            self._file(path, path.name)
        self._evidence()
        self._notes()
        return Manifest(
            made_at=at,
            program=version("tuika"),
            reason=self._wishes.reason,
            database=hub,
            platforms=tuple(self._settings.platforms),
            settings_file=str(settings_path(self._environ)),
            members=tuple(self._writer.members),
        )

    def _sqlite(self) -> HubDatabase:
        assert self._place.file is not None
        if not self._place.file.exists():
            raise BackupFailed(f"还没有数据库（{self._place.file}），没有可备份的")
        copy = self._file(self._place.file, HUB)
        return HubDatabase(
            kind="sqlite", form=Form.FILE, revision=sqlite.revision(copy) or "", counts=sqlite.counts(copy)
        )

    def _file(self, source: Path, name: str) -> Path:
        """A SQLite file into the archive, sound or not at all."""
        copy = self._work / name
        sqlite.copy(source, copy, self._tell)
        if (wrong := sqlite.trouble(copy)) is not None:
            raise BackupFailed(f"数据库 {source} 有损坏（{wrong}），这样的备份没有用；先运行 tuika doctor")
        self._writer.add_file(f"databases/{name}", copy)
        self._tell(f"数据库 {name}：{copy.stat().st_size / 1e6:.1f} MB")
        return copy

    def _postgres(self) -> HubDatabase:
        by_tools = pgtools.installed() and not self._wishes.plain_rows
        engine = open_engine(self._place.url)
        try:
            with engine.connect() as raw:
                connection = raw.execution_options(isolation_level="REPEATABLE READ")
                tables = rows.tables(connection)
                if "alembic_version" not in tables:
                    raise BackupFailed("数据库里还没有退卡的表，没有可备份的")
                found = connection.execute(text("SELECT current_schema(), pg_export_snapshot()")).one()
                schema, snapshot = str(found[0]), str(found[1])
                revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
                counts = {
                    name: int(connection.execute(select(func.count()).select_from(named(name))).scalar() or 0)
                    for name in tables
                }
                if by_tools:
                    dumped = self._work / "tuika.pgdump"
                    pgtools.dump(self._place.url, dumped, tables=tables, schema=schema, snapshot=snapshot)
                    self._writer.add_file("databases/tuika.pgdump", dumped, packed=False)
                else:
                    for name in tables:
                        self._writer.add(f"rows/{name}.jsonl", rows.dump(connection, name))
        finally:
            engine.dispose()
        self._tell(f"PostgreSQL：{len(tables)} 张表，{sum(counts.values()):,} 行")
        form = Form.PG_DUMP if by_tools else Form.ROWS
        return HubDatabase(kind="postgresql", form=form, revision=str(revision), place=schema, counts=counts)

    def _evidence(self) -> None:
        pictures, done = self._place.pictures(), 0
        for path in pictures:
            with suppress(FileNotFoundError):  # erased meanwhile, as a buyer or the retention asked
                self._writer.add_file(f"evidence/{path.parent.name}/{path.name}", path, packed=False)
                done += 1
                if done % 1000 == 0:
                    self._tell(f"材料：{done}/{len(pictures)}")
        self._tell(f"材料：{done} 个文件")

    def _notes(self) -> None:
        """What belongs to the data but is not restored by itself."""
        for path in sorted(self._settings.policies.glob("*.yml")):
            if MEMBER.fullmatch(name := f"notes/policy-{path.name}"):
                self._writer.add_file(name, path)
        if self._settings.calendar_file is not None:
            self._writer.add_file("notes/calendar.yml", self._settings.calendar_file)
        file = settings_path(self._environ)
        included = self._wishes.with_settings and file.exists()
        if included:
            self._writer.add_file("notes/tuika.yml", file)
        self._writer.add("notes/settings.txt", [_note(file, included).encode()])


def _note(file: Path, included: bool) -> str:
    lines = [
        f"设置文件：{file}" + ("（已放进这个备份：notes/tuika.yml）" if included else "（不在这个备份里）"),
        "恢复时要有同样的密钥：" + "、".join(SECRET_NAMES) + "，以及每个平台的 jwt_secret。",
        "没有 vault_key，封存的内容（卡密、证件号等）谁也打不开；请把设置文件单独、安全地保存一份。",
        "notes/policy-*.yml 是当时的规则包，notes/calendar.yml 是当时的节假日文件；恢复不会覆盖现在的，需要时自己对照。",
    ]
    return "\n".join(lines) + "\n"


def _enough_room(place: Place, folder: Path) -> None:
    """Databases are copied beside the archive before they go into it."""
    files = [*place.others(), *([place.file] if place.file and place.file.exists() else [])]
    databases = sum(path.stat().st_size for path in files)
    wanted = 2 * databases + sum(path.stat().st_size for path in place.pictures() if path.exists())
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise BackupFailed(
            f"{folder} 只剩 {free / 1e9:.1f} GB，这次备份最多要 {wanted / 1e9:.1f} GB；换个位置（--to）或腾出空间"
        )


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}（{error.filename}）" if error.filename else error.strerror
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
