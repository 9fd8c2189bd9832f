"""Migrations: from the first to the last with rows in the tables, and to what the code says they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from tuika.errors import Conflict
from tuika.storage.database import open_engine
from tuika.storage.migrate import at_head, downgrade, head, history, revision_of, upgrade
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


def filled(url: str) -> None:
    """The oldest schema with a row here and there."""
    upgrade(url, "0001")
    engine = open_engine(url)
    with engine.begin() as connection:
        for row in ROWS:
            connection.execute(text(row), {"now": NOW, "no": False})
    engine.dispose()


def test_rows_survive_every_migration(url: str) -> None:
    filled(url)
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


def rows_of(url: str) -> list[str]:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return [str(row.text) for row in connection.execute(text("SELECT text FROM handoff_notes"))]
    finally:
        engine.dispose()


def test_every_step_can_be_taken_back_with_its_rows(url: str) -> None:
    filled(url)
    upgrade(url)
    for revision in reversed(history()[:-1]):
        downgrade(url, revision)
        assert revision_of(url) == revision
        assert rows_of(url) == ["kept"]
    upgrade(url)
    assert (at_head(url), rows_of(url)) == (True, ["kept"])


class Refused(Exception):
    pass


def test_what_is_refused_in_the_end_leaves_revision_and_rows_as_they_were(url: str) -> None:
    filled(url)

    def look(_connection: object) -> None:
        raise Refused

    with pytest.raises(Refused):
        upgrade(url, look=look)
    assert (revision_of(url), rows_of(url)) == ("0001", ["kept"])
    upgrade(url)
    with pytest.raises(Refused):
        downgrade(url, "0001", look=look)
    assert (revision_of(url), rows_of(url)) == (head(), ["kept"])


def test_a_database_that_is_not_there_has_no_revision(tmp_path: Path) -> None:
    assert revision_of(f"sqlite:///{tmp_path / 'none.db'}") is None
    assert not (tmp_path / "none.db").exists()


def test_rows_that_would_refer_to_nothing_are_a_failure(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tuika.db'}"
    filled(url)
    engine = open_engine(url)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("DELETE FROM handoffs")
    engine.dispose()
    with pytest.raises(Conflict, match="指向不存在"):
        upgrade(url)
    assert revision_of(url) == "0001"


@pytest.mark.parametrize("revision", history()[:-1])
def test_every_earlier_revision_goes_up_with_rows_of_its_own(url: str, revision: str) -> None:
    """An installation that stopped anywhere on the way, with old rows and rows that it made there."""
    filled(url)
    upgrade(url, revision)
    engine = open_engine(url)
    with engine.begin() as connection:
        made_there = ROWS[0].replace("cv_1", "cv_2")
        connection.execute(text(made_there), {"now": NOW, "no": False})
    engine.dispose()
    upgrade(url)
    assert (at_head(url), rows_of(url)) == (True, ["kept"])
    engine = open_engine(url)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT id FROM conversations ORDER BY id")).scalars().all()
        assert list(kept) == ["cv_1", "cv_2"]
        opts = {"compare_type": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=opts), metadata) == []
    engine.dispose()
