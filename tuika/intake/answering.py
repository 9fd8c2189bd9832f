"""The answer to a message that no form takes, and to everything it asks besides.

Invariants: two matters in one message are both served, what is asked of the buyer comes last; a question put in passing
is answered once a turn; a person who is asked for beside something else is called after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from tuika.conversations.model import Say
from tuika.intake import second
from tuika.intake.doubt import unsure
from tuika.intake.reading import wants_money
from tuika.intake.scene import Scene

Handler = Callable[[Scene], list[Say]]
_EMPTY = frozenset({"nlu_fallback", "out_of_scope"})


class Answers:
    def __init__(
        self,
        *,
        handlers: Mapping[str, Handler],
        asides: Mapping[str, Handler],
        fallback: Handler,
        clarify: Handler,
        reminder: Callable[[Scene], Say | None],
    ) -> None:
        """``asides``: what is said instead while a form is open; ``fallback``: where nothing was understood;
        ``reminder``: of what was open before the message changed the subject."""
        self._reminder = reminder
        self._handlers = handlers
        self._asides = {**handlers, **asides}
        self._fallback = fallback
        self.clarify = clarify

    def answer(self, scene: Scene, *, aside: bool) -> list[Say]:
        if not aside and unsure(scene):
            return self.clarify(scene)
        besides = self.in_passing(scene)
        if besides and scene.intent in _EMPTY:
            return besides
        if scene.intent == "express_anger" and not aside and _complains(scene):
            return self._asides[scene.intent](scene)  # the action that follows is the refund flow
        says = (self._asides if aside else self._handlers).get(scene.intent, self._fallback)(scene)
        return self._with(scene, says, besides)

    def in_passing(self, scene: Scene) -> list[Say]:
        """Answers to questions that the message puts beside its main matter."""
        if scene.pressed is not None or scene.memory.passing_turn == scene.turn.id:
            return []
        scene.memory.passing_turn = scene.turn.id
        asked = second.asked_in_passing(scene.text, besides=scene.intent)
        return [replace(say, quick_replies=()) for intent in asked for say in self._handlers[intent](scene)]

    def joined(self, scene: Scene, says: list[Say]) -> list[Say]:
        """What a form ended with, together with everything else that the message asked."""
        return self._with(scene, says, self.in_passing(scene))

    def hand_over(self, scene: Scene) -> list[Say]:
        return self._handlers["request_human"](scene)

    def _with(self, scene: Scene, says: list[Say], more: list[Say]) -> list[Say]:
        asks = bool(says) and says[-1].awaiting is not None
        said = [*more, *says] if asks else [*says, *more]
        if said and not asks and wants_person_too(scene) and "handoff" not in scene.staged:
            said += self.hand_over(scene)
        if not asks and said and "handoff" not in scene.staged:
            reminded = self._reminder(scene)
            said += [reminded] if reminded is not None else []
        return said


def wants_person_too(scene: Scene) -> bool:
    """Whether a person is asked for beside something else."""
    typed = scene.pressed is None and scene.intent not in ("request_human", "ask_contact_channels")
    return typed and second.wants_person(scene.text)


def _complains(scene: Scene) -> bool:
    if scene.memory.verdict is None and wants_money(scene.text):
        return True
    return second.complains(scene.text, names_order=bool(scene.turn.heard.references))


__all__ = ["Answers", "wants_person_too"]
