"""Evidence rows in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, insert, or_, select, update

from tuika.evidence.likeness import bands
from tuika.evidence.model import Evidence
from tuika.policy.model import EvidenceKind
from tuika.storage.tables.evidence import evidence, evidence_bands

MOST_ALIKE = 500


class SqlEvidenceRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, item: Evidence) -> None:
        self._db.execute(
            insert(evidence).values(
                id=item.id,
                conversation_id=item.conversation_id,
                case_no=item.case_no,
                kind=item.kind.value,
                media_type=item.media_type,
                sha256=item.sha256,
                size=item.size,
                at=item.at,
                fingerprint=item.fingerprint,
                still_sha256=item.still_sha256,
                duration_ms=item.duration_ms,
            )
        )
        if item.fingerprint is not None:
            rows = [
                {"evidence_id": item.id, "band": band, "bits": bits}
                for band, bits in enumerate(bands(item.fingerprint))
            ]
            self._db.execute(insert(evidence_bands), rows)

    def sharing_a_band(self, fingerprint: str, *, but: str) -> list[Evidence]:
        same = or_(
            *(
                and_(evidence_bands.c.band == band, evidence_bands.c.bits == bits)
                for band, bits in enumerate(bands(fingerprint))
            )
        )
        ids = select(evidence_bands.c.evidence_id).where(same).distinct().limit(MOST_ALIKE)
        return self._list(evidence.c.id.in_(ids), evidence.c.conversation_id != but)

    def get(self, evidence_id: str) -> Evidence | None:
        found = self._list(evidence.c.id == evidence_id)
        return found[0] if found else None

    def of_conversation(self, conversation_id: str, *, unfiled_only: bool = False) -> list[Evidence]:
        conditions = [evidence.c.conversation_id == conversation_id]
        if unfiled_only:
            conditions.append(evidence.c.case_no.is_(None))
        return self._list(*conditions)

    def of_case(self, case_no: str) -> list[Evidence]:
        return self._list(evidence.c.case_no == case_no)

    def twins(self, hashes: Sequence[str], *, apart_from: str) -> dict[str, list[str]]:
        """Other conversations that hold a picture of the same bytes, by its hash."""
        same = evidence.c.sha256.in_(list(hashes))
        query = (
            select(evidence.c.sha256, evidence.c.conversation_id)
            .where(same, evidence.c.conversation_id != apart_from)
            .distinct()
        )
        found: dict[str, list[str]] = {}
        for sha256, conversation_id in self._db.execute(query):
            found.setdefault(sha256, []).append(conversation_id)
        return found

    def attach(self, evidence_ids: tuple[str, ...], case_no: str) -> None:
        self._db.execute(update(evidence).where(evidence.c.id.in_(evidence_ids)).values(case_no=case_no))

    def set_kind(self, evidence_id: str, kind: EvidenceKind) -> None:
        self._db.execute(update(evidence).where(evidence.c.id == evidence_id).values(kind=kind.value))

    def _list(self, *conditions: Any) -> list[Evidence]:
        query = select(evidence).where(*conditions).order_by(evidence.c.at, evidence.c.id)
        return [_evidence(row) for row in self._db.execute(query).mappings()]


def _evidence(row: RowMapping) -> Evidence:
    return Evidence(
        id=row["id"],
        conversation_id=row["conversation_id"],
        kind=EvidenceKind(row["kind"]),
        media_type=row["media_type"],
        sha256=row["sha256"],
        size=row["size"],
        at=row["at"],
        case_no=row["case_no"],
        fingerprint=row["fingerprint"],
        still_sha256=row["still_sha256"],
        duration_ms=row["duration_ms"],
    )
