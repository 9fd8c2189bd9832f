"""An installation with something of everything in it, and what it looks like from outside."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, Integer, LargeBinary, insert, text
from sqlalchemy.types import Boolean, TypeDecorator

from tuika.backup import rows
from tuika.backup.model import Manifest
from tuika.backup.taking import Wishes, take
from tuika.settings import Settings, load_settings
from tuika.storage.database import open_engine, to_write
from tuika.storage.migrate import upgrade
from tuika.storage.tables import metadata

NOW = datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=UTC)
PICTURE = b"\x89PNG a picture"


@dataclass
class House:
    settings: Settings

    @property
    def data(self) -> Path:
        return self.settings.data

    def fill(self) -> House:
        """Rows in every table, two pictures, orders from a file, and the engine's events."""
        upgrade(self.settings.url)
        with self.writing() as connection:
            for number, table in enumerate(metadata.sorted_tables):
                if table.name == "audit_head":
                    number = 0  # there is one row of it
                connection.execute(insert(table), _row(table, number))
        self.picture(PICTURE)
        self.picture(PICTURE * 2)
        for name in ("shop-mine.db", "rasa.db"):
            with closing(sqlite3.connect(self.data / name)) as other:
                other.execute("CREATE TABLE orders (no TEXT)")
                other.execute("INSERT INTO orders VALUES (?)", (name,))
                other.commit()
        return self

    def picture(self, content: bytes) -> Path:
        name = hashlib.sha256(content).hexdigest()
        path = self.data / "evidence" / name[:2] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def backup(self, name: str = "b.zip", *, plain_rows: bool = False) -> tuple[Path, Manifest]:
        target = self.data / "backups" / name
        return target, take(
            self.settings, target, tell=quiet, wishes=Wishes(plain_rows=plain_rows), environ={}
        )

    def writing(self) -> Any:
        return _Writing(self.settings.url)

    def run(self, *statements: str) -> None:
        with self.writing() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def looks(self) -> dict[str, Any]:
        """Every row of every table, every file of the folder but backups and what was put aside."""
        found: dict[str, Any] = {}
        engine = open_engine(self.settings.url)
        with engine.connect() as connection:
            for name in rows.tables(connection):
                found[f"table {name}"] = sorted(_seen(connection, name))
        engine.dispose()
        for path in sorted(self.data.rglob("*")):
            relative = path.relative_to(self.data).as_posix()
            if path.is_file() and not relative.startswith(("backups/", "before-", "tuika.db", "secrets")):
                found[relative] = _orders(path) if path.suffix == ".db" else path.read_bytes()
        return found


class _Writing:
    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)

    def __enter__(self) -> Connection:
        self._raw = self._engine.connect()
        self._begun = to_write(self._raw).begin()
        return self._raw

    def __exit__(self, kind: object, *_: object) -> None:
        (self._begun.rollback if kind else self._begun.commit)()
        self._raw.close()
        self._engine.dispose()


def _orders(path: Path) -> list[Any]:
    with closing(sqlite3.connect(path)) as other:
        return other.execute("SELECT no FROM orders").fetchall()


def house_at(folder: Path, url: str = "", **environ: str) -> House:
    given = {"TUIKA_DEMO": "true", "TUIKA_DATA": str(folder), "TUIKA_DATABASE_URL": url, **environ}
    folder.mkdir(parents=True, exist_ok=True)
    return House(load_settings(given))


def quiet(_text: str) -> None:
    return


def _seen(connection: Connection, name: str) -> Iterator[str]:
    names, *lines = rows.dump(connection, name)
    order = json.loads(names)
    for chunk in lines:
        for line in chunk.splitlines():
            yield json.dumps(dict(zip(order, json.loads(line), strict=True)), sort_keys=True)


def _row(table: Any, number: int) -> dict[str, Any]:
    """One row that fits every column; references name the row of the table that they refer to."""
    return {column.name: _value(column, number) for column in table.columns}


def _value(column: Any, number: int) -> Any:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column
        return _value(target, [t.name for t in metadata.sorted_tables].index(target.table.name))
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, Integer):
        return number + 1
    if isinstance(kind, JSON):
        return {"中文": [1, None, "\u2028'\"\\", 1.5]} if number % 2 else None
    if isinstance(kind, LargeBinary):
        return bytes(range(256))
    if kind.python_type is datetime:
        return NOW
    if kind.python_type is float:
        return 0.1
    return f"{column.name}-{number}"[: kind.length or 60]
