"""A buyer's personal data across all tables: found, copied, blanked.

Invariants: a table that nobody classified here but that names a conversation or a buyer is exported as it is and erased
by deleting its rows, so that a new table cannot be forgotten; rows of cases stay (the law keeps transactions) without
the buyer's own words; digests, tokens and sealed bytes are never exported.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, exists, func, or_, select, true, update

from tuika.conversations.turns import OPEN_STATES as OPEN_TURNS
from tuika.conversations.turns import Heard
from tuika.refunds.states import OPEN_STATES
from tuika.storage.tables import metadata
from tuika.storage.tables.channels import channel_arrivals, channel_codes, channel_links
from tuika.storage.tables.conversations import choices, conversations, messages, sessions, turns
from tuika.storage.tables.evidence import evidence, evidence_bands, evidence_readings
from tuika.storage.tables.handoff import handoff_notes, handoffs
from tuika.storage.tables.refunds import refund_cases, refund_events
from tuika.storage.tables.safety import contact_sightings, locks, vault_secrets
from tuika.storage.turns import heard_values

GONE = "〔已按要求删除〕"
_OPEN = [state.value for state in OPEN_STATES]
_HIDDEN = frozenset(
    {"token_hash", "body_hash", "sealed", "password_hash", "key_id", "lease", "address", "digest"}
)
_OWN_WAY = frozenset(
    {
        "conversations",
        "messages",
        "turns",
        "choices",
        "sessions",
        "evidence",
        "evidence_bands",
        "evidence_readings",
    }
    | {"handoffs", "handoff_notes", "refund_cases", "vault_secrets", "scam_reports"}
)


class SqlPersonalData:
    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def conversations_of(self, platform: str, buyer_id: str) -> list[str]:
        mine = and_(conversations.c.platform == platform, conversations.c.buyer_id == buyer_id)
        return list(self._db.execute(select(conversations.c.id).where(mine)).scalars())

    def cases_of(self, platform: str, buyer_id: str, *, open_only: bool = False) -> list[str]:
        mine = and_(refund_cases.c.platform == platform, refund_cases.c.buyer_id == buyer_id)
        query = select(refund_cases.c.case_no).where(
            mine, refund_cases.c.state.in_(_OPEN) if open_only else true()
        )
        return list(self._db.execute(query).scalars())

    def rows(self, platform: str, buyer_id: str) -> dict[str, list[dict[str, Any]]]:
        """Every row about the buyer, by table, without digests and sealed bytes."""
        talks, cases = self.conversations_of(platform, buyer_id), self.cases_of(platform, buyer_id)
        found: dict[str, list[dict[str, Any]]] = {}
        for table in metadata.sorted_tables:
            about = self._about(table, talks, cases, platform, buyer_id)
            if about is not None:
                kept = [c for c in table.c if c.name not in _HIDDEN]
                rows = self._db.execute(select(*kept).where(about)).mappings()
                found[table.name] = [dict(row) for row in rows]
        return {name: rows for name, rows in found.items() if rows}

    def tables(self) -> set[str]:
        """The names of all tables in which something of a buyer is looked for."""
        about = ((table, self._about(table, [], [], "", "")) for table in metadata.sorted_tables)
        return {table.name for table, found in about if found is not None}

    def _about(
        self, table: Table, talks: list[str], cases: list[str], platform: str, buyer_id: str
    ) -> Any | None:
        named = table.c
        if table is conversations:
            return named.id.in_(talks)
        if table is contact_sightings:
            return named.reporter == f"buyer:{platform}:{buyer_id}"
        if table is locks:
            return named.who == f"buyer:{platform}:{buyer_id}"
        if table is channel_arrivals:
            return _arrived(talks)
        conditions: list[Any] = []
        if "conversation_id" in named:
            conditions.append(named.conversation_id.in_(talks))
        if "case_no" in named:
            conditions.append(named.case_no.in_(cases))
        if "buyer_id" in named and "platform" in named:
            conditions.append(and_(named.buyer_id == buyer_id, named.platform == platform))
        if "evidence_id" in named:
            mine = select(evidence.c.id).where(evidence.c.conversation_id.in_(talks))
            conditions.append(named.evidence_id.in_(mine))
        if "link_id" in named:
            links = select(channel_links.c.id).where(channel_links.c.conversation_id.in_(talks))
            conditions.append(named.link_id.in_(links))
        return or_(*conditions) if conditions else None

    def blank(self, talks: list[str]) -> set[str]:
        """Take the words and names out of conversations; hashes of files that nobody needs now."""
        if not talks:
            return set()
        files = self.drop_evidence(and_(evidence.c.conversation_id.in_(talks), evidence.c.case_no.is_(None)))
        for table in (choices, sessions, vault_secrets):
            self._db.execute(delete(table).where(table.c.conversation_id.in_(talks)))
        self._set(messages, talks, text=GONE, card=None, quick_replies=[], attachments=[])
        idle = turns.c.state.not_in([state.value for state in OPEN_TURNS])
        blank = update(turns).where(turns.c.conversation_id.in_(talks), idle)
        self._db.execute(blank.values(heard=heard_values(Heard()), staged={}))
        self._set(conversations, talks, buyer_id=None, buyer_name=None, rating_comment=None, memory={})
        self._db.execute(delete(channel_arrivals).where(_arrived(talks)))
        self._set(handoffs, talks, brief=GONE)
        self._set(handoff_notes, talks, text=GONE)
        for table in reversed(metadata.sorted_tables):
            if "conversation_id" in table.c and table.name not in _OWN_WAY:
                self._db.execute(delete(table).where(table.c.conversation_id.in_(talks)))
        return files

    def blank_cases(self, case_nos: list[str], *, wholly: bool) -> None:
        """Take the buyer's own words out of cases; ``wholly``: also who he was."""
        values: dict[str, Any] = {"statement": "", "contact_way": ""}
        if wholly:
            values |= {"buyer_id": None, "guest_key": None, "payee": None}
            closed = and_(refund_events.c.case_no.in_(case_nos), refund_events.c.actor.startswith("buyer:"))
            self._db.execute(update(refund_events).where(closed).values(actor="buyer:erased"))
        self._db.execute(update(refund_cases).where(refund_cases.c.case_no.in_(case_nos)).values(**values))

    def forget_codes(self, platform: str, buyer_id: str) -> None:
        """The codes that would bind a channel to his account; they name him."""
        mine = and_(channel_codes.c.platform == platform, channel_codes.c.buyer_id == buyer_id)
        self._db.execute(delete(channel_codes).where(mine))

    def forget_reporter(self, who: str) -> None:
        self._db.execute(delete(contact_sightings).where(contact_sightings.c.reporter == who))
        self._db.execute(delete(locks).where(locks.c.who == who))

    def drop_evidence(self, condition: Any) -> set[str]:
        """Delete evidence; the hashes of bytes that no other row names."""
        ids = list(self._db.execute(select(evidence.c.id).where(condition)).scalars())
        if not ids:
            return set()
        named = select(evidence.c.sha256, evidence.c.still_sha256).where(evidence.c.id.in_(ids))
        covers = select(evidence_readings.c.covered_sha256).where(evidence_readings.c.evidence_id.in_(ids))
        hashes = {h for row in self._db.execute(named) for h in row if h}
        hashes |= {h for h in self._db.execute(covers).scalars() if h}
        self._db.execute(delete(evidence_bands).where(evidence_bands.c.evidence_id.in_(ids)))
        self._db.execute(delete(evidence_readings).where(evidence_readings.c.evidence_id.in_(ids)))
        self._db.execute(delete(evidence).where(evidence.c.id.in_(ids)))
        return {each for each in hashes if not self._named(each)}

    def old_conversations(self, before: datetime, limit: int) -> list[str]:
        """Conversations that were silent since then, still hold words, and have no open case."""
        newest = (
            select(func.max(messages.c.at))
            .where(messages.c.conversation_id == conversations.c.id)
            .scalar_subquery()
        )
        words = exists().where(messages.c.conversation_id == conversations.c.id, messages.c.text != GONE)
        waits = exists().where(
            refund_cases.c.conversation_id == conversations.c.id, refund_cases.c.state.in_(_OPEN)
        )
        query = select(conversations.c.id).where(newest < before, words, ~waits)
        return list(self._db.execute(query.order_by(conversations.c.created_at).limit(limit)).scalars())

    def old_cases(self, before: datetime, limit: int) -> list[str]:
        """Closed cases whose last change is that old and that still name somebody."""
        somebody = or_(refund_cases.c.buyer_id.is_not(None), refund_cases.c.guest_key.is_not(None))
        query = select(refund_cases.c.case_no).where(
            refund_cases.c.state.not_in(_OPEN), refund_cases.c.state_since < before, somebody
        )
        return list(self._db.execute(query.order_by(refund_cases.c.state_since).limit(limit)).scalars())

    def drop_old(self, *, unfiled: datetime, locked: datetime, sighted: datetime) -> tuple[set[str], int]:
        """Evidence that no case took, lock-outs and sightings past their time: file hashes, rows deleted."""
        files = self.drop_evidence(and_(evidence.c.case_no.is_(None), evidence.c.at < unfiled))
        free = or_(locks.c.locked_until.is_(None), locks.c.locked_until < locked)
        gone = self._db.execute(delete(locks).where(locks.c.last_at < locked, free)).rowcount
        gone += self._db.execute(delete(contact_sightings).where(contact_sightings.c.at < sighted)).rowcount
        return files, gone

    def drop_evidence_of(self, case_nos: list[str]) -> set[str]:
        return self.drop_evidence(evidence.c.case_no.in_(case_nos))

    def _named(self, sha256: str) -> bool:
        here = select(evidence.c.id).where(
            or_(evidence.c.sha256 == sha256, evidence.c.still_sha256 == sha256)
        )
        covers = select(evidence_readings.c.evidence_id).where(evidence_readings.c.covered_sha256 == sha256)
        return any(self._db.execute(query.limit(1)).first() is not None for query in (here, covers))

    def _set(self, table: Table, talks: list[str], **values: Any) -> None:
        column = table.c.id if table is conversations else table.c.conversation_id
        self._db.execute(update(table).where(column.in_(talks)).values(**values))


def _arrived(talks: list[str]) -> Any:
    """What came from the accounts that are linked to these conversations."""
    return exists().where(
        channel_links.c.channel == channel_arrivals.c.channel,
        channel_links.c.peer == channel_arrivals.c.peer,
        channel_links.c.conversation_id.in_(talks),
    )
