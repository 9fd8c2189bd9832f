"""The reception: what actions call, one transaction each.

Invariants: the shop is read before the transaction, the turn's right to write is checked inside it, and the
memory is saved by the same commit; validating a form twice in one turn answers the same and does nothing
twice; a shop that is down leaves the turn to be worked again later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from tuika.clock import Clock
from tuika.conversations.model import Conversation, Say
from tuika.conversations.ports import Units
from tuika.conversations.service import Conversations
from tuika.conversations.turns import Turn
from tuika.intake.answering import Answers, wants_person_too
from tuika.intake.doubt import sobered, unsure
from tuika.intake.glances import Glance, Glances
from tuika.intake.leanings import Leanings
from tuika.intake.memory import Absorbed, Kept, Meant, Memory, Tried
from tuika.intake.scene import Scene, Sight, Understood
from tuika.intake.sight import Reader
from tuika.intake.story import keep_story

T = TypeVar("T")


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
    def surely(self, scene: Scene) -> bool: ...
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
        answers: Answers,
        guard: Guard,
        first: Callable[[Scene], Say | None],
    ) -> None:
        self._clock = clock
        self._uow = uow
        self._conversations = conversations
        self._reader = reader
        self._flows = flows
        self._answers = answers
        self._guard = guard
        self._first = first
        self._glances = Glances()
        self.leanings = Leanings(uow, conversations, self._glances)

    def absorb(self, form: str, turn_id: str, understood: Understood) -> Absorbed:
        """Take what the message gives to a form; says which slots it filled and which comes next."""

        def step(scene: Scene) -> Absorbed:
            memory, flow = scene.memory, self._flows[form]
            done = memory.absorbed
            if done is not None and done.turn_id == turn_id and done.form == form:
                return done
            if memory.form != form:
                memory.begin(form, _purpose(scene), park=form == "scam_form")
                memory.draft.words = _words_before(scene)
                answered = self._first(scene)
                memory.kept = Kept.of(answered) if answered is not None else None
                memory.unsure = answered is None and unsure(scene) and not self._guard.surely(scene)
                if memory.kept is not None or memory.unsure:
                    return _closed(scene, flow)
            if form != "scam_form":
                self._guard.hear(scene)
            took = flow.absorb(scene)
            leaves = form != "scam_form" and wants_person_too(scene)
            if not took and memory.asked is not None and not leaves:
                memory.absorbed = Absorbed(turn_id=turn_id, form=form, next=memory.asked, took=False)
                return memory.absorbed
            memory.misunderstood = 0
            wanted = flow.next(scene)
            if leaves and wanted is not None:
                memory.leaves = True
                return _closed(scene, flow)
            filled = _filled(flow, wanted)
            memory.absorbed = Absorbed(turn_id=turn_id, form=form, filled=filled, next=wanted, took=True)
            return memory.absorbed

        return self._step(turn_id, understood, step)

    def ask(self, form: str, slot: str, turn_id: str, understood: Understood) -> list[Say]:
        """The question for a slot, after what was asked in passing; what is asked is remembered."""

        def step(scene: Scene) -> list[Say]:
            flow = self._flows[form]
            if scene.memory.form != form:
                scene.memory.begin(form, _purpose(scene))
            scene.memory.evidence_asked = None
            says = self._guard.speak(scene, [*self._answers.in_passing(scene), flow.ask(scene, slot)])
            scene.memory.asked = slot
            return says

        return self._step(turn_id, understood, step)

    def finish(self, form: str, turn_id: str, understood: Understood) -> list[Say]:
        """The end of a form: its effect and what is said about it."""

        def step(scene: Scene) -> list[Say]:
            memory = scene.memory
            if memory.kept is not None:
                kept = memory.kept.say()
                memory.kept = None
                memory.end()
                return [kept]
            if memory.unsure:
                memory.unsure = False
                memory.end()
                return self._answers.clarify(scene)
            if memory.leaves:  # what was begun stays in the memory, for the way back
                memory.leaves = False
                return self._answers.hand_over(scene)
            says = self._guard.speak(scene, self._flows[form].finish(scene))
            says = self._answers.joined(scene, says)
            asked = memory.evidence_asked
            hears = memory.parked is not None and memory.parked.hears
            memory.end()
            memory.evidence_asked = asked if says and says[-1].awaiting else None
            if memory.form is not None and not hears:
                self._hold(scene, self._flows[memory.form])
            return says

        return self._step(turn_id, understood, step)

    def respond(self, turn_id: str, understood: Understood, *, aside: bool = False) -> list[Say]:
        """Answer a message that no form takes. ``aside``: said in passing, a form stays open."""

        def step(scene: Scene) -> list[Say]:
            scene.understood = sobered(scene.understood, scene)
            before = scene.memory.misunderstood
            self._guard.hear(scene)
            says = [] if self._guard.answers_alone(scene) else self._answers.answer(scene, aside=aside)
            says = self._guard.speak(scene, says)
            scene.memory.last_intent = scene.intent
            keep_story(scene)
            if scene.memory.misunderstood == before:
                scene.memory.misunderstood = 0
            return says

        return self._step(turn_id, understood, step)

    def mean(self, turn_id: str, understood: Understood, intent: str) -> None:
        """From here on the turn has the meaning that the buyer picked."""

        def step(scene: Scene) -> None:
            clarified = scene.memory.clarified
            scene.memory.meant = Meant(
                turn_id=turn_id, intent=intent, words=clarified.words if clarified else ""
            )
            scene.memory.clarified = None

        self._step(turn_id, understood, step)

    def begun(self, turn: Turn, conversation: Conversation) -> None:
        """A turn goes to the engine from this process, as these rows say."""
        self._glances.keep(Glance(turn, conversation))

    def _step(self, turn_id: str, understood: Understood, work: Callable[[Scene], T]) -> T:
        glance = self._glances.of(turn_id)
        try:
            if glance is not None and glance.sight is not None:
                with self._uow() as uow:
                    scene = self._scene(uow, turn_id, understood, glance.sight)
                    if glance.turn.sent_at != scene.turn.sent_at:
                        glance = None
                    elif not self._reader.lacks(scene):
                        return self._worked(uow, self._reader.recalled(scene), work)
            sight = self._looked(turn_id, understood, glance)
            with self._uow() as uow:
                return self._worked(uow, self._scene(uow, turn_id, understood, sight), work)
        except BaseException:
            self._glances.forget(turn_id)  # whoever tries again looks again
            raise

    def _looked(self, turn_id: str, understood: Understood, glance: Glance | None) -> Sight:
        """What the shop says, asked outside any transaction."""
        if glance is not None:
            scene = self._of(glance.turn, glance.conversation, understood, glance.sight)
        else:
            with self._uow.reading() as uow:
                scene = self._scene(uow, turn_id, understood)
        return self._reader.look(scene)

    def _worked(self, uow: Any, scene: Scene, work: Callable[[Scene], T]) -> T:
        _remember_proof(scene)
        seen = scene.sight.copy()
        result = work(scene)
        memory = scene.memory.model_dump(mode="json")
        uow.conversations.set_memory(scene.conversation.id, memory)
        if uow.due.is_pressing(self._clock.now()):
            scene.staged["due"] = True
        if scene.staged:
            self._conversations.stage(uow, scene.turn, **scene.staged)
        self._glances.keep(Glance(scene.turn, replace(scene.conversation, memory=memory), seen))
        return result

    def _scene(self, uow: Any, turn_id: str, understood: Understood, sight: Sight | None = None) -> Scene:
        turn, conversation = self._conversations.open_turn(uow, turn_id)
        return self._of(turn, conversation, understood, sight, uow)

    def _of(
        self,
        turn: Turn,
        conversation: Conversation,
        understood: Understood,
        sight: Sight | None,
        uow: Any = None,
    ) -> Scene:
        memory = Memory.model_validate(conversation.memory)
        return Scene(
            turn=turn,
            conversation=conversation,
            memory=memory,
            understood=_as_meant(understood, memory, turn.id),
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


def _as_meant(understood: Understood, memory: Memory, turn_id: str) -> Understood:
    """What the engine made of the message, or the meaning that the buyer picked for it."""
    meant = memory.meant
    if meant is None or meant.turn_id != turn_id:
        return understood
    return replace(understood, intent=meant.intent, confidence=1.0)


def _words_before(scene: Scene) -> str:
    """What the buyer had said, where this turn only picks its meaning."""
    meant, clarified = scene.memory.meant, scene.clarified
    if meant is not None and meant.turn_id == scene.turn.id:
        return meant.words
    return clarified.words if clarified is not None and scene.pressed == "intent" else ""


def _closed(scene: Scene, flow: Flow) -> Absorbed:
    """The form asks nothing more: its ending says why."""
    scene.memory.absorbed = Absorbed(
        turn_id=scene.turn.id, form=flow.form, filled=_filled(flow, None), took=True
    )
    return scene.memory.absorbed


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
