"""The schema that migrations build is the one the tables describe, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from tuika.storage.database import open_engine
from tuika.storage.migrate import at_head, downgrade, upgrade
from tuika.storage.tables import metadata


def differences(url: str) -> list[object]:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return list(compare_metadata(MigrationContext.configure(connection), metadata))
    finally:
        engine.dispose()


def test_migrations_and_tables_agree(url: str) -> None:
    upgrade(url)
    assert at_head(url)
    assert differences(url) == []


def test_down_and_up_again_is_the_same(url: str) -> None:
    upgrade(url)
    downgrade(url, "base")
    assert not at_head(url)
    upgrade(url)
    assert differences(url) == []


def test_two_that_start_together_migrate_once(url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(upgrade, [url, url]))
    assert at_head(url)
