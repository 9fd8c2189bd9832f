"""Accounts and sessions of the desk in SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from tuika.desks.model import DeskRole, DeskSession, DeskUser
from tuika.storage.tables.desk import desk_sessions, desk_users


class SqlUserRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, user: DeskUser) -> bool:
        """False when the name is taken."""
        try:
            with self._db.begin_nested():
                self._db.execute(
                    insert(desk_users).values(
                        username=user.username,
                        role=user.role.value,
                        password_hash=user.password_hash,
                        demo=user.demo,
                        disabled=user.disabled,
                        created_at=user.created_at,
                    )
                )
        except IntegrityError:
            return False
        return True

    def get(self, username: str) -> DeskUser | None:
        row = self._db.execute(select(desk_users).where(desk_users.c.username == username)).mappings().first()
        if row is None:
            return None
        return DeskUser(
            username=row["username"],
            role=DeskRole(row["role"]),
            created_at=row["created_at"],
            password_hash=row["password_hash"],
            demo=row["demo"],
            disabled=row["disabled"],
        )

    def is_active(self, username: str) -> bool:
        user = self.get(username)
        return user is not None and not user.disabled

    def names(self) -> list[str]:
        """Everybody who may log in, by name."""
        query = select(desk_users.c.username).where(desk_users.c.disabled.is_(False))
        return list(self._db.execute(query.order_by(desk_users.c.username)).scalars())

    def all(self) -> list[DeskUser]:
        """Every account, by name."""
        names = self._db.execute(select(desk_users.c.username).order_by(desk_users.c.username)).scalars()
        found = [self.get(name) for name in list(names)]
        return [user for user in found if user is not None]

    def add_session(self, session: DeskSession) -> None:
        self._db.execute(
            insert(desk_sessions).values(
                token_hash=session.token_hash,
                username=session.username,
                address=session.address,
                created_at=session.created_at,
                expires_at=session.expires_at,
            )
        )

    def session(self, token_hash: str) -> DeskSession | None:
        row = (
            self._db.execute(select(desk_sessions).where(desk_sessions.c.token_hash == token_hash))
            .mappings()
            .first()
        )
        return DeskSession(**row) if row else None

    def drop_session(self, token_hash: str) -> None:
        self._db.execute(delete(desk_sessions).where(desk_sessions.c.token_hash == token_hash))

    def purge_sessions(self, before: datetime) -> None:
        self._db.execute(delete(desk_sessions).where(desk_sessions.c.expires_at <= before))
