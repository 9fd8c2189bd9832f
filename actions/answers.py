"""Actions that answer without a form of their own, one name a topic; what is said is the reception's."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.request import turn_id, understood, utter
from tuika.intake.service import Reception

ANSWERS = (
    "action_small_talk",
    "action_calm_down",
    "action_hand_over",
    "action_check_contact",
    "action_core_fallback",
)


class Answer(Action):
    """Answers by the intent of the message."""

    def __init__(self, name: str, reception: Reception, *, aside: bool = False) -> None:
        self._name, self._reception, self._aside = name, reception, aside

    def name(self) -> str:
        return self._name

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        utter(dispatcher, self._reception.respond(turn_id(tracker), understood(tracker), aside=self._aside))
        return []


class AnswerQuestion(Answer):
    """Whether *this order* can be refunded is decided, not lectured about: nothing is filed before a yes."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        heard = understood(tracker)
        if heard.intent == "ask_refund_eligibility" and self._reception.names_order(turn_id(tracker)):
            return [FollowupAction("refund_form")]
        events = super().run(dispatcher, tracker, domain)
        if self._reception.asks_and_complains(turn_id(tracker)):
            return [
                *events,
                FollowupAction("refund_form"),
            ]  # the question is answered, the complaint taken up
        return events


class NotUnderstood(Answer):
    """Between two refund wishes it matters little which: the flow asks what it needs."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        if self._reception.leans_to_refund(turn_id(tracker), understood(tracker)):
            return [FollowupAction("refund_form")]
        return super().run(dispatcher, tracker, domain)


class ResumeOrTalk(Answer):
    """A bare yes, no, number, press or upload: it belongs to the form that the engine has lost, if there is one."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        form = self._reception.pending_form(turn_id(tracker))
        if form is not None:
            return [FollowupAction(form)]
        if understood(tracker).intent == "inform" and self._reception.names_order(turn_id(tracker)):
            return [FollowupAction("lookup_form")]
        return super().run(dispatcher, tracker, domain)


def answer_actions(reception: Reception) -> list[Action]:
    return [
        *(Answer(name, reception) for name in ANSWERS),
        AnswerQuestion("action_answer_question", reception),
        NotUnderstood("action_not_understood", reception),
        Answer("action_digress", reception, aside=True),
        ResumeOrTalk("action_resume_or_talk", reception),
    ]
