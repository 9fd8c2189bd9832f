"""A backup into PostgreSQL, in the place of what is there.

Invariants: what is there is backed up first; dropping, making and filling are one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from tuika.backup import pgtools, rows
from tuika.backup.archive import Reader
from tuika.backup.model import ArchiveRefused, Form, Reason
from tuika.backup.place import Place
from tuika.backup.taking import Wishes, take
from tuika.settings import Settings
from tuika.storage.database import open_engine, to_write
from tuika.storage.migrate import upgrade_within

Tell = Callable[[str], None]
COPY = "database.zip"
"""The copy of the database that is replaced, in the folder aside."""


def into_postgres(
    settings: Settings, place: Place, reader: Reader, work: Path, aside: Path, tell: Tell
) -> None:
    """Raises ArchiveRefused, BackupFailed, ToolFailed, SQLAlchemyError; then the database is as it was."""
    present = place.tables()
    if present:
        aside.mkdir(parents=True, exist_ok=True)
        tell("先把现有的数据库备份到一边")
        take(settings, aside / COPY, tell=tell, wishes=Wishes(reason=Reason.RESTORE))
    if reader.manifest.database.form is Form.PG_DUMP:
        _by_tools(place, reader, work, present)
        return
    engine = open_engine(place.url)
    try:
        with engine.connect() as raw, (connection := to_write(raw)).begin():
            rows.drop(connection, present)
            _by_rows(connection, reader, tell)
    finally:
        engine.dispose()


def _by_tools(place: Place, reader: Reader, work: Path, present: list[str]) -> None:
    engine = open_engine(place.url)
    try:
        with engine.connect() as connection:
            schema = str(connection.exec_driver_sql("SELECT current_schema()").scalar())
    finally:
        engine.dispose()
    made_in = reader.manifest.database.place
    if schema != made_in:
        raise ArchiveRefused(f"这个备份来自 schema {made_in}，现在的是 {schema}")
    dumped = work / "tuika.pgdump"
    member = next(each for each in reader.manifest.of("databases") if each.name.endswith(".pgdump"))
    reader.unpack(member, dumped)
    pgtools.restore(place.url, dumped, script=work / "restore.sql", drop=present, schema=schema)


def _by_rows(connection: Connection, reader: Reader, tell: Tell) -> None:
    """Into an empty schema: its tables as they were, and their rows."""
    upgrade_within(connection, reader.manifest.database.revision)
    filled = [name for name in rows.tables(connection) if name != "alembic_version"]
    rows.empty(connection, filled)  # migrations make rows, too
    members = {Path(member.name).stem: member for member in reader.manifest.of("rows")}
    for name in filled:
        if name in members:
            loaded = rows.load(connection, name, reader.read(members[name]))
            rows.renumber(connection, name)
            tell(f"表 {name}：{loaded:,} 行")
