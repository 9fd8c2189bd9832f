"""Putting restored files in the place of the present ones.

Invariants: everything slow has been done before (a swap is renames, where all lies in one file system); whatever fails, what was
there is put back; what is replaced lies in a folder aside afterwards, nothing is deleted.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tuika.backup import sqlite


class Swap:
    """``aside``: where the present files go; made when the first one goes there."""

    def __init__(self, aside: Path) -> None:
        self.aside = aside
        self._undo: list[Callable[[], object]] = []

    def database(self, new: Path, place: Path) -> None:
        """Put a SQLite file into its place; its old log must not be read into the new file."""
        if place.exists():
            sqlite.settle(place)
        for suffix in ("-wal", "-shm", ""):
            old = place.with_name(place.name + suffix)
            if old.exists():
                self.away(old, Path("databases") / old.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        self._move(new, place)

    def file(self, new: Path, place: Path) -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        self._move(new, place)

    def away(self, old: Path, name: Path) -> None:
        """Put a present file aside."""
        target = self.aside / name
        target.parent.mkdir(parents=True, exist_ok=True)
        self._move(old, target)

    def undo(self) -> None:
        """Put everything back, the last move first."""
        while self._undo:
            self._undo.pop()()

    def _move(self, source: Path, target: Path) -> None:
        shutil.move(source, target)
        self._undo.append(lambda: shutil.move(target, source))
