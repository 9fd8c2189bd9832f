"""Conversations as Rasa's processor would log them, drawn at random: forms, digressions, refusals, follow-ups."""

from __future__ import annotations

import random
from typing import List

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    FollowupAction,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

FORMS = ("refund_form", "lookup_form")
INTENTS = ("greet", "request_refund", "ask_refund_progress")
DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [greet, request_refund, ask_refund_progress]
entities: [order_no]
slots:
  refund_order: {type: any, influence_conversation: false, mappings: [{type: custom}]}
  lookup_order: {type: any, influence_conversation: false, mappings: [{type: custom}]}
  steers: {type: bool, influence_conversation: true, mappings: [{type: custom}]}
forms:
  refund_form: {required_slots: [refund_order]}
  lookup_form: {required_slots: [lookup_order]}
actions: [action_greet, action_tell]
"""
)


def tracker(draw: random.Random, turns: int, sender: str = "s") -> DialogueStateTracker:
    made = DialogueStateTracker(sender, DOMAIN.slots)
    made.model_id, made.assistant_id = "m", "a"
    for event in (ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")):
        made.update(event, DOMAIN)
    for number in range(turns):
        for event in turn(draw, made, number):
            made.update(event, DOMAIN)
    return made


def turn(draw: random.Random, made: DialogueStateTracker, number: int) -> List[Event]:
    heard = draw.choice(INTENTS)
    events: List[Event] = [
        UserUttered(
            f"t{number}", {"name": heard, "confidence": 0.9}, [], {"intent": {"name": heard}, "entities": []}
        ),
        DefinePrevUserUtteredFeaturization(False),
    ]
    loop = made.active_loop_name
    if loop and draw.random() < 0.6:
        events += [ActionExecuted(loop), *_form_step(draw, loop)]
    elif loop:
        events += [ActionExecutionRejected(loop), *_digression(draw, loop)]
    elif draw.random() < 0.5:
        form = draw.choice(FORMS)
        events += [ActionExecuted(form), ActiveLoop(form), *_form_step(draw, form)]
    else:
        events += [ActionExecuted("action_greet"), BotUttered("hello", {"custom": {"say": "hello"}})]
    if draw.random() < 0.1:
        events += [FollowupAction("action_greet"), ActionExecuted("action_greet")]
    return [*events, ActionExecuted("action_listen")]


def _form_step(draw: random.Random, form: str) -> List[Event]:
    slot = f"{form.split('_')[0]}_order"
    if draw.random() < 0.3:
        return [
            SlotSet(slot, "done"),
            SlotSet("requested_slot", None),
            ActiveLoop(None),
            ActionExecuted("action_tell"),
            BotUttered("told"),
            SlotSet("steers", draw.choice([True, False, None])),
        ]
    return [SlotSet("requested_slot", slot), BotUttered("which order?")]


def _digression(draw: random.Random, form: str) -> List[Event]:
    if draw.random() < 0.2:
        return [ActionExecuted("action_deactivate_loop"), ActiveLoop(None), ActionExecuted("action_greet")]
    return [
        ActionExecuted("action_greet"),
        BotUttered("by the way"),
        LoopInterrupted(True),
        ActionExecuted(form),
        BotUttered("which order?"),
    ]
