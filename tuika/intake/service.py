"""The reception: what actions call, one transaction each.

Invariants: the shop is read before the transaction, the turn's right to write is checked inside it, and the
memory is saved by the same commit; validating a form twice in one turn answers the same and does nothing
twice; a shop that is down leaves the turn to be worked again later.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from tuika.clock import Clock
from tuika.conversations.model import Say
from tuika.conversations.ports import Units
from tuika.conversations.service import Conversations
from tuika.intake.intents import OPENERS, PROBLEMS
from tuika.intake.memory import Absorbed, Memory, Tried
from tuika.intake.reading import reason_in_words, wants_money
from tuika.intake.scene import Scene, Sight, Understood
from tuika.intake.sight import Reader

T = TypeVar("T")
SURELY_FOREIGN = 0.65
SURELY_SMALL = 0.5
SURELY_SMALL_AGAIN = 0.8  # right after a failure: who was not understood does not say hello
_SMALL = frozenset({"greet", "thank", "goodbye", "ask_capabilities", "bot_challenge"})
LEANS = 0.3
MOST_SIGHTS = 64


class Flow(Protocol):
    """A form: what it takes from a message, what it lacks, how it asks."""

    form: str
    slots: tuple[str, ...]

    def absorb(self, scene: Scene) -> bool: ...
    def next(self, scene: Scene) -> str | None: ...
    def ask(self, scene: Scene, slot: str) -> Say: ...
    def finish(self, scene: Scene) -> list[Say]: ...


class Guard(Protocol):
    """Watches what is heard and speaks first, or last, where it tells of fraud."""

    def hear(self, scene: Scene) -> None: ...
    def answers_alone(self, scene: Scene) -> bool: ...
    def speak(self, scene: Scene, says: list[Say]) -> list[Say]: ...


class Reception:
    def __init__(
        self,
        *,
        clock: Clock,
        uow: Units,
        conversations: Conversations,
        reader: Reader,
        flows: dict[str, Flow],
        handlers: dict[str, Callable[[Scene], list[Say]]],
        asides: dict[str, Callable[[Scene], list[Say]]],
        guard: Guard,
        first: Callable[[Scene], Say | None],
        fallback: Callable[[Scene], list[Say]],
    ) -> None:
        self._clock = clock
        self._uow = uow
        self._conversations = conversations
        self._reader = reader
        self._flows = flows
        self._handlers = handlers
        self._guard = guard
        self._first = first
        self._sights: dict[str, Sight] = {}
        self._sights_lock = threading.Lock()
        self._asides = {**handlers, **asides}
        self._fallback = fallback

    def absorb(self, form: str, turn_id: str, understood: Understood) -> Absorbed:
        """Take what the message gives to a form; says which slots it filled and which comes next."""

        def step(scene: Scene) -> Absorbed:
            memory, flow = scene.memory, self._flows[form]
            done = memory.absorbed
            if done is not None and done.turn_id == turn_id and done.form == form:
                return done
            if memory.form != form:
                memory.begin(form, _purpose(scene), park=form == "scam_form")
                answered = self._first(scene)
                if answered is not None:
                    memory.reply = answered.text
                    memory.absorbed = Absorbed(
                        turn_id=turn_id, form=form, filled=_filled(flow, None), took=True
                    )
                    return memory.absorbed
            if form != "scam_form":
                self._guard.hear(scene)
            took = flow.absorb(scene)
            if took or memory.asked is None:
                memory.misunderstood = 0
                wanted = flow.next(scene)
                filled = _filled(flow, wanted)
                memory.absorbed = Absorbed(turn_id=turn_id, form=form, filled=filled, next=wanted, took=True)
            else:
                memory.absorbed = Absorbed(turn_id=turn_id, form=form, next=memory.asked, took=False)
            return memory.absorbed

        return self._step(turn_id, understood, step)

    def ask(self, form: str, slot: str, turn_id: str, understood: Understood) -> Say:
        """The question for a slot; what is asked is remembered."""

        def step(scene: Scene) -> Say:
            flow = self._flows[form]
            if scene.memory.form != form:
                scene.memory.begin(form, _purpose(scene))
            scene.memory.evidence_asked = None
            say = self._guard.speak(scene, [flow.ask(scene, slot)])[0]
            scene.memory.asked = slot
            return say

        return self._step(turn_id, understood, step)

    def finish(self, form: str, turn_id: str, understood: Understood) -> list[Say]:
        """The end of a form: its effect and what is said about it."""

        def step(scene: Scene) -> list[Say]:
            if scene.memory.reply is not None:
                reply = Say(scene.memory.reply)
                scene.memory.reply = None
                scene.memory.end()
                return [reply]
            says = self._guard.speak(scene, self._flows[form].finish(scene))
            asked = scene.memory.evidence_asked
            hears = scene.memory.parked is not None and scene.memory.parked.hears
            scene.memory.end()
            scene.memory.evidence_asked = asked if says and says[-1].awaiting else None
            if scene.memory.form is not None and not hears:
                self._hold(scene, self._flows[scene.memory.form])
            return says

        return self._step(turn_id, understood, step)

    def respond(self, turn_id: str, understood: Understood, *, aside: bool = False) -> list[Say]:
        """Answer a message that no form takes. ``aside``: said in passing, a form stays open."""

        def step(scene: Scene) -> list[Say]:
            scene.understood = _sobered(scene.understood, failed=scene.memory.misunderstood > 0)
            handler = (self._asides if aside else self._handlers).get(scene.intent, self._fallback)
            before = scene.memory.misunderstood
            self._guard.hear(scene)
            says = [] if self._guard.answers_alone(scene) else handler(scene)
            says = self._guard.speak(scene, says)
            scene.memory.last_intent = scene.intent
            if scene.memory.misunderstood == before:
                scene.memory.misunderstood = 0
            return says

        return self._step(turn_id, understood, step)

    def pending_form(self, turn_id: str) -> str | None:
        """The form that the memory holds open, if the engine has lost it."""
        with self._uow.reading() as uow:
            turn = uow.turns.get(turn_id)
            if turn is None:
                return None
            conversation = self._conversations.get(uow, turn.conversation_id)
            return Memory.model_validate(conversation.memory).form

    def leans_to_refund(self, turn_id: str, understood: Understood) -> bool:
        """Whether a message that was not understood is, whatever else, a wish to refund something named."""
        weight = sum(understood.scores.get(name, 0.0) for name in OPENERS)
        with self._uow.reading() as uow:
            turn = uow.turns.get(turn_id)
        if turn is None:
            return False
        named, worded = bool(turn.heard.references), reason_in_words(turn.heard.text) is not None
        first = understood.ranking[0] if understood.ranking else ""
        if named and worded:
            return True
        return weight >= LEANS and (named or worded or first in PROBLEMS)

    def asks_and_complains(self, turn_id: str) -> bool:
        """Whether a question also tells what went wrong with an order it names, and wants the money."""
        with self._uow.reading() as uow:
            turn = uow.turns.get(turn_id)
        if turn is None or not turn.heard.references:
            return False
        return wants_money(turn.heard.text) and reason_in_words(turn.heard.text) is not None

    def names_order(self, turn_id: str) -> bool:
        """Whether the message names an order or payment number."""
        with self._uow.reading() as uow:
            turn = uow.turns.get(turn_id)
            return turn is not None and bool(turn.heard.references)

    def _step(self, turn_id: str, understood: Understood, work: Callable[[Scene], T]) -> T:
        with self._uow.reading() as uow:
            scene = self._scene(uow, turn_id, understood)
        scene.sight = self._seen(turn_id)
        sight = self._reader.look(scene)
        self._keep(turn_id, sight)
        with self._uow() as uow:
            scene = self._scene(uow, turn_id, understood, sight)
            _remember_proof(scene)
            result = work(scene)
            uow.conversations.set_memory(scene.conversation.id, scene.memory.model_dump(mode="json"))
            if scene.staged:
                self._conversations.stage(uow, scene.turn, **scene.staged)
            return result

    def _seen(self, turn_id: str) -> Sight:
        """What an earlier step of the turn saw of the shop."""
        with self._sights_lock:
            return self._sights.pop(turn_id, None) or Sight()

    def _keep(self, turn_id: str, sight: Sight) -> None:
        """The steps of one turn follow within milliseconds: they see the shop as its first step saw it."""
        with self._sights_lock:  # actions run in many threads
            while len(self._sights) >= MOST_SIGHTS:
                self._sights.pop(next(iter(self._sights)))
            self._sights[turn_id] = replace(sight, orders=dict(sight.orders), recent=list(sight.recent))

    def _scene(self, uow: Any, turn_id: str, understood: Understood, sight: Sight | None = None) -> Scene:
        turn, conversation = self._conversations.open_turn(uow, turn_id)
        return Scene(
            turn=turn,
            conversation=conversation,
            memory=Memory.model_validate(conversation.memory),
            understood=understood,
            sight=sight or Sight(),
            now=self._clock.now(),
            uow=uow,
        )

    def _hold(self, scene: Scene, flow: Flow) -> None:
        """A parked form takes nothing from the message that ended the form before it."""
        wanted = scene.memory.asked or flow.next(scene)
        scene.memory.absorbed = Absorbed(
            turn_id=scene.turn.id, form=flow.form, filled=_filled(flow, wanted), next=wanted, took=True
        )


def _sobered(understood: Understood, *, failed: bool) -> Understood:
    """Gibberish resembles nothing; "out of scope" is believed only where it is likely."""
    unsure = understood.intent == "out_of_scope" and understood.confidence < SURELY_FOREIGN
    sure = SURELY_SMALL_AGAIN if failed else SURELY_SMALL
    if unsure or (understood.intent in _SMALL and understood.confidence < sure):
        return replace(understood, intent="nlu_fallback")
    return understood


def _remember_proof(scene: Scene) -> None:
    """One message tries a proof once, however many steps its turn has."""
    proof = scene.sight.proof
    if proof is not None:
        scene.memory.tried = Tried(
            turn_id=scene.turn.id, order_no=proof.order_no, right=proof.right, locked_for=proof.locked_for
        )


def _purpose(scene: Scene) -> str:
    return "inform" if scene.intent in ("choose", "upload") else scene.intent


def _filled(flow: Flow, wanted: str | None) -> dict[str, str | None]:
    """Slots before the one asked for count as filled, the rest as open."""
    if wanted is None:
        return dict.fromkeys(flow.slots, "done")
    position = flow.slots.index(wanted)
    return {slot: ("done" if index < position else None) for index, slot in enumerate(flow.slots)}
