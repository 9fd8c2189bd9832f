"""Plain data that remembers the file and line it was written on.

Invariants: ``Table`` and ``Series`` behave as dict and list; each entry knows where it stands, so that an
error about any value inside can name its line; merging keeps the places.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(slots=True)
class Entries:
    """Collected while reading a mapping."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)


class Table(dict[str, Any]):
    """A mapping; ``places`` holds where each of its keys stands, ``place`` where it begins."""

    def __init__(self, entries: Entries, place: Place) -> None:
        super().__init__(entries.values)
        self.places = entries.places
        self.place = place

    def over(self, base: Table) -> Table:
        """This table laid over another: keys of both, this one's first."""
        merged = Entries({**base, **self}, {**base.places, **self.places})
        return Table(merged, self.place)

    def without(self, names: Iterable[str]) -> Table:
        gone = set(names)
        kept = Entries({k: v for k, v in self.items() if k not in gone}, dict(self.places))
        return Table(kept, self.place)


class Series(list[Any]):
    """A list; ``places`` holds where each item begins."""

    def __init__(self, items: list[Any], places: list[Place], place: Place) -> None:
        super().__init__(items)
        self.places = places
        self.place = place


def place_of(data: object, path: tuple[int | str, ...]) -> Place | None:
    """Where the value at ``path`` stands; the nearest known place above it when it is absent."""
    place = data.place if isinstance(data, Table | Series) else None
    for step in path:
        if isinstance(data, Table) and step in data:
            place = data.places.get(str(step), place)
            data = data[str(step)]
        elif isinstance(data, Series) and isinstance(step, int) and 0 <= step < len(data):
            place = data.places[step]
            data = data[step]
        else:
            break
    return place
