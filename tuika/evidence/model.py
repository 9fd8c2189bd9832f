"""A piece of evidence and the checks that a picture must pass.

Invariants: the media type comes from the bytes, never from the name or the header; what is stored was
re-encoded from the decoded pixels (a video: remuxed), so no metadata and no appended bytes survive; text is never
evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tuika.policy.model import EvidenceKind


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """What a case keeps of a piece of evidence."""

    id: str
    kind: EvidenceKind
    sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    id: str
    conversation_id: str
    kind: EvidenceKind
    media_type: str
    sha256: str
    size: int
    at: datetime
    case_no: str | None = None
    fingerprint: str | None = None
    still_sha256: str | None = None
    duration_ms: int | None = None

    @property
    def is_video(self) -> bool:
        return self.media_type.startswith("video/")

    @property
    def ref(self) -> EvidenceRef:
        return EvidenceRef(self.id, self.kind, self.sha256)


@dataclass(frozen=True, slots=True)
class Blob:
    """Checked bytes, ready to be stored. ``still``: what stands for a video where only pictures are shown."""

    data: bytes
    media_type: str
    sha256: str
    still: Blob | None = None
    duration_ms: int | None = None
