"""The in-memory twin of every order adapter: for tests, and for a desk without a shop.

Invariants: passes the same contract test as the adapters (tests/contract/orders); holds what it was
given and never changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from tuika.orders.model import Order
from tuika.orders.references import normalise_reference
from tuika.shops.demo.values import Fixture
from tuika.shops.payments import payment_matches
from tuika.shops.proofs import ProofDigests

_DIGEST_SECRET = b"memory-orders-not-stored-anywhere"


class MemoryOrders:
    """An ``OrderGateway`` over a list of orders."""

    def __init__(
        self,
        orders: Iterable[Order],
        *,
        contacts: Mapping[str, str] | None = None,
        passwords: Mapping[str, str] | None = None,
    ) -> None:
        self._orders = tuple(orders)
        self._contacts = dict(contacts or {})
        self._passwords = dict(passwords or {})
        self._digests = ProofDigests(_DIGEST_SECRET)

    @classmethod
    def of(cls, fixture: Fixture) -> MemoryOrders:
        rows = fixture.orders
        return cls(
            [row.order for row in rows],
            contacts={row.order.order_no: row.contact for row in rows if row.contact},
            passwords={row.order.order_no: row.query_password for row in rows if row.query_password},
        )

    def find(self, reference: str, *, buyer_id: str | None = None) -> Order | None:
        wanted = normalise_reference(reference)
        return self._numbered(wanted) or self._serial(wanted)

    def of_buyer(self, buyer_id: str, *, limit: int = 5) -> list[Order]:
        mine = [order for order in self._orders if order.buyer_id == buyer_id]
        return sorted(mine, key=_age)[: max(limit, 0)]

    def proves(self, order_no: str, proof: str) -> bool:
        order = self._numbered(normalise_reference(order_no))
        number = order.order_no if order else ""
        contact = self._digests.contact(number, self._contacts.get(number, ""))
        password = self._digests.password(number, self._passwords.get(number, ""))
        return self._digests.proves(number, proof, contact=contact, password=password)

    def find_payment(self, *, serial: str, amount_fen: int | None, at: datetime | None) -> Order | None:
        wanted = normalise_reference(serial)
        for order in self._orders:
            if any(payment_matches(p, wanted, amount_fen=amount_fen, at=at) for p in order.payments):
                return order
        return None

    def _numbered(self, wanted: str) -> Order | None:
        return next((o for o in self._orders if normalise_reference(o.order_no) == wanted), None)

    def _serial(self, wanted: str) -> Order | None:
        if not wanted:
            return None
        return self.find_payment(serial=wanted, amount_fen=None, at=None)


def _age(order: Order) -> tuple[bool, float]:
    """Sorts the newest first and what has no time last; the sort is stable, so equals keep their order."""
    moment = order.created_at or order.paid_at
    return (moment is None, -moment.timestamp() if moment else 0.0)
