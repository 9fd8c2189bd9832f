"""Issued quick replies in SQL. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from tuika.conversations.model import Choice, ChoiceState, Payload
from tuika.storage.tables.conversations import choices

_ADD_CHOICES = insert(choices)
_CHOICE = select(choices).where(
    choices.c.id == bindparam("of_choice"), choices.c.conversation_id == bindparam("of_conversation")
)
_SOME_CHOICES = select(choices).where(
    choices.c.id.in_(bindparam("of_choices", expanding=True)),
    choices.c.conversation_id == bindparam("of_conversation"),
)
_LIVE = (choices.c.conversation_id == bindparam("of_conversation"), choices.c.state == ChoiceState.LIVE.value)
_EXPIRE = update(choices).where(*_LIVE).values(state=ChoiceState.STALE.value)
_LIVE_CHOICES = select(choices).where(*_LIVE)


class SqlChoiceRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, issued: Sequence[Choice]) -> None:
        rows = [
            {
                "id": c.id,
                "conversation_id": c.conversation_id,
                "title": c.title,
                "kind": c.payload.kind,
                "data": dict(c.payload.data),
                "state": c.state.value,
            }
            for c in issued
        ]
        if rows:
            self._db.execute(_ADD_CHOICES, rows)

    def get(self, conversation_id: str, choice_id: str) -> Choice | None:
        values = {"of_choice": choice_id, "of_conversation": conversation_id}
        row = self._db.execute(_CHOICE, values).mappings().first()
        return _choice(row) if row else None

    def some(self, conversation_id: str, choice_ids: Sequence[str]) -> list[Choice]:
        if not choice_ids:
            return []
        values = {"of_choices": list(choice_ids), "of_conversation": conversation_id}
        found = {row["id"]: _choice(row) for row in self._db.execute(_SOME_CHOICES, values).mappings()}
        return [found[each] for each in choice_ids if each in found]

    def expire(self, conversation_id: str) -> None:
        self._db.execute(_EXPIRE, {"of_conversation": conversation_id})

    def live(self, conversation_id: str) -> list[Choice]:
        found = self._db.execute(_LIVE_CHOICES, {"of_conversation": conversation_id})
        return [_choice(row) for row in found.mappings()]


def _choice(row: RowMapping) -> Choice:
    return Choice(
        id=row["id"],
        conversation_id=row["conversation_id"],
        title=row["title"],
        payload=Payload(row["kind"], row["data"]),
        state=ChoiceState(row["state"]),
    )
