"""The one door to a shop's orders.

Adapters live in ``tuika.shops``; every adapter and the in-memory twin pass the same contract test.
An adapter answers within 3 seconds or raises :class:`~tuika.errors.ShopUnavailable`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from tuika.orders.model import KeyCheck, Order


class OrderGateway(Protocol):
    """Read access to orders. Nothing here shows a secret or proves an identity by itself."""

    def find(self, reference: str, *, buyer_id: str | None = None) -> Order | None:
        """The order with this order number or payment serial (exact, case-insensitive), or None.

        ``buyer_id``: who asks, where he is known. It proves nothing; some shops show an order to its buyer alone.
        """
        ...

    def of_buyer(self, buyer_id: str, *, limit: int = 5) -> list[Order]:
        """The buyer's newest orders first, at most ``limit``."""
        ...

    def proves(self, order_no: str, proof: str) -> bool:
        """Whether ``proof`` equals the order's contact or query password (compared in constant time)."""
        ...

    def find_payment(self, *, serial: str, amount_fen: int | None, at: datetime | None) -> Order | None:
        """The order whose payment record has this serial and, where given, amount and time (±15 min)."""
        ...


@dataclass(frozen=True, slots=True)
class KeyVerdict:
    """What the issuer's check says of one delivered key, now."""

    check: KeyCheck
    used_at: datetime | None = None


@runtime_checkable
class KeyChecks(Protocol):
    """What a shop may offer besides: the issuer's check of a delivered key, asked when a claim needs it."""

    def check_key(self, order_no: str, position: int) -> KeyVerdict | None:
        """None: there is no such key, or the shop cannot ask. Raises ShopUnavailable."""
        ...


type OrderGateways = Mapping[str, OrderGateway]
"""The shop of each platform, by the platform's name. A name that is not there raises ``ShopUnavailable``."""
