"""Vault rows, lock-outs and scam reports in SQL. Nothing here commits, nothing here decrypts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, or_, select, update

from tuika.safety.lockout import Lock
from tuika.safety.reports import ScamReport
from tuika.safety.vault import SealedSecret
from tuika.storage.database import is_writing
from tuika.storage.tables.safety import locks, scam_reports, vault_secrets

MAX_WHO = 160


class SqlVaultRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, secret: SealedSecret) -> None:
        self._db.execute(
            insert(vault_secrets).values(
                id=secret.id,
                kind=secret.kind,
                conversation_id=secret.conversation_id,
                key_id=secret.key_id,
                sealed=secret.sealed,
                created_at=secret.created_at,
                expires_at=secret.expires_at,
            )
        )

    def get(self, secret_id: str) -> SealedSecret | None:
        row = (
            self._db.execute(select(vault_secrets).where(vault_secrets.c.id == secret_id)).mappings().first()
        )
        return SealedSecret(**row) if row else None

    def save(self, secret: SealedSecret) -> None:
        self._db.execute(
            update(vault_secrets)
            .where(vault_secrets.c.id == secret.id)
            .values(key_id=secret.key_id, sealed=secret.sealed, expires_at=secret.expires_at)
        )

    def of_conversation(self, conversation_id: str) -> list[SealedSecret]:
        return self._list(vault_secrets.c.conversation_id == conversation_id)

    def under_other_keys(self, key_id: str, limit: int) -> list[SealedSecret]:
        return self._list(vault_secrets.c.key_id != key_id, limit=limit)

    def forget(self, conversation_ids: list[str]) -> int:
        """Delete everything sealed in these conversations."""
        condition = vault_secrets.c.conversation_id.in_(conversation_ids)
        return self._db.execute(delete(vault_secrets).where(condition)).rowcount

    def _list(self, condition: Any, limit: int | None = None) -> list[SealedSecret]:
        query = (
            select(vault_secrets)
            .where(condition)
            .order_by(vault_secrets.c.created_at, vault_secrets.c.id)
            .limit(limit)
        )
        return [SealedSecret(**row) for row in self._db.execute(query).mappings()]

    def purge(self, before: datetime) -> int:
        return self._db.execute(delete(vault_secrets).where(vault_secrets.c.expires_at <= before)).rowcount

    def delete_all(self) -> None:
        self._db.execute(delete(vault_secrets))


class SqlLockRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, scope: str, thing: str, who: str) -> Lock | None:
        """What is counted so far; in a write transaction nobody else counts the pair meanwhile."""
        self._hold(scope, thing, who)
        row = self._db.execute(select(locks).where(_pair(scope, thing, who))).mappings().first()
        return Lock(row["failures"], row["last_at"], row["locked_until"]) if row else None

    def put(self, scope: str, thing: str, who: str, lock: Lock) -> None:
        values: dict[str, Any] = {
            "failures": lock.failures,
            "last_at": lock.last_at,
            "locked_until": lock.locked_until,
        }
        changed = self._db.execute(update(locks).where(_pair(scope, thing, who)).values(**values))
        if changed.rowcount == 0:
            self._db.execute(insert(locks).values(scope=scope, thing=thing, who=who[:MAX_WHO], **values))

    def _hold(self, scope: str, thing: str, who: str) -> None:
        """A lock of the pair that needs no row: there is none before the first failure."""
        if self._db.dialect.name == "postgresql" and is_writing(self._db):
            pair = func.hashtextextended(f"{scope}\x1f{thing}\x1f{who[:MAX_WHO]}", 0)
            self._db.execute(select(func.pg_advisory_xact_lock(pair)))

    def drop(self, scope: str, thing: str, who: str) -> None:
        self._db.execute(delete(locks).where(_pair(scope, thing, who)))

    def delete_all(self) -> None:
        self._db.execute(delete(locks))


def _pair(scope: str, thing: str, who: str) -> Any:
    return and_(locks.c.scope == scope, locks.c.thing == thing, locks.c.who == who[:MAX_WHO])


class SqlReportRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, report_id: str) -> ScamReport | None:
        row = self._db.execute(select(scam_reports).where(scam_reports.c.id == report_id)).mappings().first()
        return _report(row) if row else None

    def add(self, report: ScamReport) -> None:
        self._db.execute(insert(scam_reports).values(id=report.id, **_values(report)))

    def save(self, report: ScamReport) -> None:
        self._db.execute(update(scam_reports).where(scam_reports.c.id == report.id).values(**_values(report)))

    def since(self, conversation_id: str, after: datetime) -> list[ScamReport]:
        query = (
            select(scam_reports)
            .where(scam_reports.c.conversation_id == conversation_id, scam_reports.c.at > after)
            .order_by(scam_reports.c.at.desc(), scam_reports.c.id)
        )
        return [_report(row) for row in self._db.execute(query).mappings()]

    def of_conversation(self, conversation_id: str) -> Sequence[ScamReport]:
        """Newest first."""
        query = (
            select(scam_reports)
            .where(scam_reports.c.conversation_id == conversation_id)
            .order_by(scam_reports.c.at.desc(), scam_reports.c.id)
        )
        return [_report(row) for row in self._db.execute(query).mappings()]

    def list(self, *, after: ScamReport | None = None, limit: int = 50) -> list[ScamReport]:
        """Newest first, those that follow ``after`` in that order."""
        query = select(scam_reports).order_by(scam_reports.c.at.desc(), scam_reports.c.id).limit(limit)
        if after is not None:
            same = and_(scam_reports.c.at == after.at, scam_reports.c.id > after.id)
            query = query.where(or_(scam_reports.c.at < after.at, same))
        return [_report(row) for row in self._db.execute(query).mappings()]

    def delete_all(self) -> None:
        self._db.execute(delete(scam_reports))


def _values(report: ScamReport) -> dict[str, Any]:
    return {
        "conversation_id": report.conversation_id,
        "tactics": list(report.tactics),
        "contacts": list(report.contacts),
        "paid_fen": report.paid_fen,
        "at": report.at,
    }


def _report(row: RowMapping) -> ScamReport:
    return ScamReport(
        id=row["id"],
        conversation_id=row["conversation_id"],
        tactics=tuple(row["tactics"]),
        contacts=tuple(row["contacts"]),
        paid_fen=row["paid_fen"],
        at=row["at"],
    )
