"""Who speaks: one table of transitions, with an epoch that grows at each change.

Invariants: while the owner is HUMAN the bot says nothing; an event that the table does not list for the
present owner is refused (:class:`~tuika.errors.Conflict`); a change of owner always makes a new epoch and a
new engine session, so that whatever was begun under the old one is dropped.
"""

from __future__ import annotations

from enum import StrEnum

from tuika.conversations.model import Owner
from tuika.errors import Conflict


class OwnerEvent(StrEnum):
    HANDOFF_REQUESTED = "handoff_requested"
    CLAIMED = "claimed"
    BOT_RECALLED = "bot_recalled"
    RETURNED = "returned"
    REQUEUED = "requeued"
    CLOSED = "closed"
    BUYER_WROTE = "buyer_wrote"


TRANSITIONS: dict[tuple[Owner, OwnerEvent], Owner] = {
    (Owner.BOT, OwnerEvent.HANDOFF_REQUESTED): Owner.QUEUED,
    (Owner.BOT, OwnerEvent.CLAIMED): Owner.HUMAN,  # a ticket that waited beside the bot, or a take-over
    (Owner.QUEUED, OwnerEvent.CLAIMED): Owner.HUMAN,
    (Owner.QUEUED, OwnerEvent.BOT_RECALLED): Owner.BOT,
    (Owner.QUEUED, OwnerEvent.RETURNED): Owner.BOT,
    (Owner.HUMAN, OwnerEvent.RETURNED): Owner.BOT,
    (Owner.HUMAN, OwnerEvent.REQUEUED): Owner.QUEUED,  # put back, or the agent's connection was lost
    (Owner.BOT, OwnerEvent.CLOSED): Owner.CLOSED,
    (Owner.QUEUED, OwnerEvent.CLOSED): Owner.CLOSED,
    (Owner.HUMAN, OwnerEvent.CLOSED): Owner.CLOSED,
    (Owner.CLOSED, OwnerEvent.BUYER_WROTE): Owner.BOT,
    (Owner.CLOSED, OwnerEvent.CLAIMED): Owner.HUMAN,
}


def next_owner(owner: Owner, event: OwnerEvent) -> Owner:
    """The owner after ``event``; raises Conflict when the table does not allow it."""
    try:
        return TRANSITIONS[owner, event]
    except KeyError:
        raise Conflict(
            "会话当前的接待状态不允许这一步，请刷新后再试", owner=owner.value, event=event.value
        ) from None


def diagram() -> str:
    """The table as a Mermaid state diagram (compared with the docs by a test)."""
    lines = ["stateDiagram-v2", "    [*] --> bot"]
    lines += [f"    {a.value} --> {b.value}: {event.value}" for (a, event), b in TRANSITIONS.items()]
    return "\n".join(lines) + "\n"
