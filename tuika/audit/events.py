"""What can stand in the audit log.

Invariants: a type is ``area.object.verb_past``, three lower-case words; an event is never changed once it is
written; its detail holds JSON values and no secret. Areas of their own (``refund.…``) name their types beside
their models; the grammar holds for all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

GRAMMAR = re.compile(r"[a-z]+(?:_[a-z]+)*(?:\.[a-z]+(?:_[a-z]+)*){2}")
MAX_NAME = 200


class AuditEventType(StrEnum):
    HANDOFF_OPENED = "handoff.request.opened"
    TICKET_OPENED = "handoff.ticket.opened"
    HANDOFF_REPEATED = "handoff.request.repeated"
    HANDOFF_CLAIMED = "handoff.request.claimed"
    HANDOFF_TRANSFERRED = "handoff.request.transferred"
    HANDOFF_CLOSED = "handoff.request.closed"
    HANDOFF_REQUEUED = "handoff.request.requeued"
    PROMISE_PASSED = "handoff.promise.passed"
    CONVERSATION_TAKEN = "handoff.conversation.taken"
    CONVERSATION_ENDED = "handoff.conversation.ended"
    REPLY_SENT = "handoff.reply.sent"
    REPLY_STOPPED = "handoff.reply.stopped"
    NOTE_ADDED = "handoff.note.added"
    SECRET_REVEALED = "safety.secret.revealed"
    ORDER_LOCKED = "safety.order.locked"
    SCAM_REPORTED = "safety.report.filed"
    SCAM_REPORT_MERGED = "safety.report.merged"
    CONTACT_BLOCKED = "safety.contact.blocked"
    CONTACT_LIFTED = "safety.contact.lifted"
    VAULT_ROTATED = "safety.vault.rotated"
    EVIDENCE_SEEN = "evidence.original.seen"
    BUYER_EXPORTED = "privacy.buyer.exported"
    BUYER_ERASED = "privacy.buyer.erased"
    ROWS_EXPIRED = "privacy.rows.expired"
    USER_CREATED = "desk.user.created"
    USER_LOCKED = "desk.user.locked"
    SESSION_OPENED = "desk.session.opened"
    SESSION_CLOSED = "desk.session.closed"
    PRESENCE_CHANGED = "desk.presence.changed"
    CAPACITY_CHANGED = "desk.capacity.changed"
    EVIDENCE_VIEWED = "desk.evidence.viewed"
    CANNED_SAVED = "desk.reply.saved"
    CANNED_REMOVED = "desk.reply.removed"
    FIGURES_EXPORTED = "desk.figures.exported"
    INCIDENT_OPENED = "incident.group.opened"
    INCIDENT_JOINED = "incident.case.joined"
    INCIDENT_ANNOUNCED = "incident.group.announced"
    INCIDENT_DECIDED = "incident.group.decided"
    INCIDENT_CLOSED = "incident.group.closed"
    PEER_BOUND = "channel.peer.bound"
    PEER_UNBOUND = "channel.peer.unbound"
    PEER_LOCKED = "channel.peer.locked"
    OWNER_BOUND = "channel.owner.bound"


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """``previous`` and ``digest`` chain it to the event before; ``seq`` has no gaps."""

    seq: int
    type: str
    actor: str
    subject: str
    at: datetime
    detail: Mapping[str, Any] = field(default_factory=dict)
    previous: str = ""
    digest: str = ""


def checked_type(name: str) -> str:
    """The name, if it follows the grammar; else ValueError."""
    if not GRAMMAR.fullmatch(name) or len(name) > MAX_NAME:
        raise ValueError(f"an audit event is called area.object.verb_past, not {name!r}")
    return str(name)
