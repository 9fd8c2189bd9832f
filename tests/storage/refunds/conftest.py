"""A database file with the tables of refunds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Table

from tuika.storage.database import Database, open_engine
from tuika.storage.tables import conversations
from tuika.storage.tables import refunds as tables


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(open_engine(f"sqlite:///{tmp_path / 'tuika.db'}"))
    mine = [t for t in vars(tables).values() if isinstance(t, Table)]
    tables.metadata.create_all(database.engine, tables=[*mine, conversations.clock])
    yield database
    database.engine.dispose()
