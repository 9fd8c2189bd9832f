"""What ``tuika shop doctor`` learns of a shop.

Invariant: nothing in it is a secret: the address is without its password, and an order never holds a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from tuika.orders.model import Order


@dataclass(frozen=True, slots=True)
class Lookup:
    """A number that orders are looked up by: ``ms`` that a look took (None: it did not end), and what is wrong with it, if
    anything; ``mend``: the statement that the operator may run himself.
    """

    name: str
    ms: float | None
    problem: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True)
class ShopReport:
    """``counts``: orders by the shop's own states; ``knows``, ``cannot``: what can be told there, in Chinese."""

    where: str
    variant: str
    counts: Mapping[str, int]
    newest: tuple[Order, ...]
    lookups: tuple[Lookup, ...] = ()
    knows: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()


@runtime_checkable
class Reports(Protocol):
    """An adapter that can be asked how it is connected."""

    def report(self) -> ShopReport:
        """Raises ShopUnavailable."""
        ...
