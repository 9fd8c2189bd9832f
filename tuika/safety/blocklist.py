"""Contacts that several people reported: what the desk warns of and the contact check names.

Invariants: a contact is listed once two different reporters (accounts, or addresses of guests) named it within
90 days, so that one person cannot list a rival; the platform's own contacts are never listed; only a lead lifts an entry,
with a reason, and a new report after that lists it again. Who reported is never told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from tuika.audit.events import AuditEventType
from tuika.audit.ports import AuditLog
from tuika.clock import Clock
from tuika.errors import Conflict, InputError, NotFound
from tuika.ids import Ids
from tuika.safety.contacts import Contact

REPORTERS = 2
WINDOW = timedelta(days=90)
MAX_REASON = 300


@dataclass(frozen=True, slots=True)
class BlockedContact:
    """``reporters``: how many different people named it; ``lifted_at`` not None: no longer in force."""

    id: str
    value: str
    kind: str
    reporters: int
    since: datetime
    last_at: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = None
    lift_reason: str | None = None

    @property
    def in_force(self) -> bool:
        return self.lifted_at is None


class BlocklistRepository(Protocol):
    def sight(self, value: str, reporter: str, report_id: str, at: datetime) -> None:
        """Remember that the reporter named the contact; the newest time counts."""
        ...

    def reporters(self, value: str, after: datetime) -> int: ...
    def get(self, blocked_id: str) -> BlockedContact | None: ...
    def find(self, value: str) -> BlockedContact | None: ...
    def put(self, contact: BlockedContact) -> None: ...


class BlocklistStore(Protocol):
    @property
    def blocklist(self) -> BlocklistRepository: ...
    @property
    def audit(self) -> AuditLog: ...


class IsOfficial(Protocol):
    """Whether a contact is any platform's own."""

    def __call__(self, contact: Contact) -> bool: ...


class Blocklist:
    def __init__(self, clock: Clock, ids: Ids, is_official: IsOfficial) -> None:
        self._clock = clock
        self._ids = ids
        self._is_official = is_official

    def reported(
        self, uow: BlocklistStore, contacts: tuple[Contact, ...], *, reporter: str, report_id: str
    ) -> None:
        """Count a report's contacts; lists those that enough people have named."""
        now = self._clock.now()
        for contact in contacts:
            if self._is_official(contact):
                continue
            uow.blocklist.sight(contact.value, reporter, report_id, now)
            reporters = uow.blocklist.reporters(contact.value, now - WINDOW)
            if reporters >= REPORTERS:
                self._list(uow, contact, reporters, now)

    def lift(
        self, uow: BlocklistStore, blocked_id: str, *, actor: str, by: str, reason: str
    ) -> BlockedContact:
        """Take an entry out of force. Raises NotFound, Conflict, and InputError for a missing reason."""
        contact = uow.blocklist.get(blocked_id)
        if contact is None:
            raise NotFound("黑名单里没有这一条")
        if not contact.in_force:
            raise Conflict("这一条已经解除了")
        if not reason.strip():
            raise InputError("请写明解除的原因", field="reason")
        lifted = replace(
            contact, lifted_at=self._clock.now(), lifted_by=by, lift_reason=reason.strip()[:MAX_REASON]
        )
        uow.blocklist.put(lifted)
        self._record(uow, AuditEventType.CONTACT_LIFTED, lifted, actor)
        return lifted

    def known(self, uow: BlocklistStore, value: str) -> BlockedContact | None:
        """The entry in force for a normalised contact."""
        found = uow.blocklist.find(value)
        return found if found is not None and found.in_force else None

    def _list(self, uow: BlocklistStore, contact: Contact, reporters: int, now: datetime) -> None:
        before = uow.blocklist.find(contact.value)
        if before is not None and before.in_force:
            uow.blocklist.put(replace(before, reporters=reporters, last_at=now))
            return
        listed = BlockedContact(
            id=before.id if before else self._ids.new("bc"),
            value=contact.value,
            kind=contact.kind.value,
            reporters=reporters,
            since=now,
            last_at=now,
        )
        uow.blocklist.put(listed)
        self._record(uow, AuditEventType.CONTACT_BLOCKED, listed, "system")

    def _record(
        self, uow: BlocklistStore, event: AuditEventType, contact: BlockedContact, actor: str
    ) -> None:
        detail = {"kind": contact.kind, "reporters": contact.reporters, "reason": contact.lift_reason}
        uow.audit.append(
            type=event,
            actor=actor,
            subject=f"blocked_contact:{contact.id}",
            detail=detail,
            at=self._clock.now(),
        )


def blocked_json(contact: BlockedContact) -> dict[str, Any]:
    """An entry as the desk's API answers it."""
    return {
        "id": contact.id,
        "value": contact.value,
        "kind": contact.kind,
        "reporters": contact.reporters,
        "since": contact.since.isoformat(),
        "last_at": contact.last_at.isoformat(),
        "lifted_at": contact.lifted_at.isoformat() if contact.lifted_at else None,
        "lifted_by": contact.lifted_by,
        "lift_reason": contact.lift_reason,
    }
