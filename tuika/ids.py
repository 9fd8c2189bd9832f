"""Identifiers are made in one place, so that tests can make them predictable.

Invariants: an id of :class:`RandomIds` cannot be guessed (at least 96 random bits), except case numbers,
which people read aloud and which open nothing by themselves.
"""

from __future__ import annotations

import re
import secrets
from typing import Protocol

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_WORDLIKE = re.compile(r"[A-Z]{3}")  # RFTMQQPWD would read as a word for a secret, and be sealed as one


class Ids(Protocol):
    def new(self, prefix: str) -> str:
        """A fresh id such as ``cv_x3…``."""
        ...

    def case_no(self) -> str:
        """A fresh case number such as ``RF7KQ2M9XD``: no 0/O or 1/I."""
        ...


class RandomIds:
    def new(self, prefix: str) -> str:
        return f"{prefix}_{secrets.token_hex(12)}"

    def case_no(self) -> str:
        while True:
            number = "".join(secrets.choice(_ALPHABET) for _ in range(8))
            if not _WORDLIKE.search(number):
                return f"RF{number}"


class SequentialIds:
    """For tests: ``cv_1``, ``cv_2`` … and ``RF00000001`` …"""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def _next(self, kind: str) -> int:
        self._last[kind] = self._last.get(kind, 0) + 1
        return self._last[kind]

    def new(self, prefix: str) -> str:
        return f"{prefix}_{self._next(prefix)}"

    def case_no(self) -> str:
        return f"RF{self._next('case'):08d}"
