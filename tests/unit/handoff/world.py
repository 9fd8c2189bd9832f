"""A desk on a SQLite file: real repositories, a clock that stands still, two agents and a supervisor."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tuika.clock import FixedClock
from tuika.conversations.model import Buyer, Conversation, Message
from tuika.conversations.service import Conversations
from tuika.conversations.turns import Heard, Turn, TurnState
from tuika.desks.model import DeskRole, DeskUser
from tuika.handoff.hours import SupportHours
from tuika.handoff.model import Agent
from tuika.handoff.service import Handoffs
from tuika.ids import SequentialIds
from tuika.safety.official import OfficialContacts
from tuika.safety.outgoing import Outgoing
from tuika.settings import OfficialContacts as Registry
from tuika.storage.database import Database, open_engine
from tuika.storage.tables import metadata
from tuika.storage.uow import UnitOfWorkFactory

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday, 12:00 in Beijing
NIGHT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 23:00 in Beijing
ANN, BOB, SUE = Agent("ann"), Agent("bob"), Agent("sue", lead=True)


class DeskWorld:
    def __init__(self, folder: Path, *, now: datetime = NOON) -> None:
        self.engine = open_engine(f"sqlite:///{folder / 'desk.db'}")
        metadata.create_all(self.engine)
        self.units = UnitOfWorkFactory(Database(self.engine))
        self.clock, self.ids = FixedClock(now), SequentialIds()
        self.wall = FixedClock(now)
        self.woken: list[str] = []
        outgoing = Outgoing(OfficialContacts({"generic": Registry(phones=("400-820-0001",))}))
        self.conversations = Conversations(self.clock, self.ids, outgoing)
        self.handoffs = Handoffs(
            clock=self.clock,
            ids=self.ids,
            conversations=self.conversations,
            hours=SupportHours.from_settings("09:00", "21:00"),
            outgoing=outgoing,
            wake=self.woken.append,
            wall=self.wall,
        )
        with self.units() as uow:
            for name in ("ann", "bob", "sue"):
                uow.users.add(DeskUser(name, DeskRole.AGENT, now, password_hash="x"))

    def close(self) -> None:
        self.engine.dispose()

    def conversation(self) -> Conversation:
        with self.units() as uow:
            return self.conversations.open(
                uow, platform="generic", channel="widget", buyer=Buyer("b1", "小林")
            )

    def turn(self, conversation: Conversation) -> Turn:
        return Turn(
            id=self.ids.new("tn"),
            conversation_id=conversation.id,
            number=1,
            client_id=self.ids.new("client"),
            body_hash="",
            state=TurnState.SENT,
            epoch=conversation.epoch,
            heard=Heard(),
            staged={},
            created_at=self.clock.now(),
        )

    def begin(self, conversation: Conversation, **staged: Any) -> str:
        """What the system says when a turn that staged a handoff commits."""
        with self.units() as uow:
            say = self.handoffs.begin(
                uow, conversation, {"reason": "转人工", "brief": "b", **staged}, self.turn(conversation)
            )
            return say.text

    def waiting(self, conversation: Conversation) -> str:
        """The id of the conversation's open handoff."""
        with self.units.reading() as uow:
            handoff = uow.handoffs.open_handoff(conversation.id)
            assert handoff is not None
            return handoff.id

    def owner(self, conversation: Conversation) -> str:
        with self.units.reading() as uow:
            return self.conversations.get(uow, conversation.id).owner.value

    def said(self, conversation: Conversation) -> list[Message]:
        with self.units.reading() as uow:
            found: list[Message] = uow.messages.after(conversation.id, 0)
            return found

    def audit_types(self) -> list[str]:
        with self.units.reading() as uow:
            return [event.type for event in reversed(uow.audit.list(limit=200))]
