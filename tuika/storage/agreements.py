"""Where buyers agreed to be told, in SQL: one way a conversation."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from tuika.refunds.reach import Agreement
from tuika.storage.tables.reach import reach_agreements


class SqlAgreementRepository:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, agreement: Agreement) -> None:
        self.drop(agreement.conversation_id)
        self._db.execute(
            insert(reach_agreements).values(
                conversation_id=agreement.conversation_id,
                way=agreement.way,
                secret_id=agreement.secret_id,
                masked=agreement.masked,
                agreed_at=agreement.agreed_at,
            )
        )

    def get(self, conversation_id: str) -> Agreement | None:
        mine = select(reach_agreements).where(reach_agreements.c.conversation_id == conversation_id)
        row = self._db.execute(mine).mappings().first()
        return Agreement(**row) if row else None

    def drop(self, conversation_id: str) -> None:
        self._db.execute(
            delete(reach_agreements).where(reach_agreements.c.conversation_id == conversation_id)
        )
