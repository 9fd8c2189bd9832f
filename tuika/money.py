"""Money is an integer count of fen (1/100 yuan), never a float.

Invariants: a ``Money`` is immutable, comparable with its own kind only, and may be negative (a
correction), never fractional. Division does not exist; shares are taken with :meth:`Money.share`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount in fen."""

    fen: int

    def __post_init__(self) -> None:
        if isinstance(self.fen, bool) or not isinstance(self.fen, int):
            raise TypeError("Money takes an integer number of fen")

    @classmethod
    def from_yuan(cls, text: str) -> Money:
        """Parse a decimal string of yuan such as ``98``, ``98.5`` or ``98.00``.

        Raises ``ValueError`` when the text is no number or has more than two decimals.
        """
        try:
            fen = Decimal(text.strip()) * 100
        except InvalidOperation:
            raise ValueError(f"not an amount of yuan: {text!r}") from None
        if not fen.is_finite() or fen != fen.to_integral_value():
            raise ValueError(f"not a whole number of fen: {text!r}")
        return cls(int(fen))

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - other.fen)

    def __bool__(self) -> bool:
        return self.fen != 0

    def share(self, part: int, whole: int) -> Money:
        """``part/whole`` of the amount, rounded down to the fen; ``part == whole`` gives all of it."""
        if whole <= 0 or not 0 <= part <= whole:
            raise ValueError("a share needs 0 <= part <= whole and whole > 0")
        return Money(self.fen * part // whole)

    @property
    def yuan(self) -> str:
        """``98.00``: always two decimals."""
        sign = "-" if self.fen < 0 else ""
        return f"{sign}{abs(self.fen) // 100}.{abs(self.fen) % 100:02d}"

    def __str__(self) -> str:
        return f"{self.yuan} 元"


ZERO = Money(0)
