"""Actions that answer without a form of their own, one name a topic; what is said is the reception's."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.request import turn_id, understood, utter
from tuika.intake.intents import form_of
from tuika.intake.service import Reception

REFUND = "refund_form"
# What is answered before the complaint in the same message is taken up; the rest is passed over for it.
_ANSWERED_FIRST = frozenset({"express_anger", "verify_official_contact"})


class Answer(Action):
    """Answers by the intent of the message."""

    def __init__(self, name: str, reception: Reception, *, aside: bool = False) -> None:
        self._name, self._reception, self._aside = name, reception, aside

    def name(self) -> str:
        return self._name

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        utter(dispatcher, self._reception.respond(turn_id(tracker), understood(tracker), aside=self._aside))
        return []


class AnswerThenRefund(Answer):
    """A greeting, a curse or a question that also complains: answered, and the complaint taken up."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        heard, leanings = understood(tracker), self._reception.leanings
        if heard.intent == "ask_refund_eligibility" and leanings.names_order(turn_id(tracker)):
            return [
                FollowupAction(REFUND)
            ]  # whether *this order* can be refunded is decided, not lectured about
        if heard.intent == "ask_refund_eligibility" and leanings.tells_own_case(turn_id(tracker)):
            super().run(dispatcher, tracker, domain)
            return [FollowupAction(REFUND)]
        if not (
            leanings.complains_too(turn_id(tracker)) or leanings.rages_for_money(turn_id(tracker), heard)
        ):
            return super().run(dispatcher, tracker, domain)
        if heard.intent in _ANSWERED_FIRST or heard.intent.startswith("ask_"):
            super().run(dispatcher, tracker, domain)
        return [FollowupAction(REFUND)]


class HandOver(Answer):
    """A password that a guest lacks is no account trouble where an order is named and what is wrong with it."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        account = understood(tracker).intent == "report_account_issue"
        if account and self._reception.leanings.no_account_trouble(turn_id(tracker)):
            return [FollowupAction(REFUND)]
        if account and self._reception.leanings.tells_of_order(turn_id(tracker)):
            return [FollowupAction(REFUND)]
        return super().run(dispatcher, tracker, domain)


class NotUnderstood(Answer):
    """Between two refund wishes it matters little which: the flow asks what it needs."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        picked = follow_pick(self._reception, tracker)
        if picked is not None:
            return picked or super().run(dispatcher, tracker, domain)
        if self._reception.leanings.to_refund(turn_id(tracker), understood(tracker)):
            return [FollowupAction(REFUND)]
        return super().run(dispatcher, tracker, domain)


class ResumeOrTalk(Answer):
    """A bare yes, no, number, press or upload: it belongs to the form that the engine has lost, if there is one."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[EventType]:
        turn, leanings = turn_id(tracker), self._reception.leanings
        form = leanings.pending_form(turn)
        if form is not None:
            return [FollowupAction(form)]
        picked = follow_pick(self._reception, tracker)
        if picked is not None:
            return picked or super().run(dispatcher, tracker, domain)
        if understood(tracker).intent in ("affirm", "deny") and leanings.tells_of_order(turn):
            return [FollowupAction(REFUND)]  # "我没拿到东西" with a number is no bare no
        if understood(tracker).intent == "inform" and leanings.names_order(turn):
            return [FollowupAction(REFUND if leanings.tells_of_order(turn) else "lookup_form")]
        return super().run(dispatcher, tracker, domain)


def follow_pick(reception: Reception, tracker: Tracker) -> list[EventType] | None:
    """Where a meaning that was picked in words leads; empty: to an answer; None: nothing was picked."""
    intent = reception.leanings.chosen_meaning(turn_id(tracker))
    if intent is None:
        return None
    reception.mean(turn_id(tracker), understood(tracker), intent)
    form = form_of(intent)
    return [FollowupAction(form)] if form else []


def answer_actions(reception: Reception) -> list[Action]:
    return [
        AnswerThenRefund("action_small_talk", reception),
        AnswerThenRefund("action_calm_down", reception),
        AnswerThenRefund("action_check_contact", reception),
        AnswerThenRefund("action_answer_question", reception),
        HandOver("action_hand_over", reception),
        Answer("action_core_fallback", reception),
        NotUnderstood("action_not_understood", reception),
        Answer("action_digress", reception, aside=True),
        ResumeOrTalk("action_resume_or_talk", reception),
    ]
