"""Collects what is wrong with a fixture, so that its writer hears of everything at once.

Invariants: each problem names key and line; the error lists them by line and shows at most ``SHOWN``.
"""

from __future__ import annotations

from dataclasses import dataclass

from tuika.errors import FixtureError

SHOWN = 20


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        where = f" {self.key}" if self.key else ""
        return f"第 {self.line} 行{where}：{self.message}"


class Problems:
    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, line: int, key: str, message: str) -> None:
        self._found.append(Problem(line, key, message))

    def raise_if_any(self) -> None:
        """Raises ``FixtureError``; ``data``: ``line`` and ``key`` of the first, all as ``problems`` (texts)."""
        if not self._found:
            return
        found = sorted(set(self._found))
        lines = [str(problem) for problem in found]
        rest = f"；另有 {len(lines) - SHOWN} 处" if len(lines) > SHOWN else ""
        detail = f"演示数据有 {len(lines)} 处错误：" + "；".join(lines[:SHOWN]) + rest
        raise FixtureError(detail, line=found[0].line, key=found[0].key, problems=lines)
