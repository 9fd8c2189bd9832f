"""The unit of work: one write transaction and every repository that speaks in it.

Invariants: it commits when its block ends without an exception and rolls back otherwise; repositories are
made on first use; callbacks of :meth:`SqlUnitOfWork.after_commit` run only once the commit is durable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection

from tuika.storage.agreements import SqlAgreementRepository
from tuika.storage.audit import SqlAuditLog
from tuika.storage.blocklist import SqlBlocklistRepository
from tuika.storage.board import SqlBoard
from tuika.storage.canned import SqlCannedRepository
from tuika.storage.channel_queue import SqlArrivalRepository, SqlDeliveryRepository
from tuika.storage.channels import (
    SqlCodeRepository,
    SqlLinkRepository,
    SqlMirrorRepository,
    SqlValueRepository,
)
from tuika.storage.choices import SqlChoiceRepository
from tuika.storage.conversations import SqlConversationRepository
from tuika.storage.database import Database
from tuika.storage.desk import SqlUserRepository
from tuika.storage.evidence import SqlEvidenceRepository
from tuika.storage.facts import SqlFacts
from tuika.storage.handoff import SqlHandoffRepository
from tuika.storage.incidents import SqlIncidentRepository
from tuika.storage.jobs import SqlJobRepository
from tuika.storage.merchants import SqlMerchantUsers
from tuika.storage.messages import SqlMessageRepository
from tuika.storage.packs import SqlPackArchive
from tuika.storage.personal import SqlPersonalData
from tuika.storage.processes import SqlProcesses
from tuika.storage.readings import SqlReadingRepository
from tuika.storage.refunds import SqlCaseRepository, SqlDueRepository, SqlOfferRepository, SqlOutboxRepository
from tuika.storage.safety import SqlLockRepository, SqlReportRepository, SqlVaultRepository
from tuika.storage.seats import SqlSeatRepository
from tuika.storage.standing import SqlStanding
from tuika.storage.turns import SqlSessionRepository, SqlTurnRepository


class SqlUnitOfWork:
    """Repositories on one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._callbacks: list[Callable[[], None]] = []

    def after_commit(self, callback: Callable[[], None]) -> None:
        self._callbacks.append(callback)

    def run_callbacks(self) -> None:
        for callback in self._callbacks:
            callback()

    @cached_property
    def jobs(self) -> SqlJobRepository:
        return SqlJobRepository(self.connection)

    @cached_property
    def conversations(self) -> SqlConversationRepository:
        return SqlConversationRepository(self.connection)

    @cached_property
    def messages(self) -> SqlMessageRepository:
        return SqlMessageRepository(self.connection)

    @cached_property
    def choices(self) -> SqlChoiceRepository:
        return SqlChoiceRepository(self.connection)

    @cached_property
    def turns(self) -> SqlTurnRepository:
        return SqlTurnRepository(self.connection)

    @cached_property
    def sessions(self) -> SqlSessionRepository:
        return SqlSessionRepository(self.connection)

    @cached_property
    def merchants(self) -> SqlMerchantUsers:
        return SqlMerchantUsers(self.connection)

    @cached_property
    def packs(self) -> SqlPackArchive:
        return SqlPackArchive(self.connection)

    @cached_property
    def processes(self) -> SqlProcesses:
        return SqlProcesses(self.connection)

    @cached_property
    def agreements(self) -> SqlAgreementRepository:
        return SqlAgreementRepository(self.connection)

    @cached_property
    def evidence(self) -> SqlEvidenceRepository:
        return SqlEvidenceRepository(self.connection)

    @cached_property
    def personal(self) -> SqlPersonalData:
        return SqlPersonalData(self.connection)

    @cached_property
    def readings(self) -> SqlReadingRepository:
        return SqlReadingRepository(self.connection)

    @cached_property
    def cases(self) -> SqlCaseRepository:
        return SqlCaseRepository(self.connection)

    @cached_property
    def due(self) -> SqlDueRepository:
        return SqlDueRepository(self.connection)

    @cached_property
    def outbox(self) -> SqlOutboxRepository:
        return SqlOutboxRepository(self.connection)

    @cached_property
    def offers(self) -> SqlOfferRepository:
        return SqlOfferRepository(self.connection)

    @cached_property
    def handoffs(self) -> SqlHandoffRepository:
        return SqlHandoffRepository(self.connection)

    @cached_property
    def reports(self) -> SqlReportRepository:
        return SqlReportRepository(self.connection)

    @cached_property
    def blocklist(self) -> SqlBlocklistRepository:
        return SqlBlocklistRepository(self.connection)

    @cached_property
    def audit(self) -> SqlAuditLog:
        return SqlAuditLog(self.connection)

    @cached_property
    def locks(self) -> SqlLockRepository:
        return SqlLockRepository(self.connection)

    @cached_property
    def users(self) -> SqlUserRepository:
        return SqlUserRepository(self.connection)

    @cached_property
    def seats(self) -> SqlSeatRepository:
        return SqlSeatRepository(self.connection)

    @cached_property
    def canned(self) -> SqlCannedRepository:
        return SqlCannedRepository(self.connection)

    @cached_property
    def board(self) -> SqlBoard:
        return SqlBoard(self.connection)

    @cached_property
    def incidents(self) -> SqlIncidentRepository:
        return SqlIncidentRepository(self.connection)

    @cached_property
    def facts(self) -> SqlFacts:
        return SqlFacts(self.connection)

    @cached_property
    def vault(self) -> SqlVaultRepository:
        return SqlVaultRepository(self.connection)

    @cached_property
    def standing(self) -> SqlStanding:
        return SqlStanding(self.connection)

    @cached_property
    def links(self) -> SqlLinkRepository:
        return SqlLinkRepository(self.connection)

    @cached_property
    def arrivals(self) -> SqlArrivalRepository:
        return SqlArrivalRepository(self.connection)

    @cached_property
    def deliveries(self) -> SqlDeliveryRepository:
        return SqlDeliveryRepository(self.connection)

    @cached_property
    def values(self) -> SqlValueRepository:
        return SqlValueRepository(self.connection)

    @cached_property
    def codes(self) -> SqlCodeRepository:
        return SqlCodeRepository(self.connection)

    @cached_property
    def mirrors(self) -> SqlMirrorRepository:
        return SqlMirrorRepository(self.connection)


class UnitOfWorkFactory:
    """``with units() as uow:`` — a write transaction; ``with units.reading() as uow:`` — a snapshot."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextmanager
    def __call__(self) -> Iterator[SqlUnitOfWork]:
        with self.database.write() as connection:
            uow = SqlUnitOfWork(connection)
            yield uow
            uow.audit.flush()
        uow.run_callbacks()

    @contextmanager
    def reading(self) -> Iterator[SqlUnitOfWork]:
        with self.database.read() as connection:
            yield SqlUnitOfWork(connection)
