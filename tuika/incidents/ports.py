"""What incidents need from storage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from tuika.audit.ports import AuditLog
from tuika.conversations.service import ConversationStore
from tuika.incidents.model import Incident, IncidentKind, Member
from tuika.refunds.model import RefundCase


class IncidentRepository(Protocol):
    def add(self, incident: Incident) -> bool:
        """False when one on the same subject is open already."""
        ...

    def save(self, incident: Incident) -> None: ...
    def get(self, incident_id: str, *, lock: bool = False) -> Incident | None: ...
    def open_on(self, platform: str, kind: IncidentKind, subject: str) -> Incident | None: ...
    def list(self, *, open_only: bool = False, limit: int = 100) -> Sequence[Incident]:
        """Open ones first, newest first."""
        ...

    def join(self, incident_id: str, case_no: str, at: datetime) -> bool:
        """False when it is a member already."""
        ...

    def members(self, incident_id: str) -> Sequence[Member]: ...
    def mark_told(self, incident_id: str, case_nos: Sequence[str]) -> None: ...
    def of_case(self, case_no: str) -> Sequence[Incident]: ...


class Cases(Protocol):
    def get(self, case_no: str, *, lock: bool = False) -> RefundCase | None: ...
    def filed_since(self, since: datetime) -> Sequence[RefundCase]:
        """Filed by buyers (not imported) at or after that time, oldest first."""
        ...


class IncidentStore(ConversationStore, Protocol):
    @property
    def incidents(self) -> IncidentRepository: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def audit(self) -> AuditLog: ...
    def after_commit(self, callback: Callable[[], None]) -> None: ...
