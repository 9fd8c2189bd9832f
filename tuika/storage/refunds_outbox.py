"""Calls to the shop and offers in SQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from tuika.money import Money
from tuika.refunds.offers import Offer, OfferKind, OfferState
from tuika.refunds.outbox import Operation, OpKind, OpState
from tuika.storage.tables.refunds import offers, outbox


class SqlOutboxRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, operation: Operation) -> None:
        self._db.execute(insert(outbox).values(id=operation.id, **_operation_values(operation)))

    def get(self, operation_id: str, *, lock: bool = False) -> Operation | None:
        return self._one(outbox.c.id == operation_id, lock=lock)

    def by_key(self, key: str, *, lock: bool = False) -> Operation | None:
        return self._one(outbox.c.key == key, lock=lock)

    def save(self, operation: Operation) -> None:
        values = _operation_values(operation)
        self._db.execute(update(outbox).where(outbox.c.id == operation.id).values(**values))

    def delete_all(self) -> None:
        self._db.execute(delete(outbox))

    def _one(self, condition: Any, *, lock: bool) -> Operation | None:
        query = select(outbox).where(condition)
        row = self._db.execute(query.with_for_update() if lock else query).mappings().first()
        return _operation(row) if row else None


class SqlOfferRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, offer: Offer) -> None:
        self._db.execute(insert(offers).values(id=offer.id, **_offer_values(offer)))

    def save(self, offer: Offer) -> None:
        self._db.execute(update(offers).where(offers.c.id == offer.id).values(**_offer_values(offer)))

    def last(self, case_no: str, *states: OfferState) -> Offer | None:
        query = select(offers).where(offers.c.case_no == case_no).order_by(offers.c.number.desc()).limit(1)
        if states:
            query = query.where(offers.c.state.in_([state.value for state in states]))
        row = self._db.execute(query).mappings().first()
        return _offer(row) if row else None

    def delete_all(self) -> None:
        self._db.execute(delete(offers))


def _operation_values(operation: Operation) -> dict[str, Any]:
    return {
        "kind": operation.kind.value,
        "case_no": operation.case_no,
        "key": operation.key,
        "request": dict(operation.request),
        "created_at": operation.created_at,
        "state": operation.state.value,
        "attempts": operation.attempts,
        "problem": operation.problem,
    }


def _operation(row: RowMapping) -> Operation:
    return Operation(
        id=row["id"],
        kind=OpKind(row["kind"]),
        case_no=row["case_no"],
        key=row["key"],
        request=row["request"],
        created_at=row["created_at"],
        state=OpState(row["state"]),
        attempts=row["attempts"],
        problem=row["problem"],
    )


def _offer_values(offer: Offer) -> dict[str, Any]:
    return {
        "case_no": offer.case_no,
        "kind": offer.kind.value,
        "by": offer.by,
        "made_at": offer.made_at,
        "state": offer.state.value,
        "amount_fen": offer.amount.fen if offer.amount else None,
        "text": offer.text,
        "secret_id": offer.secret_id,
        "masked": offer.masked,
    }


def _offer(row: RowMapping) -> Offer:
    return Offer(
        id=row["id"],
        case_no=row["case_no"],
        kind=OfferKind(row["kind"]),
        by=row["by"],
        made_at=row["made_at"],
        state=OfferState(row["state"]),
        amount=None if row["amount_fen"] is None else Money(row["amount_fen"]),
        text=row["text"],
        secret_id=row["secret_id"],
        masked=row["masked"],
    )
