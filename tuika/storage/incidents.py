"""Incidents in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from tuika.incidents.model import Incident, IncidentKind, IncidentState, Member
from tuika.storage.tables.incidents import incident_cases, incidents

_I, _M = incidents.c, incident_cases.c


class SqlIncidentRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, incident: Incident) -> bool:
        """False when one on the same subject is open already."""
        return self._inserted(insert(incidents).values(id=incident.id, **_values(incident)))

    def save(self, incident: Incident) -> None:
        self._db.execute(update(incidents).where(_I.id == incident.id).values(**_values(incident)))

    def get(self, incident_id: str, *, lock: bool = False) -> Incident | None:
        query = select(incidents).where(_I.id == incident_id)
        return self._first(query.with_for_update() if lock else query)

    def open_on(self, platform: str, kind: IncidentKind, subject: str) -> Incident | None:
        return self._first(
            select(incidents).where(
                _I.platform == platform,
                _I.kind == kind.value,
                _I.subject == subject,
                _I.state == IncidentState.OPEN.value,
            )
        )

    def all_open(self) -> list[Incident]:
        query = select(incidents).where(_I.state == IncidentState.OPEN.value)
        return [_incident(row) for row in self._db.execute(query).mappings()]

    def closed_since(self, since: datetime) -> list[Incident]:
        query = select(incidents).where(_I.state == IncidentState.CLOSED.value, _I.closed_at >= since)
        return [_incident(row) for row in self._db.execute(query.order_by(_I.closed_at)).mappings()]

    def join(self, incident_id: str, case_no: str, at: datetime) -> bool:
        known = select(_M.case_no).where(_M.incident_id == incident_id, _M.case_no == case_no)
        if self._db.execute(known).first() is not None:
            return False
        return self._inserted(
            insert(incident_cases).values(incident_id=incident_id, case_no=case_no, told=False, at=at)
        )

    def members(self, incident_id: str) -> list[Member]:
        query = (
            select(_M.case_no, _M.told, _M.at)
            .where(_M.incident_id == incident_id)
            .order_by(_M.at, _M.case_no)
        )
        return [Member(**row) for row in self._db.execute(query).mappings()]

    def mark_told(self, incident_id: str, case_nos: Sequence[str]) -> None:
        self._db.execute(
            update(incident_cases)
            .where(and_(_M.incident_id == incident_id, _M.case_no.in_(list(case_nos))))
            .values(told=True)
        )

    def of_case(self, case_no: str) -> list[Incident]:
        mine = select(_M.incident_id).where(_M.case_no == case_no)
        query = select(incidents).where(_I.id.in_(mine)).order_by(_I.opened_at.desc())
        return [_incident(row) for row in self._db.execute(query).mappings()]

    def _first(self, query: Any) -> Incident | None:
        row = self._db.execute(query).mappings().first()
        return _incident(row) if row else None

    def _inserted(self, statement: Any) -> bool:
        try:
            with self._db.begin_nested():
                self._db.execute(statement)
        except IntegrityError:
            return False
        return True

    def list(self, *, open_only: bool = False, limit: int = 100) -> list[Incident]:
        some = exists().where(_M.incident_id == _I.id)  # the demo may have taken all its cases away
        query = (
            select(incidents)
            .where(some)
            .order_by((_I.state != IncidentState.OPEN.value), _I.opened_at.desc(), _I.id)
        )
        if open_only:
            query = query.where(_I.state == IncidentState.OPEN.value)
        return [_incident(row) for row in self._db.execute(query.limit(limit)).mappings()]


def _values(incident: Incident) -> dict[str, Any]:
    return {
        "platform": incident.platform,
        "kind": incident.kind.value,
        "subject": incident.subject,
        "name": incident.name,
        "state": incident.state.value,
        "opened_at": incident.opened_at,
        "last_at": incident.last_at,
        "announcement": incident.announcement,
        "announced_at": incident.announced_at,
        "announced_by": incident.announced_by,
        "closed_at": incident.closed_at,
        "closed_by": incident.closed_by,
    }


def _incident(row: RowMapping) -> Incident:
    return Incident(
        **{**row, "kind": IncidentKind(row["kind"]), "state": IncidentState(row["state"])},
    )
