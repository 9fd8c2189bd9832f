"""Handoffs from both sides: the buyer who waits (:mod:`.waiting`) and the agents who work (:mod:`.holding`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tuika.handoff.holding import Holding
from tuika.handoff.model import Handoff, Note
from tuika.handoff.seats import Seats
from tuika.handoff.waiting import WaitingRoom


class Handoffs(WaitingRoom, Holding, Seats):
    """The refunds' ``Tickets``, the hub's ``Waiting``, and what the desk's API calls."""


def handoff_json(handoff: Handoff) -> dict[str, Any]:
    """A handoff as the hub's API answers it."""
    return {
        "id": handoff.id,
        "conversation_id": handoff.conversation_id,
        "state": handoff.state.value,
        "kind": handoff.kind.value,
        "urgent": handoff.urgent,
        "reason": handoff.reason,
        "brief": handoff.brief,
        "case_no": handoff.case_no,
        "agent": handoff.agent,
        "promised_by": handoff.promised_by.isoformat(),
        "waiting_since": handoff.waiting_since.isoformat(),
        "claimed_at": _time(handoff.claimed_at),
        "closed_at": _time(handoff.closed_at),
    }


def note_json(note: Note) -> dict[str, Any]:
    return {"id": note.id, "author": note.author, "text": note.text, "at": note.at.isoformat()}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
