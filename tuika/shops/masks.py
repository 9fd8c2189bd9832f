"""How much of a card key people may see.

Invariants: at most the last four characters; nothing of a key shorter than eight; no key: no mask.
"""

from __future__ import annotations

SHORT_KEY = 8
_DOT = "•"


def mask_key(value: str) -> str:
    """``•••••••••••••••5678`` for ``ABCD-1234-EFGH-5678``; ``••••••`` for ``ABC123``."""
    if len(value) < SHORT_KEY:
        return _DOT * len(value)
    return _DOT * (len(value) - 4) + value[-4:]
