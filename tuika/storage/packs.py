"""Packs as they were, in SQL: kept once a content, never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from tuika.policy.schema import Pack
from tuika.storage.tables.refunds import policy_packs


class SqlPackArchive:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def keep(self, pack: Pack, at: datetime) -> None:
        mine = select(policy_packs.c.digest).where(policy_packs.c.digest == pack.digest)
        if self._db.execute(mine).first() is not None:
            return
        values = {
            "digest": pack.digest,
            "pack": pack.id,
            "version": pack.version,
            "document": pack.document,
            "kept_at": at,
        }
        try:
            with self._db.begin_nested():
                self._db.execute(insert(policy_packs).values(**values))
        except IntegrityError:
            pass  # somebody else kept the same content a moment ago

    def get(self, digest: str) -> Pack | None:
        found = select(policy_packs.c.document).where(policy_packs.c.digest == digest)
        document = self._db.execute(found).scalar()
        return None if document is None else Pack.model_validate_json(document)
