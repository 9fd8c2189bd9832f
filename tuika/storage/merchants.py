"""Accounts of merchants in SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from tuika.desks.merchants import MerchantUser
from tuika.errors import Conflict
from tuika.storage.tables.merchants import merchant_users


class SqlMerchantUsers:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, user: MerchantUser, at: datetime) -> None:
        """Raises Conflict for a name that is taken."""
        values = {
            "username": user.username,
            "platform": user.platform,
            "merchant_id": user.merchant_id,
            "password_hash": user.password_hash,
            "disabled": user.disabled,
            "created_at": at,
        }
        try:
            with self._db.begin_nested():
                self._db.execute(insert(merchant_users).values(**values))
        except IntegrityError:
            raise Conflict(f"用户名 {user.username} 已经有人用了") from None

    def get(self, username: str) -> MerchantUser | None:
        query = select(merchant_users).where(merchant_users.c.username == username)
        row = self._db.execute(query).mappings().first()
        if row is None:
            return None
        return MerchantUser(
            username=row["username"],
            platform=row["platform"],
            merchant_id=row["merchant_id"],
            password_hash=row["password_hash"],
            disabled=row["disabled"],
        )
