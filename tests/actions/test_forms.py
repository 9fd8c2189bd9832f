"""Actions between Rasa's tracker and the reception: what is read from the one and said to the other."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import AnswerThenRefund, HandOver, NotUnderstood, ResumeOrTalk
from actions.forms import AskSlot, EndForm, ValidateForm
from actions.request import turn_id, understood
from tuika.conversations.model import Awaiting, Payload, QuickReply, Say
from tuika.dialogue.rasa import say_from_json
from tuika.intake.memory import Absorbed
from tuika.intake.scene import Understood


class ScriptedLeanings:
    """Where a message leads, as told."""

    def __init__(
        self, *, pending: str | None, names: bool, complains: bool, picked: str | None, own: bool = False
    ) -> None:
        self.pending, self.names, self.complains, self.picked = pending, names, complains, picked
        self.own = own

    def pending_form(self, turn: str) -> str | None:
        return self.pending

    def names_order(self, turn: str) -> bool:
        return self.names

    def complains_too(self, turn: str) -> bool:
        return self.complains

    def tells_own_case(self, turn: str) -> bool:
        return self.own

    def rages_for_money(self, turn: str, heard: Understood) -> bool:
        return self.own and heard.intent == "express_anger"

    def tells_of_order(self, turn: str) -> bool:
        return self.names and self.complains

    def no_account_trouble(self, turn: str) -> bool:
        return False

    def chosen_meaning(self, turn: str) -> str | None:
        return self.picked

    def to_refund(self, turn: str, heard: Understood) -> bool:
        return False


class ScriptedReception:
    """Answers as told; a real class with the reception's methods, no rule inside."""

    def __init__(
        self,
        *,
        absorbed: Absorbed | None = None,
        pending: str | None = None,
        names: bool = False,
        complains: bool = False,
        picked: str | None = None,
    ) -> None:
        self.absorbed = absorbed or Absorbed(turn_id="t1", form="refund_form")
        self.leanings = ScriptedLeanings(pending=pending, names=names, complains=complains, picked=picked)
        self.heard: list[Understood] = []
        self.meant: list[str] = []

    def absorb(self, form: str, turn: str, heard: Understood) -> Absorbed:
        self.heard.append(heard)
        return self.absorbed

    def ask(self, form: str, slot: str, turn: str, heard: Understood) -> list[Say]:
        return [
            Say(
                f"{form}.{slot}?",
                awaiting=Awaiting.CONFIRM,
                quick_replies=(QuickReply("是", Payload("yes")),),
            )
        ]

    def finish(self, form: str, turn: str, heard: Understood) -> list[Say]:
        return [Say("一"), Say("二")]

    def respond(self, turn: str, heard: Understood, *, aside: bool = False) -> list[Say]:
        return [Say(f"{heard.intent} {aside}")]

    def mean(self, turn: str, heard: Understood, intent: str) -> None:
        self.meant.append(intent)


def tracker(intent: str = "inform", **message: Any) -> Tracker:
    latest = {"intent": {"name": intent, "confidence": 0.7}, "metadata": {"turn": "t1"}, **message}
    return Tracker("cv:1", {}, latest, [], False, None, {}, "action_listen")


def run(action: Any, state: Tracker) -> tuple[list[Any], list[Say]]:
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, state, {})
    return events, [say_from_json(m["custom"]["say"]) for m in dispatcher.messages]


def test_the_message_is_read_with_its_runners_up_and_entities() -> None:
    state = tracker(
        intent_ranking=[{"name": "nlu_fallback", "confidence": 0.4}, {"name": "thank", "confidence": 0.2}],
        entities=[{"entity": "amount", "value": 9800}, {"entity": "amount", "value": 100}],
    )
    heard = understood(state)
    assert turn_id(state) == "t1"
    assert heard.ranking == ("thank",)
    assert heard.scores["thank"] == 0.2
    assert heard.entities["amount"] == ("9800", "100")


def test_a_message_without_a_turn_has_none() -> None:
    state = Tracker("x", {}, {"intent": {}}, [], False, None, {}, "action_listen")
    assert turn_id(state) == ""
    assert understood(state).intent == "nlu_fallback"


def test_a_form_that_took_nothing_tells_rasa_nothing() -> None:
    reception = ScriptedReception(
        absorbed=Absorbed(turn_id="t1", form="refund_form", next="order", took=False)
    )
    assert run(ValidateForm("refund_form", "refund", reception), tracker()) == ([], [])


def test_filled_slots_and_the_next_question_become_slots() -> None:
    absorbed = Absorbed(
        turn_id="t1", form="refund_form", filled={"order": "done", "confirm": None}, next="confirm", took=True
    )
    events, _says = run(
        ValidateForm("refund_form", "refund", ScriptedReception(absorbed=absorbed)), tracker()
    )
    assert {e["name"]: e["value"] for e in events} == {
        "refund_order": "done",
        "refund_confirm": None,
        "requested_slot": "refund_confirm",
    }


def test_a_form_that_has_all_asks_for_nothing_more() -> None:
    absorbed = Absorbed(turn_id="t1", form="refund_form", filled={"order": "done"}, next=None, took=True)
    events, _says = run(
        ValidateForm("refund_form", "refund", ScriptedReception(absorbed=absorbed)), tracker()
    )
    assert events[-1]["name"] == "requested_slot"
    assert events[-1]["value"] is None


def test_what_is_asked_passes_through_rasa_unread() -> None:
    _events, says = run(AskSlot("refund_form", "refund", "confirm", ScriptedReception()), tracker())
    assert says == [Say("refund_form.confirm?", None, (QuickReply("是", Payload("yes")),), Awaiting.CONFIRM)]


def test_the_end_of_a_form_goes_back_to_the_one_that_was_parked() -> None:
    events, says = run(
        EndForm("action_submit_scam_report", "scam_form", ScriptedReception(pending="refund_form")), tracker()
    )
    assert [s.text for s in says] == ["一", "二"]
    assert events[0]["name"] == "refund_form"


def test_a_bare_answer_returns_to_the_form_that_rasa_lost() -> None:
    events, says = run(
        ResumeOrTalk("action_resume_or_talk", ScriptedReception(pending="refund_form")), tracker("affirm")
    )
    assert (events[0]["event"], events[0]["name"], says) == ("followup", "refund_form", [])


def test_a_bare_order_number_is_looked_up() -> None:
    events, _says = run(
        ResumeOrTalk("action_resume_or_talk", ScriptedReception(names=True)), tracker("inform")
    )
    assert events[0]["name"] == "lookup_form"


def test_whether_this_order_can_be_refunded_is_decided_not_lectured_about() -> None:
    events, says = run(
        AnswerThenRefund("action_answer_question", ScriptedReception(names=True)),
        tracker("ask_refund_eligibility"),
    )
    assert (events[0]["name"], says) == ("refund_form", [])
    events, says = run(
        AnswerThenRefund("action_answer_question", ScriptedReception()), tracker("ask_refund_eligibility")
    )
    assert (events, [s.text for s in says]) == ([], ["ask_refund_eligibility False"])


def test_a_question_with_a_complaint_is_answered_and_then_taken_up() -> None:
    events, says = run(
        AnswerThenRefund("action_answer_question", ScriptedReception(names=True, complains=True)),
        tracker("ask_refund_timeline"),
    )
    assert [s.text for s in says] == ["ask_refund_timeline False"]
    assert [event["name"] for event in events] == ["refund_form"]


def test_a_curse_with_a_complaint_gets_its_sentence_and_is_taken_up() -> None:
    events, says = run(
        AnswerThenRefund("action_calm_down", ScriptedReception(names=True, complains=True)),
        tracker("express_anger"),
    )
    assert [s.text for s in says] == ["express_anger False"]
    assert [event["name"] for event in events] == ["refund_form"]


def test_a_greeting_with_a_complaint_is_not_asked_what_it_is_about() -> None:
    events, says = run(
        AnswerThenRefund("action_small_talk", ScriptedReception(names=True, complains=True)), tracker("greet")
    )
    assert ([event["name"] for event in events], says) == (["refund_form"], [])


def test_a_lost_password_of_an_order_that_went_wrong_is_no_account_trouble() -> None:
    both = ScriptedReception(names=True, complains=True)
    assert (
        run(HandOver("action_hand_over", both), tracker("report_account_issue"))[0][0]["name"]
        == "refund_form"
    )
    assert run(HandOver("action_hand_over", both), tracker("request_human"))[0] == []
    alone = ScriptedReception()
    assert run(HandOver("action_hand_over", alone), tracker("report_account_issue"))[0] == []


def test_a_meaning_picked_in_words_leads_where_its_button_would() -> None:
    to_form = ScriptedReception(picked="report_no_delivery")
    events, says = run(ResumeOrTalk("action_resume_or_talk", to_form), tracker("inform"))
    assert ([event["name"] for event in events], says, to_form.meant) == (
        ["refund_form"],
        [],
        ["report_no_delivery"],
    )
    to_answer = ScriptedReception(picked="ask_refund_fee")
    events, says = run(NotUnderstood("action_not_understood", to_answer), tracker("nlu_fallback"))
    assert (events, len(says), to_answer.meant) == ([], 1, ["ask_refund_fee"])
