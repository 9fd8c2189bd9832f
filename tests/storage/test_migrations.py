"""Migrations: from the first to the last with rows in the tables, and to what the code says they are."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from tuika.storage.database import open_engine
from tuika.storage.migrate import at_head, upgrade
from tuika.storage.tables import metadata

NOW = "2026-11-23 04:00:00.000000"
ROWS = (
    (
        "INSERT INTO conversations (id, platform, channel, owner, epoch, session_no, last_seq, last_turn, memory,"
        " created_at) VALUES ('cv_1', 'generic', 'widget', 'bot', 1, 1, 0, 0, '{}', :now)"
    ),
    (
        "INSERT INTO handoffs (id, conversation_id, state, kind, urgent, reason, brief, promised_by, waiting_since)"
        " VALUES ('ho_1', 'cv_1', 'waiting', 'handoff', :no, 'r', 'b', :now, :now)"
    ),
    (
        "INSERT INTO handoff_notes (id, handoff_id, author, text, at)"
        " VALUES ('nt_1', 'ho_1', 'ann', 'kept', :now)"
    ),
)


def test_rows_survive_every_migration(url: str) -> None:
    upgrade(url, "0001")
    engine = open_engine(url)
    with engine.begin() as connection:
        for row in ROWS:
            connection.execute(text(row), {"now": NOW, "no": False})
    engine.dispose()
    upgrade(url)
    assert at_head(url)
    engine = open_engine(url)
    with engine.connect() as connection:
        kept = connection.execute(
            text(
                "SELECT n.text, h.late, h.seated FROM handoff_notes n JOIN handoffs h ON h.id = n.handoff_id"
            )
        ).one()
        assert (kept.text, kept.late, bool(kept.seated)) == ("kept", 0, False)
        found = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), metadata
        )
        assert found == []
    engine.dispose()
