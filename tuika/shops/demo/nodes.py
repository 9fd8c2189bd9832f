"""A parsed document that still knows its lines.

Invariants: nodes are frozen; scalars keep their text exactly as written (an unquoted 18-digit number or a
leading zero survives); a document has at most ``MAX_NODES`` nodes and ``MAX_DEPTH`` levels, so no alias
or nesting trick can blow it up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MAX_NODES = 200_000
MAX_DEPTH = 20


class ScalarKind(StrEnum):
    NULL = "null"
    BOOLEAN = "bool"
    INTEGER = "int"
    OTHER_NUMBER = "float"
    TEXT = "str"


@dataclass(frozen=True, slots=True)
class Scalar:
    line: int
    kind: ScalarKind
    text: str


@dataclass(frozen=True, slots=True)
class Sequence:
    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    line: int
    key: str
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Entries in order; a key written twice is kept twice, for the reader to report."""

    line: int
    entries: tuple[Entry, ...]


Node = Scalar | Sequence | Mapping


class Malformed(Exception):
    """The text is no document: one line, one Chinese sentence."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class Budget:
    """Counts nodes and levels while a document is built."""

    def __init__(self) -> None:
        self._left = MAX_NODES

    @property
    def left(self) -> int:
        return self._left

    def spend(self, *, line: int, depth: int, count: int = 1) -> None:
        self._left -= count
        if self._left < 0:
            raise Malformed(line, f"内容太多（超过 {MAX_NODES} 个值）")
        if depth > MAX_DEPTH:
            raise Malformed(line, f"嵌套太深（超过 {MAX_DEPTH} 层）")
