"""Taking an upload in.

Invariants: bytes are checked and stored before the row, outside any transaction, so a row never lacks its
bytes; one ``client_id`` of a conversation is one piece of evidence, however often it is sent; nobody reads
another conversation's evidence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from tuika.clock import Clock
from tuika.conversations.model import Attachment
from tuika.errors import Conflict, NotFound
from tuika.evidence.likeness import alike, tells
from tuika.evidence.model import Blob, Evidence
from tuika.evidence.ports import BlobStore, EvidenceRepository, PictureCheck
from tuika.evidence.readings import Reading, ReadingState
from tuika.policy.model import EvidenceKind

CASES_PER_CONVERSATION = 5


class EvidenceUnit(Protocol):
    @property
    def evidence(self) -> EvidenceRepository: ...


class EvidenceService:
    def __init__(
        self,
        *,
        clock: Clock,
        store: BlobStore,
        check: PictureCheck,
        per_case: int,
        look: Callable[[bytes], str] | None = None,
        reads: bool = False,
        wake: Callable[[], object] = lambda: None,
    ) -> None:
        """``look`` gives a picture's fingerprint; ``reads``: whether a worker reads the text in pictures; ``wake`` tells
        it of a new one and may be lost."""
        self._clock = clock
        self._store = store
        self._check = check
        self._per_case = per_case
        self._look = look
        self._reads = reads
        self._wake = wake

    def accept(
        self,
        units: Callable[[], AbstractContextManager[Any]],
        *,
        conversation_id: str,
        client_id: str,
        data: bytes,
        kind: EvidenceKind | None,
        asked: str | None = None,
    ) -> Attachment:
        """Keep an upload in a transaction of its own; ``kind`` None: what was last ``asked`` for.

        Raises Unsupported, TooLarge, and Conflict for a full conversation or a ``client_id`` used otherwise.
        """
        blob = self._check(data)
        self._store.put(blob)
        if blob.still is not None:
            self._store.put(blob.still)
        evidence_id = _id(conversation_id, client_id)
        with units() as uow:
            known: Evidence | None = uow.evidence.get(evidence_id)
            if known is not None:
                return _same(known, blob, kind)
            self._check_room(uow, conversation_id)
            evidence = Evidence(
                id=evidence_id,
                conversation_id=conversation_id,
                kind=kind or _asked(asked),
                media_type=blob.media_type,
                sha256=blob.sha256,
                size=len(blob.data),
                at=self._clock.now(),
                fingerprint=self._look((blob.still or blob).data) if self._look else None,
                still_sha256=blob.still.sha256 if blob.still else None,
                duration_ms=blob.duration_ms,
            )
            uow.evidence.add(evidence)
            if self._reads:
                uow.readings.add(Reading(evidence_id, ReadingState.WAITING, evidence.at))
                uow.after_commit(self._wake)
        return _attachment(evidence)

    def read(self, uow: EvidenceUnit, *, conversation_id: str, evidence_id: str) -> tuple[Evidence, bytes]:
        """A piece of evidence with its bytes. Raises NotFound, also for another conversation's."""
        evidence = uow.evidence.get(evidence_id)
        if evidence is None or evidence.conversation_id != conversation_id:
            raise NotFound("没有这份材料")
        return evidence, self._store.read(evidence.sha256)

    def twins(self, uow: Any, evidence: Evidence) -> list[Evidence]:
        """The same screenshot in other conversations: same bytes, or alike to the eye."""
        if evidence.fingerprint is None or not tells(evidence.fingerprint):
            return []
        near: list[Evidence] = uow.evidence.sharing_a_band(evidence.fingerprint, but=evidence.conversation_id)
        return [e for e in near if e.fingerprint and alike(evidence.fingerprint, e.fingerprint)]

    def bytes_of(self, sha256: str) -> bytes:
        """Stored bytes by their hash, for a caller who has checked who is asking. Raises NotFound."""
        return self._store.read(sha256)

    def _check_room(self, uow: EvidenceUnit, conversation_id: str) -> None:
        kept = uow.evidence.of_conversation(conversation_id)
        unfiled = sum(1 for each in kept if each.case_no is None)
        if unfiled >= self._per_case or len(kept) >= self._per_case * CASES_PER_CONVERSATION:
            raise Conflict(
                f"材料已经很多了（一次申请最多 {self._per_case} 份），这一份没有收下；还有要补充的请转人工"
            )


def _id(conversation_id: str, client_id: str) -> str:
    digest = hashlib.sha256(f"{conversation_id}\x1f{client_id}".encode()).hexdigest()
    return f"ev_{digest[:24]}"


def _same(known: Evidence, blob: Blob, kind: EvidenceKind | None) -> Attachment:
    if known.sha256 != blob.sha256 or (kind is not None and kind is not known.kind):
        raise Conflict("同一个 client_id 已用于另一份材料，请换一个新的 client_id 再上传")
    return _attachment(known)


def _asked(asked: str | None) -> EvidenceKind:
    return EvidenceKind(asked) if asked in set(EvidenceKind) else EvidenceKind.OTHER


def _attachment(evidence: Evidence) -> Attachment:
    return Attachment(evidence.id, evidence.media_type, evidence.sha256, evidence.kind.value)
