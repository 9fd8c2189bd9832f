"""A fault injector that ships with the product: crash tests and demonstrations of bad neighbours.

Invariants: a scripted fault fires the given number of times and is then spent; a ``before`` fault leaves
no effect behind, an ``after`` fault leaves the whole effect committed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Moment = Literal["before", "after"]


@dataclass(slots=True)
class _Scripted:
    call: str
    when: Moment
    error: Exception
    left: int


@dataclass(slots=True)
class ScriptedFaults:
    """``faults.fail("pay", when="after")`` makes the next ``pay`` time out after it took effect."""

    heard: list[tuple[str, str, str]] = field(default_factory=list)
    _script: list[_Scripted] = field(default_factory=list)

    def fail(
        self, call: str, *, when: Moment = "before", error: Exception | None = None, times: int = 1
    ) -> None:
        """Make the next ``times`` calls of ``call`` raise ``error`` (a ``TimeoutError`` unless given)."""
        self._script.append(_Scripted(call, when, error or TimeoutError(f"{call}: {when}"), times))

    def before(self, call: str, key: str) -> None:
        self._fire(call, key, "before")

    def after(self, call: str, key: str) -> None:
        self._fire(call, key, "after")

    def _fire(self, call: str, key: str, when: Moment) -> None:
        self.heard.append((call, when, key))
        for scripted in self._script:
            if scripted.left and (scripted.call, scripted.when) == (call, when):
                scripted.left -= 1
                raise scripted.error


class NoFaults:
    """The usual case."""

    def before(self, call: str, key: str) -> None:
        return None

    def after(self, call: str, key: str) -> None:
        return None
