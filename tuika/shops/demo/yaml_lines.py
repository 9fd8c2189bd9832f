"""YAML or JSON text into nodes with lines.

Invariants: nothing in a document is executed or constructed; only scalars, lists and mappings with plain
keys exist. Built from parser events under a budget: PyYAML's own C composer recurses without a bound and
dies on deep nesting, and an alias counts as much as what it repeats. Text that begins with ``{`` is read
as JSON where it is JSON (JSON has escapes and tabs that YAML 1.1 reads otherwise), else as YAML.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from tuika.shops.demo.json_lines import read_json
from tuika.shops.demo.nodes import Budget, Entry, Malformed, Mapping, Node, Scalar, ScalarKind, Sequence

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PREFIX = "tag:yaml.org,2002:"
_KINDS = {
    "null": ScalarKind.NULL,
    "bool": ScalarKind.BOOLEAN,
    "int": ScalarKind.INTEGER,
    "float": ScalarKind.OTHER_NUMBER,
    "str": ScalarKind.TEXT,
    "timestamp": ScalarKind.TEXT,
    "value": ScalarKind.TEXT,
    "merge": ScalarKind.TEXT,
}


def read_document(text: str) -> Node:
    """Raises ``Malformed`` with the line where the text stops being a document."""
    body = text.removeprefix("\ufeff")
    if not body.lstrip().startswith("{"):
        return _read_yaml(body)
    try:
        return read_json(body)
    except Malformed as not_json:
        try:
            return _read_yaml(body)  # a flow mapping of YAML begins with a brace, too
        except Malformed:
            raise not_json from None


def _read_yaml(text: str) -> Node:
    try:
        return _Builder(yaml.parse(text, Loader=_LOADER)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        hint = f"不是合法的 YAML，请检查缩进、冒号和引号（{error.problem or error.context}）"
        raise Malformed(mark.line + 1 if mark else 1, hint) from None
    except yaml.reader.ReaderError as error:
        raise Malformed(text.count("\n", 0, max(error.position, 0)) + 1, "含有不允许的字符") from None
    except (yaml.YAMLError, UnicodeError):
        raise Malformed(1, "不是合法的 YAML") from None


class _Builder:
    """One pass over the parser's events."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events
        self._budget = Budget()
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._resolver: Any = yaml.resolver.Resolver()

    def document(self) -> Node:
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise Malformed(1, "内容是空的")
        root = self._node(next(self._events), 0)
        next(self._events)  # the document's end
        rest = next(self._events)
        if not isinstance(rest, yaml.StreamEndEvent):
            raise Malformed(_line(rest), "只能有一份文档")
        return root

    def _node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        before = self._budget.left
        self._budget.spend(line=_line(event), depth=depth)
        node = self._read(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, before - self._budget.left)
        return node

    def _alias(self, event: Any, depth: int) -> Node:
        known = self._anchors.get(event.anchor)
        if known is None:
            raise Malformed(_line(event), f"没有锚点 {event.anchor}")
        self._budget.spend(line=_line(event), depth=depth, count=known[1])
        return known[0]

    def _read(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(_line(event), self._kind(event), event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            items = tuple(self._node(inner, depth + 1) for inner in self._until(yaml.SequenceEndEvent))
            return Sequence(_line(event), items)
        entries = tuple(self._entry(key, depth + 1) for key in self._until(yaml.MappingEndEvent))
        return Mapping(_line(event), entries)

    def _until(self, end: type[Any]) -> Iterator[Any]:
        while not isinstance(event := next(self._events), end):
            yield event

    def _entry(self, key: Any, depth: int) -> Entry:
        if not isinstance(key, yaml.ScalarEvent):
            raise Malformed(_line(key), "键必须是文字")
        return Entry(_line(key), key.value, self._node(next(self._events), depth))

    def _kind(self, event: Any) -> ScalarKind:
        tag = event.tag
        if tag is None or tag == "!":
            tag = self._resolver.resolve(yaml.ScalarNode, event.value, event.implicit)
        kind = _KINDS.get(tag.removeprefix(_PREFIX))
        if kind is None:
            raise Malformed(_line(event), f"不支持的标签 {tag}")
        return kind


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1
