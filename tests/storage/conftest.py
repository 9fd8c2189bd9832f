"""Every test of storage runs on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.databases import KINDS, database_url
from tuika.storage.database import Database, open_engine
from tuika.storage.tables import metadata
from tuika.storage.uow import UnitOfWorkFactory


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with database_url(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def database(engine: Engine) -> Database:
    return Database(engine)


@pytest.fixture
def units(database: Database) -> UnitOfWorkFactory:
    return UnitOfWorkFactory(database)
