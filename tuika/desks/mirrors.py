"""A handoff that is shown in another desk: where it is there, and how far it was told.

Invariants: a handoff has one mirror a desk; ``relayed_seq`` only grows; a closed mirror is never told again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mirror:
    """``status``: the other desk's word for it (``open``, ``pending``), ``closed`` when it is over."""

    desk: str
    handoff_id: str
    conversation_id: str
    remote_id: str
    relayed_seq: int
    status: str
    created_at: datetime


class MirrorRepository(Protocol):
    def add(self, mirror: Mirror) -> None: ...
    def get(self, desk: str, handoff_id: str) -> Mirror | None: ...
    def of_remote(self, desk: str, remote_id: str) -> Mirror | None: ...
    def open(self, desk: str) -> Sequence[Mirror]: ...
    def save(self, mirror: Mirror) -> None: ...
