"""The repositories of refunds, gathered for the unit of work."""

from __future__ import annotations

from tuika.storage.refunds_cases import SqlCaseRepository
from tuika.storage.refunds_due import SqlDueRepository
from tuika.storage.refunds_outbox import SqlOfferRepository, SqlOutboxRepository

__all__ = ["SqlCaseRepository", "SqlDueRepository", "SqlOfferRepository", "SqlOutboxRepository"]
