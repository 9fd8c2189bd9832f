"""What the conversation needs from storage and from the dialogue engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tuika.conversations.model import Buyer, Choice, Conversation, Message, Owner, Payload, Say
from tuika.conversations.turns import Heard, Turn, TurnState


class ConversationRepository(Protocol):
    def add(self, conversation: Conversation) -> None: ...
    def get(self, conversation_id: str) -> Conversation | None: ...
    def last_of_buyer(self, platform: str, buyer_id: str) -> Conversation | None: ...
    def set_owner(self, conversation_id: str, owner: Owner, *, epoch: int, session_no: int) -> None: ...
    def new_session(self, conversation_id: str) -> None: ...
    def set_buyer(self, conversation_id: str, buyer: Buyer) -> None:
        """A guest has proved who he is. Never used to turn one buyer's conversation into another's."""
        ...

    def set_memory(self, conversation_id: str, memory: Mapping[str, Any]) -> None: ...
    def rate(self, conversation_id: str, *, score: int, comment: str, at: datetime) -> bool: ...
    def is_rated(self, conversation_id: str) -> bool: ...


class MessageRepository(Protocol):
    def append(self, conversation_id: str, message: Message) -> Message:
        """Store with the next ``seq`` of the conversation, given out under its row lock."""
        ...

    def after(self, conversation_id: str, seq: int, *, limit: int = 500) -> list[Message]: ...
    def replies(self, conversation_id: str, turn_id: str) -> list[Message]:
        """What was said to this turn by anyone but the buyer, in order."""
        ...

    def last(self, conversation_id: str, count: int) -> list[Message]: ...
    def count_ending(self, conversation_id: str, text: str) -> int:
        """How many texts of bot and system end with ``text``: said before, with or without words in front."""
        ...


class ChoiceRepository(Protocol):
    def add(self, choices: Sequence[Choice]) -> None: ...
    def get(self, conversation_id: str, choice_id: str) -> Choice | None: ...
    def some(self, conversation_id: str, choice_ids: Sequence[str]) -> list[Choice]:
        """Those of the ids that are choices of this conversation, in the order asked for."""
        ...

    def expire(self, conversation_id: str) -> None:
        """All live choices of the conversation go stale."""
        ...

    def live(self, conversation_id: str) -> list[Choice]: ...


class TurnRepository(Protocol):
    def add(self, turn: Turn) -> None: ...
    def get(self, turn_id: str) -> Turn | None: ...
    def by_client_id(self, conversation_id: str, client_id: str) -> Turn | None: ...
    def next_number(self, conversation_id: str) -> int: ...
    def first_open(self, conversation_id: str) -> Turn | None: ...
    def move(
        self,
        turn_id: str,
        state: TurnState,
        *,
        epoch: int | None = None,
        at: datetime | None = None,
        lease_until: datetime | None = None,
    ) -> None:
        """A turn's next state; its lease is the one given here or none."""
        ...

    def renew(self, turn_id: str, lease_until: datetime) -> bool:
        """A longer lease. False when the turn is no longer with the engine."""
        ...

    def stage(self, turn_id: str, staged: Mapping[str, Any]) -> None: ...
    def hear(self, turn_id: str, heard: Heard) -> None: ...
    def left_open(self, conversation_id: str | None = None) -> list[Turn]:
        """Open turns in order: of one conversation or of all."""
        ...

    def count_since(self, conversation_id: str, since: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Session:
    token_hash: str
    conversation_id: str
    platform: str
    buyer: Buyer | None
    expires_at: datetime
    address: str


class SessionRepository(Protocol):
    def add(self, session: Session) -> None: ...
    def get(self, token_hash: str) -> Session | None: ...
    def purge(self, before: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Parse:
    """A ready understanding, for buttons and uploads: the engine skips its own."""

    intent: str
    entities: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class EngineAnswer:
    """``ok`` is False for an answer that says nothing usable (the engine answers 200 to its own failures)."""

    says: tuple[Say, ...]
    ok: bool
    intent: str | None = None
    confidence: float = 0.0


class DialogueEngine(Protocol):
    async def converse(self, *, sender: str, text: str, turn_id: str, parse: Parse | None) -> EngineAnswer:
        """One turn. Raises EngineUnavailable when it surely did not receive the message, TimeoutError when unknown."""
        ...

    async def ready(self) -> bool: ...


class Units(Protocol):
    """Units of work: called, a write transaction; ``reading()``, a snapshot that keeps nothing."""

    def __call__(self) -> AbstractContextManager[Any]: ...
    def reading(self) -> AbstractContextManager[Any]: ...


__all__ = [
    "ChoiceRepository",
    "ConversationRepository",
    "DialogueEngine",
    "EngineAnswer",
    "MessageRepository",
    "Parse",
    "Payload",
    "Session",
    "SessionRepository",
    "TurnRepository",
    "Units",
]
