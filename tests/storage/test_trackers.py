"""Rasa's rows are found where several Rasas keep them: in a schema of their own beside the hub's tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.databases import postgres_database, require_postgres
from tuika.dialogue.trackers import Trackers, beside

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_senders_of_a_conversation_and_old_ones_go_from_the_schema() -> None:
    require_postgres()
    with postgres_database() as url:
        place = beside(url)
        trackers = Trackers(place)
        trackers.forget(["cv_1"])  # nothing is there yet, and nothing is made
        engine = create_engine(make_url(place).set(drivername="postgresql+psycopg"))
        with engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA rasa"))
            connection.execute(
                text(
                    "CREATE TABLE tracker_events (sender_id TEXT, n INTEGER, starts INTEGER, at DOUBLE PRECISION, data TEXT)"
                )
            )
            for sender, days in (("cv_1:1", 0), ("cv_1:2", 0), ("cv_10:1", 0), ("cv_2:1", 15)):
                at = (NOW - timedelta(days=days)).timestamp()
                row = {"sender": sender, "at": at}
                connection.execute(text("INSERT INTO tracker_events VALUES (:sender, 0, 1, :at, '{}')"), row)
        trackers.forget(["cv_1"])
        trackers.forget_old(NOW)
        with engine.connect() as connection:
            left = connection.execute(text("SELECT sender_id FROM tracker_events")).scalars().all()
        engine.dispose()
    assert left == ["cv_10:1"]
