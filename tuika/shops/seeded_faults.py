"""A shop that breaks by the dice: errors, time-outs before and after the effect, answers that come late.

Invariants: the same seed rolls the same dice; a ``before`` fault leaves no effect behind, an ``after`` fault leaves
the whole effect committed. For crash tests and demonstrations; the ordinary shop has none of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from time import sleep

from tuika.errors import ShopUnavailable


@dataclass(frozen=True, slots=True)
class Rates:
    """How often each fault happens, of one; ``slowest``: seconds that a late answer takes at most."""

    down: float = 0.08
    lost_before: float = 0.06
    lost_after: float = 0.08
    late: float = 0.06
    slowest: float = 1.5


class SeededFaults:
    def __init__(
        self, seed: int, rates: Rates | None = None, *, pause: Callable[[float], None] = sleep
    ) -> None:
        self._dice = Random(seed)
        self._rates = rates or Rates()
        self._pause = pause

    def before(self, call: str, key: str) -> None:
        """Raises ShopUnavailable (an answered 500) or TimeoutError; nothing was done."""
        rolled = self._dice.random()
        if rolled < self._rates.down:
            raise ShopUnavailable(f"{call}: 500")
        if rolled < self._rates.down + self._rates.lost_before:
            raise TimeoutError(f"{call}: 请求没有送达")

    def after(self, call: str, key: str) -> None:
        """Raises TimeoutError although the effect stands, or answers late."""
        rolled = self._dice.random()
        if rolled < self._rates.late:
            self._pause(self._dice.uniform(0.05, self._rates.slowest))
        elif rolled < self._rates.late + self._rates.lost_after:
            raise TimeoutError(f"{call}: 回答没有送达")
