"""The inbound queue and the deliveries of channels in SQL. Nothing here commits, nothing here decrypts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from tuika.channels.model import (
    Arrival,
    ArrivalKind,
    ArrivalState,
    Delivery,
    DeliveryState,
    MenuItem,
    Outgoing,
    Queued,
    Receipt,
)
from tuika.storage.tables.channels import channel_arrivals, channel_deliveries, channel_links

_A, _D = channel_arrivals.c, channel_deliveries.c
_WAITING = ArrivalState.WAITING.value
_OPEN = [DeliveryState.WAITING.value, DeliveryState.SENDING.value, DeliveryState.HELD.value]
_DUE = [DeliveryState.WAITING.value, DeliveryState.SENDING.value]
MAX_PROBLEM = 200


class SqlArrivalRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self,
        arrival: Arrival,
        *,
        sealed: bytes,
        now: datetime,
        due_at: datetime,
        passive_until: datetime | None,
    ) -> Receipt:
        values = {
            "channel": arrival.channel,
            "message_id": arrival.message_id,
            "peer": arrival.peer,
            "order_key": arrival.order_key,
            "sealed": sealed,
            "state": _WAITING,
            "tries": 1,
            "attempts": 0,
            "received_at": now,
            "due_at": due_at,
            "passive_until": passive_until,
        }
        known = self._again(arrival)
        if known is not None:
            return known
        try:
            with self._db.begin_nested():
                made = self._db.execute(insert(channel_arrivals).values(**values))
        except IntegrityError:
            repeated = self._again(arrival)
            assert repeated is not None  # the unique index said so
            return repeated
        return Receipt(_number(made), True, ArrivalState.WAITING, 1)

    def head(self, channel: str, peer: str) -> tuple[Queued, bytes] | None:
        query = (
            select(channel_arrivals)
            .where(_A.channel == channel, _A.peer == peer, _A.state == _WAITING)
            .order_by(_A.order_key, _A.id)
            .limit(1)
        )
        row = self._db.execute(query).mappings().first()
        return (_queued(row), row["sealed"] or b"") if row else None

    def finish(self, arrival_id: int) -> None:
        self._change(arrival_id, state=ArrivalState.DONE.value, sealed=None)

    def postpone(self, arrival_id: int, *, due_at: datetime, attempts: int) -> None:
        self._change(arrival_id, due_at=due_at, attempts=attempts)

    def is_done(self, arrival_id: int) -> bool:
        state = self._db.execute(select(_A.state).where(_A.id == arrival_id)).scalar()
        return state != _WAITING

    def due_peers(self, now: datetime, *, limit: int = 200) -> list[tuple[str, str]]:
        query = (
            select(_A.channel, _A.peer)
            .where(_A.state == _WAITING, _A.due_at <= now)
            .group_by(_A.channel, _A.peer)
            .limit(limit)
        )
        return [(row.channel, row.peer) for row in self._db.execute(query)]

    def purge(self, before: datetime) -> int:
        old = delete(channel_arrivals).where(_A.state != _WAITING, _A.received_at < before)
        return self._db.execute(old).rowcount

    def _again(self, arrival: Arrival) -> Receipt | None:
        """The row of a message that came before, with one more delivery counted."""
        same = (_A.channel == arrival.channel) & (_A.message_id == arrival.message_id)
        counted = (
            update(channel_arrivals)
            .where(same)
            .values(tries=_A.tries + 1)
            .returning(_A.id, _A.state, _A.tries)
        )
        row = self._db.execute(counted).first()
        return Receipt(row.id, False, ArrivalState(row.state), row.tries) if row else None

    def _change(self, arrival_id: int, **values: Any) -> None:
        self._db.execute(update(channel_arrivals).where(_A.id == arrival_id).values(**values))


class SqlDeliveryRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, link_id: str, outgoing: Outgoing, *, due_at: datetime, arrival_id: int | None) -> Delivery:
        made = self._db.execute(
            insert(channel_deliveries).values(
                link_id=link_id,
                arrival_id=arrival_id,
                text=outgoing.text,
                menu=[[item.title, item.action] for item in outgoing.menu],
                image=outgoing.image,
                state=DeliveryState.WAITING.value,
                passive=False,
                attempts=0,
                due_at=due_at,
                problem="",
                provider_id="",
            )
        )
        number = _number(made)
        return Delivery(number, link_id, outgoing, DeliveryState.WAITING, 0, due_at, arrival_id)

    def queue(self, link_id: str) -> list[Delivery]:
        return self._list(_D.link_id == link_id, _D.state.in_(_OPEN))

    def move(
        self,
        delivery_ids: Sequence[int],
        state: DeliveryState,
        *,
        due_at: datetime | None = None,
        attempts: int | None = None,
        problem: str = "",
        provider_id: str = "",
        passive_for: int | None = None,
    ) -> None:
        values: dict[str, Any] = {"state": state.value, "problem": problem[:MAX_PROBLEM]}
        if due_at is not None:
            values["due_at"] = due_at
        if attempts is not None:
            values["attempts"] = attempts
        if provider_id:
            values["provider_id"] = provider_id[:120]
        if passive_for is not None:
            values |= {"passive": True, "arrival_id": passive_for}
        self._db.execute(update(channel_deliveries).where(_D.id.in_(delivery_ids)).values(**values))

    def passive_of(self, arrival_id: int) -> list[Delivery]:
        return self._list(_D.arrival_id == arrival_id, _D.passive.is_(True))

    def release_held(self, link_id: str, *, due_at: datetime) -> None:
        held = (_D.link_id == link_id) & (_D.state == DeliveryState.HELD.value)
        change = {"state": DeliveryState.WAITING.value, "due_at": due_at}
        self._db.execute(update(channel_deliveries).where(held).values(**change))

    def due_links(self, now: datetime, *, limit: int = 200) -> list[str]:
        query = (
            select(_D.link_id).where(_D.state.in_(_DUE), _D.due_at <= now).group_by(_D.link_id).limit(limit)
        )
        return [row.link_id for row in self._db.execute(query)]

    def counts(self, channel: str) -> dict[str, int]:
        """How many deliveries of a channel are in each state."""
        query = (
            select(_D.state, func.count().label("number"))
            .join(channel_links, channel_links.c.id == _D.link_id)
            .where(channel_links.c.channel == channel)
            .group_by(_D.state)
        )
        return {row.state: row.number for row in self._db.execute(query)}

    def purge(self, before: datetime) -> int:
        old = delete(channel_deliveries).where(_D.state.not_in(_OPEN), _D.due_at < before)
        return self._db.execute(old).rowcount

    def _list(self, *conditions: Any) -> list[Delivery]:
        query = select(channel_deliveries).where(*conditions).order_by(_D.id)
        return [_delivery(row) for row in self._db.execute(query).mappings()]


def _number(made: CursorResult[Any]) -> int:
    """The id that an insert was given."""
    key = made.inserted_primary_key
    assert key is not None
    return int(key[0])


def _queued(row: RowMapping) -> Queued:
    """The arrival without its body: kind and text are in the sealed part."""
    bare = Arrival(
        channel=row["channel"],
        peer=row["peer"],
        message_id=row["message_id"],
        order_key=row["order_key"],
        kind=ArrivalKind.OTHER,
    )
    return Queued(
        id=row["id"],
        arrival=bare,
        received_at=row["received_at"],
        due_at=row["due_at"],
        attempts=row["attempts"],
        passive_until=row["passive_until"],
    )


def _delivery(row: RowMapping) -> Delivery:
    menu = tuple(MenuItem(title, action) for title, action in row["menu"])
    return Delivery(
        id=row["id"],
        link_id=row["link_id"],
        outgoing=Outgoing(row["text"], menu, row["image"]),
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        due_at=row["due_at"],
        arrival_id=row["arrival_id"],
        passive=row["passive"],
    )
