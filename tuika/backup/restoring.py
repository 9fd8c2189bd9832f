"""Putting a backup back.

Invariants: refused while a process of the product lives, and into a place that holds something unless told so; the whole
archive is read, compared and unpacked beside the data before anything is touched; on a failure what was there is there.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from tuika.backup import pgtools, sqlite
from tuika.backup.archive import Reader
from tuika.backup.erased import erased_since
from tuika.backup.into_postgres import COPY, into_postgres
from tuika.backup.model import ArchiveRefused, BackupFailed, Form, Manifest, RestoreRefused
from tuika.backup.place import HUB, Place
from tuika.backup.swapping import Swap
from tuika.settings import Settings
from tuika.storage.migrate import history

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """``aside``: where what was replaced lies; ``erased``: buyers whose data was erased after the backup was taken."""

    manifest: Manifest
    aside: Path | None = None
    erased: tuple[str, ...] = field(default=())


def restore(
    settings: Settings, archive: Path, *, force: bool = False, other_keys: bool = False, tell: Tell
) -> Restored:
    """Raises ArchiveRefused, RestoreRefused; then nothing has changed."""
    place = Place.of(settings)
    with Reader(archive, vault_key=None if other_keys else settings.vault_key) as reader:
        _fits(reader.manifest, place)
        _is_free(place, force=force)
        tell(f"正在核对备份（{reader.manifest.size / 1e6:.1f} MB）")
        reader.check(tell)
        erased = erased_since(place, reader.manifest.made_at)
        place.data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=place.data) as work:
            aside = _put_in(settings, place, reader, Path(work), tell)
    return Restored(reader.manifest, aside, erased)


def _fits(manifest: Manifest, place: Place) -> None:
    """Whether this program and this database can take the archive at all."""
    kind = "sqlite" if place.file is not None else "postgresql"
    if manifest.database.kind != kind:
        raise ArchiveRefused(
            f"这个备份是 {manifest.database.kind} 的，现在的 database_url 是 {kind}；换回原来的数据库，恢复后再用 tuika db move 迁移"
        )
    if manifest.database.revision not in history():
        raise ArchiveRefused(
            f"这个备份的数据库版本（{manifest.database.revision or '没有'}）比这个程序新，由退卡 {manifest.program} 做成；请先升级程序"
        )
    if manifest.database.form is Form.PG_DUMP and not pgtools.installed():
        raise ArchiveRefused("恢复这个备份要用 pg_restore 和 psql；请安装 PostgreSQL 的客户端工具")


def _is_free(place: Place, *, force: bool) -> None:
    if alive := place.alive():
        listed = "、".join(f"{each.kind}（{each.host} 进程 {each.pid}）" for each in alive)
        raise RestoreRefused(f"退卡还在运行：{listed}。先停掉再恢复（刚被强行结束的，等 40 秒）")
    if not force and place.is_occupied():
        raise RestoreRefused(
            "这里已经有数据。要用备份替换它，请加 --force；现有的数据不会删除，会放到一边，并告诉您放在哪里"
        )


def _put_in(settings: Settings, place: Place, reader: Reader, work: Path, tell: Tell) -> Path | None:
    manifest = reader.manifest
    aside = _aside(place)
    swap = Swap(aside)
    try:
        databases = _unpacked(reader, place, work, tell)
        pictures = _new_pictures(reader, place, work)
        for path, target in databases:
            swap.database(path, target)
        for path, name in pictures:
            swap.file(path, place.data / name)
        kept = {member.name for member in manifest.of("evidence")}
        for path in place.pictures():
            if (relative := path.relative_to(place.data)).as_posix() not in kept:
                swap.away(path, relative)
        if manifest.database.kind == "postgresql":
            into_postgres(settings, place, reader, work, aside, tell)
    except BaseException as error:
        swap.undo()
        if all(path.name == COPY for path in aside.rglob("*") if path.is_file()):
            shutil.rmtree(aside, ignore_errors=True)  # all that lay there is back in its place
        if isinstance(error, OSError | sqlite3.Error | SQLAlchemyError | pgtools.ToolFailed | BackupFailed):
            raise RestoreRefused(f"恢复没有成功，原来的数据没有变：{_said(error)}") from error
        raise
    return aside if aside.exists() else None


def _aside(place: Place) -> Path:
    """A folder that is not there yet."""
    name = f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    tries = (place.data / f"{name}{suffix}" for suffix in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for path in tries if not path.exists())


def _unpacked(reader: Reader, place: Place, work: Path, tell: Tell) -> list[tuple[Path, Path]]:
    """Every SQLite file of the archive, sound, beside the data; and where it belongs."""
    found: list[tuple[Path, Path]] = []
    for member in reader.manifest.of("databases"):
        name = Path(member.name).name
        if not name.endswith(".db"):
            continue
        path = work / name
        reader.unpack(member, path)
        if (wrong := sqlite.trouble(path)) is not None:
            raise ArchiveRefused(f"备份里的数据库 {name} 有损坏：{wrong}")
        tell(f"数据库 {name} 完好")
        found.append((path, place.file if name == HUB and place.file is not None else place.data / name))
    if place.file is not None and place.file not in [target for _, target in found]:
        raise ArchiveRefused(f"备份里没有 {HUB}")
    return found


def _new_pictures(reader: Reader, place: Place, work: Path) -> list[tuple[Path, str]]:
    """Files of evidence that are not here: what is named by its content is never another."""
    found = []
    for member in reader.manifest.of("evidence"):
        if not (place.data / member.name).exists():
            path = work / Path(member.name).name
            reader.unpack(member, path)
            found.append((path, member.name))
    return found


def _said(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
