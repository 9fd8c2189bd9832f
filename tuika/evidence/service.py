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
from tuika.evidence.model import Blob, Evidence
from tuika.evidence.ports import BlobStore, EvidenceRepository, PictureCheck
from tuika.policy.model import EvidenceKind

CASES_PER_CONVERSATION = 5


class EvidenceUnit(Protocol):
    @property
    def evidence(self) -> EvidenceRepository: ...


class EvidenceService:
    def __init__(self, *, clock: Clock, store: BlobStore, check: PictureCheck, per_case: int) -> None:
        self._clock = clock
        self._store = store
        self._check = check
        self._per_case = per_case

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
            )
            uow.evidence.add(evidence)
        return _attachment(evidence)

    def read(self, uow: EvidenceUnit, *, conversation_id: str, evidence_id: str) -> tuple[Evidence, bytes]:
        """A piece of evidence with its bytes. Raises NotFound, also for another conversation's."""
        evidence = uow.evidence.get(evidence_id)
        if evidence is None or evidence.conversation_id != conversation_id:
            raise NotFound("没有这份材料")
        return evidence, self._store.read(evidence.sha256)

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
