"""A buyer's rights over his data, and the end of each class of data.

Invariants: a copy holds everything about him but other people's and sealed values; an erasure is refused, with the
reason, while one of his cases is open; transactions stay as long as the law keeps them, without his words; each act is
in the audit log by number, not by content. Bytes are deleted only after the rows that named them are gone for good.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from tuika.audit.events import AuditEventType
from tuika.clock import Clock
from tuika.errors import Conflict, NotFound
from tuika.evidence.ports import BlobStore

BATCH = 200


class Days(Protocol):
    """``settings.Retention``."""

    @property
    def messages(self) -> int: ...
    @property
    def unfiled_evidence(self) -> int: ...
    @property
    def cases(self) -> int: ...
    @property
    def sightings(self) -> int: ...
    @property
    def locks(self) -> int: ...


class Trackers(Protocol):
    """What the dialogue engine remembers of conversations."""

    def forget(self, conversation_ids: Sequence[str]) -> None: ...
    def forget_old(self, now: datetime) -> None: ...


class Privacy:
    def __init__(
        self,
        *,
        clock: Clock,
        units: Callable[[], AbstractContextManager[Any]],
        store: BlobStore,
        days: Days,
        trackers: Trackers,
    ) -> None:
        self._clock = clock
        self._units = units
        self._store = store
        self._days = days
        self._trackers = trackers

    def export(self, platform: str, buyer_id: str, target: Path) -> dict[str, int]:
        """Write a ZIP (data.json, evidence/…); rows by table. Raises NotFound for a buyer without data."""
        with self._units() as uow:
            rows: dict[str, list[dict[str, Any]]] = uow.personal.rows(platform, buyer_id)
            if not rows:
                raise NotFound(f"没有买家 {buyer_id}（平台 {platform}）的数据")
            counts = {name: len(found) for name, found in rows.items()}
            self._record(uow, AuditEventType.BUYER_EXPORTED, buyer_id, {"rows": sum(counts.values())})
        document = {"platform": platform, "buyer_id": buyer_id, "made_at": self._clock.now(), "tables": rows}
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.json", json.dumps(document, ensure_ascii=False, indent=1, default=_plain))
            for item in rows.get("evidence", []):
                archive.writestr(f"evidence/{item['id']}", self._store.read(item["sha256"]))
        return counts

    def erase(self, platform: str, buyer_id: str) -> dict[str, int]:
        """Erase what no law keeps. Raises Conflict while a case is open, NotFound for nobody."""
        with self._units() as uow:
            waiting = uow.personal.cases_of(platform, buyer_id, open_only=True)
            if waiting:
                raise Conflict(f"还有未办结的申请（{'、'.join(waiting)}），办结或撤销之后才能删除")
            talks = uow.personal.conversations_of(platform, buyer_id)
            cases = uow.personal.cases_of(platform, buyer_id)
            if not talks and not cases:
                raise NotFound(f"没有买家 {buyer_id}（平台 {platform}）的数据")
            files = uow.personal.blank(talks)
            uow.personal.blank_cases(cases, wholly=False)
            uow.personal.forget_codes(platform, buyer_id)
            uow.personal.forget_reporter(f"buyer:{platform}:{buyer_id}")
            done = {"conversations": len(talks), "files": len(files), "cases_kept": len(cases)}
            self._record(uow, AuditEventType.BUYER_ERASED, buyer_id, done)
            self._trackers.forget(
                talks
            )  # before the commit: where it cannot be done, nothing is called erased
        self._drop(files)
        return done

    def expire(self) -> int:
        """Erase what is past its time, a batch of each class; how much there was. For the worker."""
        now, days = self._clock.now(), self._days
        with self._units() as uow:
            talks = uow.personal.old_conversations(now - timedelta(days=days.messages), BATCH)
            cases = uow.personal.old_cases(now - timedelta(days=days.cases), BATCH)
            files = uow.personal.blank(talks) | uow.personal.drop_evidence_of(cases)
            uow.personal.blank_cases(cases, wholly=True)
            loose, rows = uow.personal.drop_old(
                unfiled=now - timedelta(days=days.unfiled_evidence),
                locked=now - timedelta(days=days.locks),
                sighted=now - timedelta(days=days.sightings),
            )
            rows += uow.vault.purge(now)
            count: int = len(talks) + len(cases) + len(loose) + rows
            if count:
                detail = {"conversations": len(talks), "cases": len(cases), "rows": rows}
                self._record(uow, AuditEventType.ROWS_EXPIRED, "", detail)
        self._drop(files | loose)
        self._trackers.forget(talks)
        self._trackers.forget_old(now)
        return count

    def _drop(self, files: set[str]) -> None:
        for each in files:
            self._store.drop(each)

    def _record(self, uow: Any, event: AuditEventType, buyer_id: str, detail: dict[str, int]) -> None:
        subject = f"buyer:{buyer_id}" if buyer_id else "retention"
        uow.audit.append(type=event, actor="system", subject=subject, detail=detail, at=self._clock.now())


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
