"""Alembic's environment: our metadata, batch mode for SQLite, the caller's connection and transaction."""

from __future__ import annotations

from alembic import context

from tuika.storage.tables import metadata


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
