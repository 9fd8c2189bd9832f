"""Links of peers, shared values, binding codes and mirrors of handoffs in SQL. Nothing here commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, insert, or_, select, update

from tuika.channels.model import BindCode, Link, MenuItem
from tuika.desks.mirrors import Mirror
from tuika.storage.tables.channels import channel_codes, channel_links, channel_values, desk_mirrors
from tuika.storage.tables.conversations import conversations

_L, _V, _M = channel_links.c, channel_values.c, desk_mirrors.c


class SqlLinkRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, link: Link, *, at: datetime) -> None:
        values = {**_link_values(link), "id": link.id, "channel": link.channel, "peer": link.peer}
        self._db.execute(insert(channel_links).values(**values, lease="", created_at=at))

    def get(self, link_id: str) -> Link | None:
        return self._one(_L.id == link_id)

    def of_peer(self, channel: str, peer: str, *, lock: bool = False) -> Link | None:
        return self._one(and_(_L.channel == channel, _L.peer == peer), lock=lock)

    def of_conversation(self, conversation_id: str) -> list[Link]:
        query = select(channel_links).where(_L.conversation_id == conversation_id)
        return [_link(row) for row in self._db.execute(query).mappings()]

    def of_buyer(self, platform: str, buyer_id: str) -> list[Link]:
        """Every account that is this buyer's now, by channel."""
        mine = and_(conversations.c.platform == platform, conversations.c.buyer_id == buyer_id)
        query = (
            select(channel_links).join(conversations, conversations.c.id == _L.conversation_id).where(mine)
        )
        return [_link(row) for row in self._db.execute(query.order_by(_L.channel, _L.id)).mappings()]

    def save(self, link: Link) -> None:
        self._db.execute(update(channel_links).where(_L.id == link.id).values(**_link_values(link)))

    def lease(self, link_id: str, holder: str, *, now: datetime, until: datetime) -> bool:
        free = or_(_L.lease == holder, _L.lease == "", _L.lease_until <= now)
        change = update(channel_links).where(_L.id == link_id, free).values(lease=holder, lease_until=until)
        return self._db.execute(change).rowcount == 1

    def release(self, link_id: str, holder: str) -> None:
        mine = and_(_L.id == link_id, _L.lease == holder)
        self._db.execute(update(channel_links).where(mine).values(lease="", lease_until=None))

    def behind(self, now: datetime, *, limit: int = 200) -> list[Link]:
        query = (
            select(channel_links)
            .join(conversations, conversations.c.id == _L.conversation_id)
            .where(conversations.c.last_seq > _L.planned_seq)
            .where(or_(_L.lease == "", _L.lease_until <= now))
            .limit(limit)
        )
        return [_link(row) for row in self._db.execute(query).mappings()]

    def _one(self, condition: Any, *, lock: bool = False) -> Link | None:
        query = select(channel_links).where(condition)
        row = self._db.execute(query.with_for_update() if lock else query).mappings().first()
        return _link(row) if row else None


class SqlValueRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, name: str) -> tuple[bytes, datetime | None] | None:
        row = self._db.execute(select(_V.sealed, _V.expires_at).where(_V.name == name)).first()
        return (row.sealed, row.expires_at) if row and row.sealed else None

    def put(self, name: str, sealed: bytes, *, expires_at: datetime | None = None) -> None:
        values = {"sealed": sealed, "expires_at": expires_at, "lease": "", "lease_until": None}
        if self._db.execute(update(channel_values).where(_V.name == name).values(**values)).rowcount == 0:
            self._db.execute(insert(channel_values).values(name=name, **values))

    def drop(self, name: str) -> None:
        self._db.execute(delete(channel_values).where(_V.name == name))

    def lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take or renew the sole right to a name; an empty value is made where there is none."""
        if self._db.execute(select(_V.name).where(_V.name == name)).first() is None:
            blank = {"sealed": b"", "expires_at": None, "lease": holder, "lease_until": until}
            self._db.execute(insert(channel_values).values(name=name, **blank))
            return True
        free = or_(_V.lease == holder, _V.lease == "", _V.lease_until <= now)
        change = update(channel_values).where(_V.name == name, free).values(lease=holder, lease_until=until)
        return self._db.execute(change).rowcount == 1


class SqlCodeRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, code: BindCode) -> None:
        self._db.execute(insert(channel_codes).values(**{n: getattr(code, n) for n in _CODE}))

    def use(self, digest: str, *, purpose: str, platform: str, now: datetime) -> BindCode | None:
        live = and_(
            channel_codes.c.digest == digest,
            channel_codes.c.purpose == purpose,
            channel_codes.c.platform == platform,
            channel_codes.c.used_at.is_(None),
            channel_codes.c.expires_at > now,
        )
        if self._db.execute(update(channel_codes).where(live).values(used_at=now)).rowcount != 1:
            return None
        row = self._db.execute(select(channel_codes).where(channel_codes.c.digest == digest)).mappings().one()
        return BindCode(**row)

    def purge(self, before: datetime) -> int:
        return self._db.execute(delete(channel_codes).where(channel_codes.c.expires_at < before)).rowcount


_CODE = ("digest", "purpose", "platform", "buyer_id", "buyer_name", "expires_at", "used_at")


class SqlMirrorRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, mirror: Mirror) -> None:
        self._db.execute(insert(desk_mirrors).values(**{n: getattr(mirror, n) for n in _MIRROR}))

    def get(self, desk: str, handoff_id: str) -> Mirror | None:
        return self._first(_M.desk == desk, _M.handoff_id == handoff_id)

    def of_remote(self, desk: str, remote_id: str) -> Mirror | None:
        """The newest mirror of a conversation of the desk."""
        return self._first(_M.desk == desk, _M.remote_id == remote_id)

    def open(self, desk: str) -> Sequence[Mirror]:
        query = select(desk_mirrors).where(_M.desk == desk, _M.status != "closed")
        return [_mirror(row) for row in self._db.execute(query.order_by(_M.created_at)).mappings()]

    def save(self, mirror: Mirror) -> None:
        values = {"remote_id": mirror.remote_id, "relayed_seq": mirror.relayed_seq, "status": mirror.status}
        mine = and_(_M.desk == mirror.desk, _M.handoff_id == mirror.handoff_id)
        self._db.execute(update(desk_mirrors).where(mine).values(**values))

    def _first(self, *conditions: Any) -> Mirror | None:
        query = select(desk_mirrors).where(*conditions).order_by(_M.created_at.desc()).limit(1)
        row = self._db.execute(query).mappings().first()
        return _mirror(row) if row else None


_MIRROR = ("desk", "handoff_id", "conversation_id", "remote_id", "relayed_seq", "status", "created_at")


def _mirror(row: RowMapping) -> Mirror:
    return Mirror(**{name: row[name] for name in _MIRROR})


def _link_values(link: Link) -> dict[str, Any]:
    return {
        "conversation_id": link.conversation_id,
        "planned_seq": link.planned_seq,
        "menu": [[item.title, item.action] for item in link.menu],
        "budget_left": link.budget_left,
        "window_until": link.window_until,
        "remote": dict(link.remote),
    }


def _link(row: RowMapping) -> Link:
    return Link(
        id=row["id"],
        channel=row["channel"],
        peer=row["peer"],
        conversation_id=row["conversation_id"],
        planned_seq=row["planned_seq"],
        menu=tuple(MenuItem(title, action) for title, action in row["menu"]),
        budget_left=row["budget_left"],
        window_until=row["window_until"],
        remote=row["remote"] or {},
    )
