"""JSON into nodes with lines: the grammar of RFC 8259 over the standard library's string scanner.

Invariants: numbers keep their text; a key written twice is kept twice; what is not JSON raises
``Malformed`` with its line.
"""

from __future__ import annotations

import json
import re

from tuika.shops.demo.nodes import Budget, Entry, Malformed, Mapping, Node, Scalar, ScalarKind, Sequence

_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_DECODER = json.JSONDecoder()
_WORDS = (("null", ScalarKind.NULL), ("true", ScalarKind.BOOLEAN), ("false", ScalarKind.BOOLEAN))


def read_json(text: str) -> Node:
    """The one value in ``text``."""
    reader = _Reader(text)
    node = reader.value(0)
    if reader.peek():
        raise reader.wrong("结尾多出内容")
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._budget = Budget()

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        blank = _BLANK.match(self._text, self._at)
        if blank is not None:
            self._move(blank.end())
        return self._text[self._at : self._at + 1]

    def wrong(self, message: str) -> Malformed:
        return Malformed(self._line, f"不是合法的 JSON：{message}")

    def value(self, depth: int) -> Node:
        first = self.peek()
        self._budget.spend(line=self._line, depth=depth)
        if first == "{":
            return self._mapping(depth)
        if first == "[":
            return self._sequence(depth)
        if first == '"':
            line = self._line
            return Scalar(line, ScalarKind.TEXT, self._string())
        return self._plain()

    def _mapping(self, depth: int) -> Mapping:
        line = self._line
        entries: list[Entry] = []
        self._move(self._at + 1)
        while self.peek() != "}" or entries:
            if self.peek() != '"':
                raise self.wrong("这里应是带双引号的键")
            key_line, key = self._line, self._string()
            self._expect(":")
            entries.append(Entry(key_line, key, self.value(depth + 1)))
            if not self._more("}"):
                return Mapping(line, tuple(entries))
        self._move(self._at + 1)
        return Mapping(line, ())

    def _sequence(self, depth: int) -> Sequence:
        line = self._line
        items: list[Node] = []
        self._move(self._at + 1)
        while self.peek() != "]" or items:
            items.append(self.value(depth + 1))
            if not self._more("]"):
                return Sequence(line, tuple(items))
        self._move(self._at + 1)
        return Sequence(line, ())

    def _more(self, closing: str) -> bool:
        """Step over a comma (True) or the closing bracket (False)."""
        found = self.peek()
        if found not in (",", closing) or not found:
            raise self.wrong(f"这里应是逗号或 {closing}")
        self._move(self._at + 1)
        return found == ","

    def _expect(self, mark: str) -> None:
        if self.peek() != mark:
            raise self.wrong(f"这里应是 {mark}")
        self._move(self._at + 1)

    def _string(self) -> str:
        value: str
        try:
            value, end = _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise self.wrong(f"字符串有误（{error.msg}）") from None
        self._move(end)
        return value

    def _plain(self) -> Scalar:
        number = _NUMBER.match(self._text, self._at)
        if number is not None:
            whole = number.group(1) is None and number.group(2) is None
            self._move(number.end())
            return Scalar(
                self._line, ScalarKind.INTEGER if whole else ScalarKind.OTHER_NUMBER, number.group()
            )
        for word, kind in _WORDS:
            if self._text.startswith(word, self._at):
                self._move(self._at + len(word))
                return Scalar(self._line, kind, word)
        raise self.wrong("这里应是一个值")

    def _move(self, to: int) -> None:
        self._line += self._text.count("\n", self._at, to)
        self._at = to
