"""Houses that are closed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tuika.storage.database import open_engine
from tuika.storage.tables import metadata

from .house import House


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub's file with its tables, to be copied for each test."""
    path = tmp_path_factory.mktemp("blank") / "tuika.db"
    engine = open_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()
    return path


@pytest.fixture
def build(tmp_path: Path, blank: Path) -> Iterator[Callable[..., House]]:
    houses: list[House] = []

    def make(channels: dict[str, Any], **options: Any) -> House:
        houses.append(House(tmp_path, channels, blank=blank, **options))
        return houses[-1]

    yield make
    for house in houses:
        house.close()
