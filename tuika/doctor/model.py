"""A finding, and the sections that findings come in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """``FAIL``: something does not work; ``WARN``: it will not for long, or not for everybody; ``NOTE``: worth knowing."""

    OK = "ok"
    NOTE = "note"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """``hint``: what to do about it."""

    level: Level
    what: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    look: Callable[[], Iterable[Finding]]


def ok(what: str) -> Finding:
    return Finding(Level.OK, what)


def note(what: str, hint: str = "") -> Finding:
    return Finding(Level.NOTE, what, hint)


def warn(what: str, hint: str) -> Finding:
    return Finding(Level.WARN, what, hint)


def fail(what: str, hint: str) -> Finding:
    return Finding(Level.FAIL, what, hint)
