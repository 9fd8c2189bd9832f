"""The demo shop as an ``OrderGateway``.

Invariants: reads only; nothing it answers holds a secret; a reference is compared as a whole, never as a
pattern.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from tuika.orders.model import Order
from tuika.orders.references import normalise_reference
from tuika.shops.demo import queries, tables
from tuika.shops.demo.store import DemoStore
from tuika.shops.payments import payment_matches


class DemoOrders:
    def __init__(self, store: DemoStore) -> None:
        self._store = store

    def find(self, reference: str, *, buyer_id: str | None = None) -> Order | None:
        """By order number, else by payment serial."""
        wanted = normalise_reference(reference)
        numbered = self._store.read_orders(queries.BY_REFERENCE, of_reference=wanted)
        return numbered[0] if numbered else self._paid_with(wanted)

    def of_buyer(self, buyer_id: str, *, limit: int = 5) -> list[Order]:
        return self._store.read_orders(queries.NEWEST_OF_BUYER, of_buyer=buyer_id, most=max(limit, 0))

    def proves(self, order_no: str, proof: str) -> bool:
        table = tables.orders
        wanted = select(table.c.order_no, table.c.contact_digest, table.c.password_digest)
        with self._store.database.read() as connection:
            row = connection.execute(wanted.where(table.c.reference == normalise_reference(order_no))).first()
        digests = self._store.digests
        if row is None:
            return digests.proves("", proof, contact=None, password=None)
        return digests.proves(row.order_no, proof, contact=row.contact_digest, password=row.password_digest)

    def find_payment(self, *, serial: str, amount_fen: int | None, at: datetime | None) -> Order | None:
        wanted = normalise_reference(serial)
        for order in self._with_serial(wanted):
            if any(payment_matches(p, wanted, amount_fen=amount_fen, at=at) for p in order.payments):
                return order
        return None

    def _paid_with(self, wanted: str) -> Order | None:
        found = self._with_serial(wanted)
        return found[0] if found else None

    def _with_serial(self, wanted: str) -> list[Order]:
        return self._store.read_orders(queries.BY_PAYMENT, of_reference=wanted)
