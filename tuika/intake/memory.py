"""What the hub remembers of a conversation between turns.

Invariants: only typed values; no secret (a proof is a vault id for the length of a turn, never kept here);
whatever is remembered about an order was shown to this buyer or proved by him.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from tuika.conversations.model import Awaiting, Payload, QuickReply, Say
from tuika.policy.model import Outcome, Reason


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Queued(_Model):
    """An order that is gone into after the one in work. ``reason``: what the buyer said of it, None: nothing apart."""

    order_no: str
    reason: Reason | None = None
    words: str = ""


class Draft(_Model):
    """A request being put together. ``purpose`` is the intent that opened it."""

    purpose: str = ""
    order_no: str | None = None
    case_no: str | None = None
    reason: Reason | None = None
    own_error: bool | None = None
    keys: tuple[int, ...] | None = None
    serial: str | None = None
    payment_refused: bool = False
    evidence_later: bool = False
    confirmed: bool | None = None
    wish: str | None = None  # exchange | partial
    wish_fen: int | None = None
    words: str = ""
    cannot_prove: bool = False
    queue: tuple[Queued, ...] = ()  # more orders of his, named in the same breath or on the way
    rejected: tuple[str, ...] = ()  # orders that were proposed and are not meant
    claim: str = ""
    claim_asked: int = 0
    lost: bool | None = None
    lost_fen: int | None = None
    report_id: str | None = None
    to_balance: bool = False
    stopped: bool = False


class Clarified(_Model):
    """Meanings that were offered for a message that could mean several things. ``words``: that message."""

    intents: tuple[str, ...]
    turn: int
    words: str = ""


class Meant(_Model):
    """The meaning that the buyer gave to a turn by choosing one of those offered, in words."""

    turn_id: str
    intent: str
    words: str = ""


class Kept(_Model):
    """An answer that a form's beginning gave, until its ending says it."""

    text: str
    awaiting: Awaiting | None = None
    replies: tuple[tuple[str, str, dict[str, str]], ...] = ()  # title, kind, data

    @classmethod
    def of(cls, say: Say) -> Kept:
        replies = tuple((r.title, r.payload.kind, dict(r.payload.data)) for r in say.quick_replies)
        return cls(text=say.text, awaiting=say.awaiting, replies=replies)

    def say(self) -> Say:
        replies = tuple(QuickReply(title, Payload(kind, data)) for title, kind, data in self.replies)
        return Say(self.text, quick_replies=replies, awaiting=self.awaiting)


class Verdict(_Model):
    """The last answer that filed nothing, and how often the buyer protested against it."""

    order_no: str
    reason: Reason
    outcome: Outcome
    text: str = ""
    protests: int = 0
    turn: int = 0


class Declined(_Model):
    """The summary that the buyer said no to."""

    order_no: str
    reason: Reason


class Story(_Model):
    """What went wrong as a question told it, before anything was applied for."""

    reason: Reason
    words: str
    turn: int
    order_no: str | None = None


class Absorbed(_Model):
    """What a form took from a turn, so that a second validation of the turn answers the same."""

    turn_id: str
    form: str
    filled: dict[str, str | None] = Field(default_factory=dict)
    next: str | None = None
    took: bool = False


class Parked(_Model):
    """A form that waits while another, more urgent one is answered."""

    form: str
    draft: Draft
    asked: str | None = None
    hears: bool = False  # whether it takes something from the message that brought it back


class Tried(_Model):
    """A guest's proof as it was tried in a turn, so that one message counts once."""

    turn_id: str
    order_no: str
    right: bool
    locked_for: int = 0


class Memory(_Model):
    form: str | None = None
    draft: Draft = Field(default_factory=Draft)
    parked: Parked | None = None
    asked: str | None = None
    focus_order: str | None = None
    shown_order: str | None = None
    shown_turn: int = 0
    proved: list[str] = Field(default_factory=list)
    offered: list[str] = Field(default_factory=list)
    evidence_asked: str | None = None
    verdict: Verdict | None = None
    declined: Declined | None = None
    story: Story | None = None
    warn: bool = False
    hint: bool = False
    kept: Kept | None = None
    clarified: Clarified | None = None
    meant: Meant | None = None
    unsure: bool = False  # a form was begun by a message that could mean something else
    leaves: bool = False  # a form was begun or answered by a message that wants a person
    passing_turn: str = ""  # the turn whose by-questions are answered
    last_intent: str = ""
    misunderstood: int = 0
    counted_turn: str = ""
    absorbed: Absorbed | None = None
    tried: Tried | None = None
    said: dict[str, int] = Field(default_factory=dict)

    @property
    def awaits_proof(self) -> bool:
        return self.asked == "proof"

    def nth(self, key: str) -> int:
        """How often ``key`` was said before; counts this time."""
        count = self.said.get(key, 0)
        self.said[key] = count + 1
        return count

    def begin(self, form: str, purpose: str, *, park: bool = False) -> None:
        """A fresh draft for a form; with ``park`` the one in work comes back afterwards."""
        if park and self.form is not None:
            self.parked = Parked(form=self.form, draft=self.draft, asked=self.asked)
        self.form = form
        self.draft = Draft(purpose=purpose)
        self.asked = None

    def end(self) -> None:
        """The form is over; what it was about stays in focus, and a parked form comes back."""
        if self.draft.order_no:
            self.focus_order = self.draft.order_no
        parked = self.parked
        self.form = parked.form if parked else None
        self.draft = parked.draft if parked else Draft()
        self.asked = parked.asked if parked else None
        self.parked = None
        self.evidence_asked = None
        self.offered = []
