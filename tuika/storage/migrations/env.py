"""Alembic's environment: our engine rules, our metadata, batch mode for SQLite."""

from __future__ import annotations

from alembic import context

from tuika.storage.database import open_engine
from tuika.storage.tables import metadata


def run() -> None:
    engine = open_engine(context.config.attributes["url"])
    try:
        with engine.connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=metadata,
                render_as_batch=True,
                compare_type=True,
                transaction_per_migration=True,
            )
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
    finally:
        engine.dispose()


run()
