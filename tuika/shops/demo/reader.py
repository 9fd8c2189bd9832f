"""Typed reading of a mapping's keys; every problem is collected with its key and line.

Invariants: reading never raises; a bad value is reported once and a harmless stand-in is returned, which
nobody sees because the collected problems are raised in the end. An explicit null reads as nothing
given; :meth:`Section.written` tells a written key from one left out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from tuika.shops.demo.nodes import Entry, Mapping, Node, Scalar, ScalarKind, Sequence
from tuika.shops.demo.offsets import parse_duration, parse_moment
from tuika.shops.demo.problems import Problems

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_TRUE, _FALSE = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})
MAX_FEN = 100_000_000_00
MAX_TEXT = 500


class Section:
    """A mapping at ``path`` whose keys are ``allowed``; others are reported at once."""

    def __init__(
        self, mapping: Mapping, path: str, *, allowed: tuple[str, ...], problems: Problems, now: datetime
    ) -> None:
        self.line = mapping.line
        self.path = path
        self.now = now
        self.problems = problems
        self._entries: dict[str, Entry] = {}
        for entry in mapping.entries:
            self._take(entry, allowed)

    def _take(self, entry: Entry, allowed: tuple[str, ...]) -> None:
        if entry.key not in allowed:
            near = difflib.get_close_matches(entry.key, allowed, n=1)
            hint = f"，是不是 {near[0]}？" if near else f"，可用的有 {'、'.join(allowed)}"
            self.problems.add(entry.line, self.name(entry.key), f"不认识的键{hint}")
        elif entry.key in self._entries:
            self.problems.add(entry.line, self.name(entry.key), "写了两次")
        else:
            self._entries[entry.key] = entry

    def name(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def line_of(self, key: str) -> int:
        return self._entries[key].line if key in self._entries else self.line

    def report(self, key: str, message: str) -> None:
        self.problems.add(self.line_of(key), self.name(key), message)

    def written(self, key: str) -> bool:
        """Whether the key is there at all, null included."""
        return key in self._entries

    def node(self, key: str) -> Node | None:
        """The value of a key; None where it is left out or null."""
        entry = self._entries.get(key)
        if entry is None or (isinstance(entry.value, Scalar) and entry.value.kind is ScalarKind.NULL):
            return None
        return entry.value

    def require(self, *keys: str) -> None:
        for key in keys:
            if self.node(key) is None:
                self.report(key, "必须填写")

    def needed(self, key: str) -> str:
        """Text that must be there; empty where it was reported as missing."""
        value = self.text(key)
        if value is None and not self._reported(key):
            self.report(key, "必须填写")
        return value or ""

    def text(self, key: str, *, limit: int = MAX_TEXT) -> str | None:
        """Text as written (numbers too, digit for digit), without outer blanks; blank counts as nothing."""
        scalar = self._scalar(key, "应是文字")
        value = scalar.text.strip() if scalar else ""
        if len(value) > limit:
            self.report(key, f"太长，最多 {limit} 个字")
        if any(ord(c) < 32 and c not in "\n\t" for c in value) or not value.isascii() and _unpaired(value):
            self.report(key, "含有不允许的字符")
            return None
        return value or None

    def whole(self, key: str, *, least: int = 0, most: int = MAX_FEN, unit: str = "") -> int | None:
        scalar = self._scalar(key, f"应是整数{unit}")
        if scalar is None:
            return None
        if (
            scalar.kind is not ScalarKind.INTEGER
            or not _WHOLE.fullmatch(scalar.text)
            or len(scalar.text) > 15
        ):
            self.report(key, f"应是整数{unit}，不是“{_short(scalar.text)}”")
            return None
        value = int(scalar.text)
        if not least <= value <= most:
            self.report(key, f"应在 {least} 到 {most} 之间")
            return None
        return value

    def fen(self, key: str) -> int | None:
        return self.whole(key, unit="（单位：分）")

    def flag(self, key: str) -> bool | None:
        scalar = self._scalar(key, "应是 true 或 false")
        if scalar is None:
            return None
        word = scalar.text.lower()
        if scalar.kind is not ScalarKind.BOOLEAN or word not in _TRUE | _FALSE:
            self.report(key, f"应是 true 或 false，不是“{_short(scalar.text)}”")
            return None
        return word in _TRUE

    def choice[E: StrEnum](self, key: str, kind: type[E]) -> E | None:
        scalar = self._scalar(key, f"应是 {_names(kind)} 之一")
        if scalar is None:
            return None
        try:
            return kind(scalar.text)
        except ValueError:
            self.report(key, f"应是 {_names(kind)} 之一，不是“{_short(scalar.text)}”")
            return None

    def moment(self, key: str) -> datetime | None:
        return self._parsed(key, lambda text: parse_moment(text, now=self.now))

    def duration(self, key: str) -> timedelta | None:
        return self._parsed(key, parse_duration)

    def section(self, key: str, *, allowed: tuple[str, ...]) -> Section | None:
        node = self.node(key)
        if node is None:
            return None
        return self.child(node, self.name(key), line=self.line_of(key), allowed=allowed)

    def child(self, node: Node, path: str, *, line: int, allowed: tuple[str, ...]) -> Section | None:
        """A mapping below this one, in whatever place; anything else is reported."""
        if not isinstance(node, Mapping):
            self.problems.add(line, path, "应是一组键值")
            return None
        return Section(node, path, allowed=allowed, problems=self.problems, now=self.now)

    def items(self, key: str) -> tuple[tuple[str, Node], ...]:
        """The items of a list with their paths; empty where left out."""
        node = self.node(key)
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            self.report(key, "应是列表")
            return ()
        return tuple((f"{self.name(key)}[{i}]", item) for i, item in enumerate(node.items))

    def sections(self, key: str, *, allowed: tuple[str, ...]) -> tuple[Section, ...]:
        found = (self.child(n, path, line=n.line, allowed=allowed) for path, n in self.items(key))
        return tuple(section for section in found if section is not None)

    def _reported(self, key: str) -> bool:
        node = self.node(key)
        return node is not None and not (isinstance(node, Scalar) and not node.text.strip())

    def _scalar(self, key: str, expected: str) -> Scalar | None:
        node = self.node(key)
        if node is None or isinstance(node, Scalar):
            return node
        self.report(key, expected)
        return None

    def _parsed[T](self, key: str, parse: Callable[[str], T]) -> T | None:
        scalar = self._scalar(key, "应是时间")
        if scalar is None:
            return None
        try:
            return parse(scalar.text)
        except ValueError as error:
            self.report(key, f"{error}，不是“{_short(scalar.text)}”")
            return None


def _names(kind: type[StrEnum]) -> str:
    return " | ".join(member.value for member in kind)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


def _unpaired(text: str) -> bool:
    """Half of a surrogate pair cannot be stored or sent."""
    return any(0xD800 <= ord(c) <= 0xDFFF for c in text)
