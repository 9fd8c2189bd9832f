"""What an agent sees of the conversations: five lists, and one line of each conversation.

Invariants: every conversation is in exactly one list; a conversation that somebody waits in is in the queue even
while the bot serves beside; it needs attention when the bot serves it and something says that a person should look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from tuika.conversations.model import Conversation, Role
from tuika.handoff.model import Handoff

IDLE = timedelta(hours=24)  # a conversation with the bot that was silent for so long has ended
MISUNDERSTOOD = 2  # failures in a row after which a person should look


class BoardList(StrEnum):
    HUMAN = "human"
    QUEUED = "queued"
    ATTENTION = "attention"
    BOT = "bot"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class BoardRow:
    """``handoff``: the open one, or the ticket that waits; ``rating``: 1 to 5; ``why``: why a person should look."""

    conversation: Conversation
    last_text: str
    last_role: Role | None
    last_at: datetime
    handoff: Handoff | None = None
    rating: int | None = None
    why: tuple[str, ...] = ()

    @property
    def unanswered(self) -> bool:
        """The buyer had the last word."""
        return self.last_role is Role.BUYER


class Board(Protocol):
    def rows(
        self,
        which: BoardList,
        *,
        now: datetime,
        agent: str | None = None,
        words: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> Sequence[BoardRow]:
        """``agent``: only what this agent holds (for HUMAN); ``words``: a buyer, order, case or conversation."""
        ...

    def counts(self, *, now: datetime) -> dict[BoardList, int]: ...
