"""An ``OrderGateway`` over any shop that a :class:`Schema` describes.

Invariants: only SELECT is ever sent; a number is compared as a whole, by the database's index and then again here, since
a collation may take more for equal than it is; contacts and query password are compared as keyed digests in constant
time, also for an order that does not exist; the variant is looked up once, with the first question.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from time import perf_counter
from typing import Any

from sqlalchemy import ColumnElement, Row

from tuika.errors import ShopUnavailable
from tuika.orders.model import Order
from tuika.orders.references import MAX_REFERENCE, normalise_reference
from tuika.shops.payments import payment_matches
from tuika.shops.proofs import ProofDigests
from tuika.shops.report import Lookup, ShopReport
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.quoted import Quote, missing_index
from tuika.shops.sql.schema import Schema, Source

_MOST = 20  # rows that one number may have: a payment may have paid several orders
_SHOWN = 3
_NOBODYS = "TUIKA-DOCTOR-0"
_NO_BUYER = "2147483646"  # few shops have had so many


class SqlOrders:
    def __init__(
        self,
        database: ReadOnlyDatabase,
        detect: Callable[[ReadOnlyDatabase], Schema],
        *,
        ticks: Callable[[], float] = perf_counter,
    ) -> None:
        """``detect`` finds the variant; it raises ShopUnavailable for one that it does not know."""
        self._database = database
        self._detect = detect
        self._ticks = ticks
        self._digests = ProofDigests(secrets.token_bytes(32))
        self._nobodys = secrets.token_urlsafe(16)
        self._found: Schema | None = None
        self._once = threading.Lock()

    @property
    def schema(self) -> Schema:
        """Raises ShopUnavailable."""
        with self._once:
            if self._found is None:
                self._found = self._detect(self._database)
            return self._found

    def find(self, reference: str, *, buyer_id: str | None = None) -> Order | None:
        schema, names = self.schema, _spellings(reference)
        if not names:
            return None
        numbered = self.numbered([reference])
        if numbered:
            return numbered[0]
        part = schema.by_part(names) if schema.by_part is not None else None
        whole = self._read(schema.orders, part) if part is not None else []
        return whole[0] if whole else self.find_payment(serial=reference, amount_fen=None, at=None)

    def numbered(self, numbers: Sequence[str]) -> list[Order]:
        """The orders with these numbers, in their order; one that is not there is left out."""
        left = {normalise_reference(number): _spellings(number) for number in numbers}
        found: dict[str, Order] = {}
        for source in self.schema.sources:
            names = [name for wanted, spelled in left.items() if wanted not in found for name in spelled]
            if not names:
                break
            for order in self._read(
                source, source.number.in_(names), most=max(_MOST, len(names)), newest_first=False
            ):
                found.setdefault(normalise_reference(order.order_no), order)
        return [found[wanted] for wanted in left if wanted in found]

    def of_buyer(self, buyer_id: str, *, limit: int = 5) -> list[Order]:
        schema = self.schema
        mine = schema.by_buyer(buyer_id) if schema.by_buyer else None
        if mine is None or limit <= 0:
            return []
        return self._read(schema.orders, _both(mine, schema.listed), most=limit)

    def proves(self, order_no: str, proof: str) -> bool:
        row, wanted, read = self._proof_row(order_no), normalise_reference(order_no), self.schema.contacts
        if row is None:  # as much work as for an order that is there, over values that nobody knows
            contacts, password = [self._nobodys], self._nobodys
        else:
            _number, secret, *rest = tuple(row)
            contacts = list(read(row)) if read is not None else [str(each or "") for each in rest]
            password = str(secret or "")
        right = self._digests.proves_any(
            wanted,
            proof,
            contacts=[self._digests.contact(wanted, contact) for contact in contacts],
            password=self._digests.password(wanted, password),
        )
        return right and row is not None

    def find_payment(self, *, serial: str, amount_fen: int | None, at: datetime | None) -> Order | None:
        schema, names = self.schema, _spellings(serial)
        if not names or schema.by_serial is None:
            return None
        wanted = normalise_reference(serial)
        for order in self._read(schema.orders, schema.by_serial(names)):
            if any(payment_matches(p, wanted, amount_fen=amount_fen, at=at) for p in order.payments):
                return order
        return None

    def close(self) -> None:
        self._database.close()

    def report(self) -> ShopReport:
        """What the doctor tells. Raises ShopUnavailable."""
        schema, cannot = self.schema, []
        try:
            with self._database.read() as connection:
                counts = schema.count(connection)
        except ShopUnavailable as error:  # a big shop on a small machine: the rest is told all the same
            counts, cannot = {}, [f"各状态的订单数：{error.detail}"]
        return ShopReport(
            where=self._database.shown,
            variant=schema.variant,
            counts=counts,
            newest=tuple(self._read(schema.orders, schema.listed, most=_SHOWN)),
            lookups=tuple(self._lookups(schema)),
            knows=schema.knows,
            cannot=(*schema.cannot, *cannot),
        )

    def _lookups(self, schema: Schema) -> list[Lookup]:
        """How long it takes to find that nothing has a number."""
        told = []
        for quoted in schema.quoted:
            with self._database.read() as connection:
                missing = missing_index(connection, quoted)
            begun = self._ticks()
            try:
                self._look(quoted.how)
            except ShopUnavailable as error:
                told.append(Lookup(quoted.name, None, error.detail, mend=missing))
                continue
            took = (self._ticks() - begun) * 1000
            told.append(
                Lookup(quoted.name, took, f"没有索引，{quoted.unindexed}" if missing else "", mend=missing)
            )
        return told

    def _look(self, how: Quote) -> object:
        """For what is not there: the longest that such a look takes."""
        if how is Quote.NUMBER:
            return self.numbered([_NOBODYS])
        if how is Quote.PAYMENT:
            return self.find_payment(serial=_NOBODYS, amount_fen=None, at=None)
        return self.of_buyer(_NO_BUYER)

    def _proof_row(self, order_no: str) -> Row[Any] | None:
        names = _spellings(order_no)
        if not names:
            return None
        wanted = normalise_reference(order_no)
        for source in self.schema.sources:
            with self._database.read() as connection:
                rows = connection.execute(source.proofs.where(source.number.in_(names)).limit(_MOST)).all()
            for row in rows:
                if normalise_reference(str(row[0])) == wanted:
                    return row
        return None

    def _read(
        self,
        source: Source,
        condition: ColumnElement[bool] | None,
        *,
        most: int = _MOST,
        newest_first: bool = True,
    ) -> list[Order]:
        """``newest_first=False`` for what is one row: to sort would walk a table without an index backwards."""
        query = source.orders if condition is None else source.orders.where(condition)
        if newest_first:
            query = query.order_by(source.newest.desc())
        with self._database.read() as connection:
            rows = connection.execute(query.limit(most)).all()
            return self.schema.read(connection, rows) if rows else []


def _both(one: ColumnElement[bool], other: ColumnElement[bool] | None) -> ColumnElement[bool]:
    return one if other is None else one & other


def _spellings(reference: str) -> Sequence[str]:
    """How a number may stand in the table: upper, lower, as typed. None of ours is longer or not ASCII."""
    upper = normalise_reference(reference)
    if not upper or not upper.isascii() or len(upper) > MAX_REFERENCE:
        return ()
    typed = "".join(unicodedata.normalize("NFKC", reference).split())
    same = (typed,) if normalise_reference(typed) == upper and typed.isascii() else ()
    return tuple(dict.fromkeys((upper, upper.lower(), *same)))
