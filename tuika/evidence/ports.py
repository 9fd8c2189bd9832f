"""Where evidence is kept: rows in the database, bytes in a store outside the web root."""

from __future__ import annotations

from typing import Protocol

from tuika.evidence.model import Blob, Evidence
from tuika.policy.model import EvidenceKind


class EvidenceRepository(Protocol):
    def add(self, evidence: Evidence) -> None: ...
    def get(self, evidence_id: str) -> Evidence | None: ...
    def of_conversation(self, conversation_id: str, *, unfiled_only: bool = False) -> list[Evidence]: ...
    def of_case(self, case_no: str) -> list[Evidence]: ...
    def attach(self, evidence_ids: tuple[str, ...], case_no: str) -> None: ...
    def set_kind(self, evidence_id: str, kind: EvidenceKind) -> None: ...


class Lookalikes(Protocol):
    """Finding evidence that looks the same."""

    def sharing_a_band(self, fingerprint: str, *, but: str) -> list[Evidence]:
        """Evidence of other conversations than ``but`` that may be alike."""
        ...


class BlobStore(Protocol):
    def put(self, blob: Blob) -> None:
        """Store by hash; the same content twice is stored once."""
        ...

    def drop(self, sha256: str) -> None: ...

    def read(self, sha256: str) -> bytes:
        """Raises NotFound."""
        ...


class PictureCheck(Protocol):
    def __call__(self, data: bytes) -> Blob:
        """Checked and re-encoded bytes. Raises Unsupported or TooLarge with a Chinese detail."""
        ...
