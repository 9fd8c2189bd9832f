"""Handoffs in SQL.

Invariants: a claim is one conditional UPDATE; the uniqueness of open handoffs and tickets is the database's to
hold; lists have one order for everybody (urgent, then longest waiting), so that a cursor stays valid.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from tuika.errors import Conflict
from tuika.handoff.model import Handoff, HandoffKind, HandoffState, Note
from tuika.storage.conversations import hold
from tuika.storage.database import for_change
from tuika.storage.tables.handoff import handoff_notes, handoffs

_OPEN = handoffs.c.state != HandoffState.CLOSED.value
_OF_CONVERSATION = (
    select(handoffs)
    .where(handoffs.c.conversation_id == bindparam("of_conversation"))
    .order_by(handoffs.c.waiting_since.desc(), handoffs.c.id.desc())
)


class SqlHandoffRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, handoff: Handoff) -> None:
        try:
            with self._db.begin_nested():
                self._db.execute(insert(handoffs).values(id=handoff.id, **_values(handoff)))
        except IntegrityError:
            raise Conflict("已经有一个没处理完的人工请求") from None

    def get(self, handoff_id: str) -> Handoff | None:
        self._hold_conversation(handoff_id)
        return self._first(handoffs.c.id == handoff_id)

    def claim(self, handoff_id: str, agent: str, at: datetime, *, seated: bool = False) -> bool:
        self._hold_conversation(handoff_id)
        changed = self._db.execute(
            update(handoffs)
            .where(handoffs.c.id == handoff_id, handoffs.c.state == HandoffState.WAITING.value)
            .values(state=HandoffState.ACTIVE.value, agent=agent, claimed_at=at, seated=seated)
        )
        return changed.rowcount == 1

    def save(self, handoff: Handoff) -> None:
        self._db.execute(update(handoffs).where(handoffs.c.id == handoff.id).values(**_values(handoff)))

    def open_handoff(self, conversation_id: str) -> Handoff | None:
        hold(self._db, conversation_id)
        return self._first(
            and_(
                handoffs.c.conversation_id == conversation_id,
                handoffs.c.kind == HandoffKind.HANDOFF.value,
                _OPEN,
            )
        )

    def _hold_conversation(self, handoff_id: str) -> None:
        hold(
            self._db,
            select(handoffs.c.conversation_id).where(handoffs.c.id == handoff_id).scalar_subquery(),
        )

    def open_ticket(self, *, conversation_id: str | None, case_no: str | None, reason: str) -> Handoff | None:
        if case_no is not None:
            about = handoffs.c.case_no == case_no
        elif conversation_id is not None:
            about = and_(handoffs.c.conversation_id == conversation_id, handoffs.c.case_no.is_(None))
        else:
            return None
        return self._first(
            and_(about, handoffs.c.kind == HandoffKind.TICKET.value, handoffs.c.reason == reason, _OPEN)
        )

    def active_of(self, conversation_id: str) -> list[Handoff]:
        active = handoffs.c.state == HandoffState.ACTIVE.value
        query = select(handoffs).where(handoffs.c.conversation_id == conversation_id, active)
        return [handoff_of(row) for row in self._db.execute(query).mappings()]

    def ahead(self, handoff: Handoff) -> int:
        waiting = and_(
            handoffs.c.kind == HandoffKind.HANDOFF.value, handoffs.c.state == HandoffState.WAITING.value
        )
        earlier = and_(waiting, handoffs.c.id != handoff.id, ~_follows(handoff))
        return self._db.execute(select(func.count()).select_from(handoffs).where(earlier)).scalar_one()

    def add_note(self, note: Note) -> None:
        self._db.execute(
            insert(handoff_notes).values(
                id=note.id,
                handoff_id=note.handoff_id,
                conversation_id=note.conversation_id,
                author=note.author,
                text=note.text,
                at=note.at,
            )
        )

    def notes(self, handoff_id: str) -> Sequence[Note]:
        query = (
            select(handoff_notes)
            .where(handoff_notes.c.handoff_id == handoff_id)
            .order_by(handoff_notes.c.at, handoff_notes.c.id)
        )
        return [Note(**row) for row in self._db.execute(query).mappings()]

    def notes_of_conversation(self, conversation_id: str) -> list[Note]:
        """Those on the conversation and on every handoff of it, oldest first."""
        mine = select(handoffs.c.id).where(handoffs.c.conversation_id == conversation_id)
        about = or_(handoff_notes.c.conversation_id == conversation_id, handoff_notes.c.handoff_id.in_(mine))
        query = select(handoff_notes).where(about).order_by(handoff_notes.c.at, handoff_notes.c.id)
        return [Note(**row) for row in self._db.execute(query).mappings()]

    def of_conversation(self, conversation_id: str) -> list[Handoff]:
        """Newest first, tickets included."""
        found = self._db.execute(_OF_CONVERSATION, {"of_conversation": conversation_id})
        return [handoff_of(row) for row in found.mappings()]

    def of_agent(self, agent: str) -> list[Handoff]:
        """What an agent has now, the longest held first."""
        mine = and_(handoffs.c.agent == agent, handoffs.c.state == HandoffState.ACTIVE.value)
        query = select(handoffs).where(mine).order_by(handoffs.c.claimed_at, handoffs.c.id)
        return [handoff_of(row) for row in self._db.execute(query).mappings()]

    def delete_all(self) -> None:
        """For the demo's reset only."""
        self._db.execute(delete(handoff_notes))
        self._db.execute(delete(handoffs))

    def _first(self, condition: ColumnElement[bool]) -> Handoff | None:
        query = for_change(self._db, select(handoffs).where(condition).limit(1))
        row = self._db.execute(query).mappings().first()
        return handoff_of(row) if row else None

    def list(
        self, *, state: HandoffState | None = None, after: Handoff | None = None, limit: int = 50
    ) -> list[Handoff]:
        query = select(handoffs).order_by(handoffs.c.urgent.desc(), handoffs.c.waiting_since, handoffs.c.id)
        if state is not None:
            query = query.where(handoffs.c.state == state.value)
        if after is not None:
            query = query.where(_follows(after))
        return [handoff_of(row) for row in self._db.execute(query.limit(limit)).mappings()]


def _follows(handoff: Handoff) -> ColumnElement[bool]:
    """Those behind ``handoff`` in the queue's order."""
    later = or_(
        handoffs.c.waiting_since > handoff.waiting_since,
        and_(handoffs.c.waiting_since == handoff.waiting_since, handoffs.c.id > handoff.id),
    )
    if handoff.urgent:
        return or_(handoffs.c.urgent.is_(False), later)
    return and_(handoffs.c.urgent.is_(False), later)


def _values(handoff: Handoff) -> dict[str, Any]:
    return {
        "conversation_id": handoff.conversation_id,
        "state": handoff.state.value,
        "kind": handoff.kind.value,
        "urgent": handoff.urgent,
        "reason": handoff.reason,
        "brief": handoff.brief,
        "case_no": handoff.case_no,
        "promised_by": handoff.promised_by,
        "waiting_since": handoff.waiting_since,
        "agent": handoff.agent,
        "claimed_at": handoff.claimed_at,
        "closed_at": handoff.closed_at,
        "late": handoff.late,
        "seated": handoff.seated,
    }


def handoff_of(row: RowMapping) -> Handoff:
    values = dict(row)
    return Handoff(**{**values, "state": HandoffState(values["state"]), "kind": HandoffKind(values["kind"])})
