"""One step of a turn as the flows see it.

Invariants: everything the shop had to say was read before the transaction (:class:`Sight`); a flow reads and
writes rows only through ``uow``, whose turn was checked; the memory is saved with the same commit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tuika.conversations.model import Conversation
from tuika.conversations.turns import Turn
from tuika.intake.intents import PROBLEMS
from tuika.intake.memory import Clarified, Draft, Memory, Verdict
from tuika.orders.model import Order
from tuika.orders.sums import sums_in

FRESH_TURNS = 4
FRESH_OFFER = 2
MENTIONED = 0.1


@dataclass(frozen=True, slots=True)
class Understood:
    """What the engine made of the message: intent, confidence, runners-up, entities by name."""

    intent: str
    confidence: float = 1.0
    ranking: tuple[str, ...] = ()
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProofResult:
    """A guest's proof that was tried in this turn. ``locked_for``: seconds until another try is heard."""

    order_no: str
    right: bool
    locked_for: int = 0


@dataclass(slots=True)
class Sight:
    """What the shop said for this turn. ``orders`` by upper-case reference; None: no such order."""

    orders: dict[str, Order | None] = field(default_factory=dict)
    recent: list[Order] = field(default_factory=list)
    matched: list[Order] = field(default_factory=list)
    proof: ProofResult | None = None
    payment_match: Order | None = None
    complete: bool = False  # whether the buyer's recent orders were read too
    checked: set[str] = field(default_factory=set)  # orders whose keys the issuer was asked about

    def copy(self) -> Sight:
        return replace(
            self,
            orders=dict(self.orders),
            recent=list(self.recent),
            matched=list(self.matched),
            checked=set(self.checked),
        )


@dataclass(slots=True)
class Scene:
    turn: Turn
    conversation: Conversation
    memory: Memory
    understood: Understood
    sight: Sight
    now: datetime
    uow: Any = None
    staged: dict[str, Any] = field(default_factory=dict)

    @property
    def draft(self) -> Draft:
        return self.memory.draft

    @property
    def text(self) -> str:
        return self.turn.heard.text

    @property
    def intent(self) -> str:
        return self.understood.intent

    @property
    def pressed(self) -> str | None:
        return self.turn.heard.payload_kind

    @property
    def payload(self) -> Mapping[str, str]:
        return self.turn.heard.payload

    @property
    def buyer_id(self) -> str | None:
        return self.conversation.buyer.id if self.conversation.buyer else None

    @property
    def is_guest(self) -> bool:
        return self.conversation.buyer is None

    @property
    def fresh_verdict(self) -> Verdict | None:
        """The last refusal or explanation, while the talk is still plainly about it."""
        verdict = self.memory.verdict
        return verdict if verdict is not None and self.turn.number - verdict.turn <= FRESH_TURNS else None

    @property
    def clarified(self) -> Clarified | None:
        """Meanings that were offered just now."""
        offered = self.memory.clarified
        return offered if offered is not None and self.turn.number - offered.turn <= FRESH_OFFER else None

    @property
    def continues_focus(self) -> bool:
        """Whether the talk is plainly still about the order of the last refusal or explanation."""
        focus = self.memory.focus_order
        if self.memory.asked is not None or self.order(focus) is None:
            return False
        return self.fresh_verdict is not None and self.fresh_verdict.order_no == focus

    @property
    def problem(self) -> str | None:
        """The order problem that the message mentions besides its intent, where that is likely enough."""
        scores = {n: s for n, s in self.understood.scores.items() if n in PROBLEMS and n != self.intent}
        best = max(scores, key=lambda name: scores[name], default=None)
        return best if best is not None and scores[best] >= MENTIONED else None

    def amounts(self) -> tuple[int, ...]:
        """Amounts in fen that the message names, as the engine marked them or in plain words."""
        marked = tuple(int(v) for v in self.understood.entities.get("amount", ()) if str(v).isdigit())
        return marked or sums_in(self.text)

    def may_see(self, order: Order | None) -> bool:
        """Whether this buyer may hear anything about the order: his own, or proved in this conversation."""
        if order is None or order.platform != self.conversation.platform:
            return False
        if self.buyer_id is not None and order.buyer_id == self.buyer_id:
            return True
        return order.order_no in self.memory.proved

    def order(self, order_no: str | None) -> Order | None:
        """An order that was read for this turn and may be shown."""
        if order_no is None:
            return None
        found = self.sight.orders.get(order_no.upper())
        return found if self.may_see(found) else None


def fresh_evidence(scene: Scene) -> list[Any]:
    """Evidence of the conversation that no case holds yet."""
    items: list[Any] = scene.uow.evidence.of_conversation(scene.conversation.id, unfiled_only=True)
    return items
