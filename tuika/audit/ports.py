"""What services need of the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from tuika.audit.chain import ChainReport
from tuika.audit.events import AuditEvent


class AuditLog(Protocol):
    """Append-only. ``append`` writes in the caller's transaction, so an effect and its record stand together."""

    def append(
        self, *, type: str, actor: str, subject: str, detail: Mapping[str, Any], at: datetime
    ) -> AuditEvent: ...

    def list(self, *, before: int | None = None, limit: int = 50) -> list[AuditEvent]:
        """Newest first, those with a ``seq`` under ``before``."""
        ...

    def verify(self) -> ChainReport: ...
