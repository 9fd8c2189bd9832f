"""The three actions that every form needs: validate, ask, end.

They normalise between Rasa's slots and the reception's draft and decide nothing: a slot is "done" once the
draft has what it stands for, and ``requested_slot`` is the question that the reception wants next.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.request import turn_id, understood, utter
from tuika.intake.memory import Absorbed
from tuika.intake.service import Reception

REQUESTED = "requested_slot"


class ValidateForm(Action):
    """``validate_<form>``: an answer without slots tells Rasa that the form took nothing."""

    def __init__(self, form: str, prefix: str, reception: Reception) -> None:
        self._form, self._prefix, self._reception = form, prefix, reception

    def name(self) -> str:
        return f"validate_{self._form}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        absorbed = self._reception.absorb(self._form, turn_id(tracker), understood(tracker))
        return self._events(absorbed)

    def _events(self, absorbed: Absorbed) -> list[EventType]:
        wanted = f"{self._prefix}_{absorbed.next}" if absorbed.next else None
        if not absorbed.took:
            return []
        filled = [SlotSet(f"{self._prefix}_{slot}", value) for slot, value in absorbed.filled.items()]
        return [*filled, SlotSet(REQUESTED, wanted)]


class AskSlot(Action):
    """``action_ask_<prefix>_<slot>``."""

    def __init__(self, form: str, prefix: str, slot: str, reception: Reception) -> None:
        self._form, self._prefix, self._slot, self._reception = form, prefix, slot, reception

    def name(self) -> str:
        return f"action_ask_{self._prefix}_{self._slot}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        utter(dispatcher, self._reception.ask(self._form, self._slot, turn_id(tracker), understood(tracker)))
        return []


class EndForm(Action):
    """The action after a form: its effect, what is said, and back to a form that was parked."""

    def __init__(self, name: str, form: str, reception: Reception) -> None:
        self._name, self._form, self._reception = name, form, reception

    def name(self) -> str:
        return self._name

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        turn = turn_id(tracker)
        utter(dispatcher, self._reception.finish(self._form, turn, understood(tracker)))
        parked = self._reception.leanings.pending_form(turn)
        return [FollowupAction(parked)] if parked else []


def form_actions(
    form: str, prefix: str, end: str, slots: tuple[str, ...], reception: Reception
) -> list[Action]:
    """All actions of one form."""
    return [
        ValidateForm(form, prefix, reception),
        *(AskSlot(form, prefix, slot, reception) for slot in slots),
        EndForm(end, form, reception),
    ]
