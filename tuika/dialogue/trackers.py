"""What Rasa remembers of conversations, forgotten when they are.

Invariants: Rasa's rows hold redacted words under ``conversation:session``; nothing but whole senders is deleted, so that
no tracker is left with a hole; a database that Rasa has not made yet holds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine, inspect, text
from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from tuika.settings import Settings

KEPT = timedelta(days=14)  # as `engine/tuika_nlu/tracker_rows.py` forgets at its start
PATIENCE_S = 5
_TABLE = "tracker_events"
_OF_ONE = text(f"DELETE FROM {_TABLE} WHERE sender_id = :id OR sender_id LIKE :sessions")
_OLD = text(
    f"DELETE FROM {_TABLE} WHERE sender_id IN (SELECT sender_id FROM {_TABLE} GROUP BY sender_id HAVING MAX(at) < :at)"
)


def beside(url: str) -> str:
    """Where several Rasas keep their trackers when nothing is said: a schema of their own beside the hub's tables."""
    parsed = make_url(url).set(drivername="postgresql")
    if "options" not in parsed.query:
        parsed = parsed.update_query_dict({"options": "-csearch_path=rasa"})
    return parsed.render_as_string(hide_password=False)


def tracker_places(settings: Settings) -> tuple[str, ...]:
    """Every place where a Rasa of this installation may have written."""
    file = str(settings.data.resolve() / "rasa.db")
    if settings.engine_database_url:
        return (settings.engine_database_url, file)
    return (
        (beside(settings.url), file) if make_url(settings.url).get_backend_name() == "postgresql" else (file,)
    )


class Trackers:
    """``place``: ``postgresql://…`` or the path of an SQLite file, as Rasa is told it."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._patience = PATIENCE_S

    def forget(self, conversation_ids: Sequence[str]) -> None:
        """Every session of these conversations. Raises SQLAlchemyError when the rows cannot be reached."""
        with self._open() as connection:
            if connection is None:
                return
            for each in conversation_ids:
                connection.execute(_OF_ONE, {"id": each, "sessions": f"{each}:%"})

    def forget_old(self, now: datetime) -> None:
        """Senders that said nothing for :data:`KEPT`."""
        with self._open() as connection:
            if connection is not None:
                connection.execute(_OLD, {"at": (now - KEPT).timestamp()})

    @contextmanager
    def _open(self) -> Iterator[Connection | None]:
        """A transaction; None where there is nothing yet."""
        if self._place.startswith(("postgresql://", "postgres://")):
            url = make_url(self._place).set(drivername="postgresql+psycopg")
        elif Path(self._place).exists():
            url = make_url(f"sqlite:///{self._place}")
        else:
            yield None
            return
        name = "timeout" if url.get_backend_name() == "sqlite" else "connect_timeout"
        engine = create_engine(url, poolclass=NullPool, connect_args={name: self._patience})
        try:
            with engine.begin() as connection:
                yield connection if inspect(connection).has_table(_TABLE) else None
        finally:
            engine.dispose()


class AllTrackers:
    """Several places as one: a file of one Rasa and the schema of many."""

    def __init__(self, places: Iterable[str]) -> None:
        self._all = [Trackers(place) for place in dict.fromkeys(places)]

    def forget(self, conversation_ids: Sequence[str]) -> None:
        for each in self._all:
            each.forget(conversation_ids)

    def forget_old(self, now: datetime) -> None:
        for each in self._all:
            each.forget_old(now)
