"""An ``OrderGateway`` over any shop that a :class:`Schema` describes.

Invariants: only SELECT is ever sent; a number is compared as a whole, by the database's index and then again here, since
a collation may take more for equal than it is; contact and query password are compared as keyed digests in constant
time, also for an order that does not exist; the variant is looked up once, with the first question.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from tuika.orders.model import Order
from tuika.orders.references import MAX_REFERENCE, normalise_reference
from tuika.shops.payments import payment_matches
from tuika.shops.proofs import ProofDigests
from tuika.shops.report import ShopReport
from tuika.shops.sql.database import ReadOnlyDatabase
from tuika.shops.sql.schema import Schema

_MOST = 20  # rows that one number may have: a payment may have paid several orders
_SHOWN = 3


class SqlOrders:
    def __init__(self, database: ReadOnlyDatabase, detect: Callable[[ReadOnlyDatabase], Schema]) -> None:
        """``detect`` finds the variant; it raises ShopUnavailable for one that it does not know."""
        self._database = database
        self._detect = detect
        self._digests = ProofDigests(secrets.token_bytes(32))
        self._found: Schema | None = None
        self._once = threading.Lock()

    @property
    def schema(self) -> Schema:
        """Raises ShopUnavailable."""
        with self._once:
            if self._found is None:
                self._found = self._detect(self._database)
            return self._found

    def find(self, reference: str) -> Order | None:
        schema, names = self.schema, _spellings(reference)
        if not names:
            return None
        wanted = normalise_reference(reference)
        numbered = [o for o in self._read(schema.number.in_(names)) if _is(o.order_no, wanted)]
        return numbered[0] if numbered else self.find_payment(serial=reference, amount_fen=None, at=None)

    def of_buyer(self, buyer_id: str, *, limit: int = 5) -> list[Order]:
        schema = self.schema
        mine = schema.by_buyer(buyer_id) if schema.by_buyer else None
        return [] if mine is None or limit <= 0 else self._read(mine, most=limit)

    def proves(self, order_no: str, proof: str) -> bool:
        row, wanted = self._proof_row(order_no), normalise_reference(order_no)
        if row is None:
            return self._digests.proves("", proof, contact=None, password=None)
        _number, mail, secret = tuple(row)
        contact = self._digests.contact(wanted, str(mail or ""))
        password = self._digests.password(wanted, str(secret or ""))
        return self._digests.proves(wanted, proof, contact=contact, password=password)

    def find_payment(self, *, serial: str, amount_fen: int | None, at: datetime | None) -> Order | None:
        schema, names = self.schema, _spellings(serial)
        if not names or schema.by_serial is None:
            return None
        wanted = normalise_reference(serial)
        for order in self._read(schema.by_serial(names)):
            if any(payment_matches(p, wanted, amount_fen=amount_fen, at=at) for p in order.payments):
                return order
        return None

    def report(self) -> ShopReport:
        """What the doctor tells. Raises ShopUnavailable."""
        schema = self.schema
        state = schema.state.label("counted_state")
        counting = select(state, func.count()).select_from(*schema.orders.get_final_froms())
        if schema.orders.whereclause is not None:
            counting = counting.where(schema.orders.whereclause)
        with self._database.read() as connection:
            counted = connection.execute(counting.group_by(state)).all()
        counts: dict[str, int] = {}
        for code, count in counted:
            label = schema.states.get(str(code), f"未知状态 {code}")
            counts[label] = counts.get(label, 0) + int(count)
        return ShopReport(
            where=self._database.shown,
            variant=schema.variant,
            counts=counts,
            newest=tuple(self._read(None, most=_SHOWN)),
            knows=schema.knows,
            cannot=schema.cannot,
        )

    def _proof_row(self, order_no: str) -> Row[Any] | None:
        names = _spellings(order_no)
        if not names:
            return None
        schema, wanted = self.schema, normalise_reference(order_no)
        with self._database.read() as connection:
            rows = connection.execute(schema.proofs.where(schema.number.in_(names)).limit(_MOST)).all()
        return next((row for row in rows if _is(str(row[0]), wanted)), None)

    def _read(self, condition: ColumnElement[bool] | None, *, most: int = _MOST) -> list[Order]:
        schema = self.schema
        query = schema.orders if condition is None else schema.orders.where(condition)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(schema.newest.desc()).limit(most)).all()
            return schema.read(connection, rows) if rows else []


def _is(number: str, wanted: str) -> bool:
    return normalise_reference(number) == wanted


def _spellings(reference: str) -> Sequence[str]:
    """How a number may stand in the table: upper, lower, as typed. None of ours is longer or not ASCII."""
    upper = normalise_reference(reference)
    if not upper or not upper.isascii() or len(upper) > MAX_REFERENCE:
        return ()
    typed = "".join(unicodedata.normalize("NFKC", reference).split())
    same = (typed,) if normalise_reference(typed) == upper and typed.isascii() else ()
    return tuple(dict.fromkeys((upper, upper.lower(), *same)))
