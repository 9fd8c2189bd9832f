from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tuika.clock import FixedClock
from tuika.storage.database import Database, open_engine
from tuika.storage.tables import metadata
from tuika.storage.uow import UnitOfWorkFactory


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 23, 4, 0, tzinfo=UTC))


@pytest.fixture
def units(tmp_path: Path) -> Iterator[UnitOfWorkFactory]:
    engine = open_engine(f"sqlite:///{tmp_path / 'safety.db'}")
    metadata.create_all(engine)
    yield UnitOfWorkFactory(Database(engine))
    engine.dispose()
