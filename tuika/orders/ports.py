"""The one door to a shop's orders.

Adapters live in ``tuika.shops``; every adapter and the in-memory twin pass the same contract test.
An adapter answers within 3 seconds or raises :class:`~tuika.errors.ShopUnavailable`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from tuika.orders.model import Order


class OrderGateway(Protocol):
    """Read access to orders. Nothing here shows a secret or proves an identity by itself."""

    def find(self, reference: str) -> Order | None:
        """The order with this order number or payment serial (exact, case-insensitive), or None."""
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


type OrderGateways = Mapping[str, OrderGateway]
"""The shop of each platform, by the platform's name. A name that is not there raises ``ShopUnavailable``."""
