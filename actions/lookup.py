"""Looking up an order or a case: ``lookup_form`` and ``action_tell_lookup``."""

from __future__ import annotations

from rasa_sdk import Action

from actions.forms import form_actions
from tuika.intake.service import Reception

FORM = "lookup_form"
SLOTS = ("order", "proof", "claim")


def actions(reception: Reception) -> list[Action]:
    return form_actions(FORM, "lookup", "action_tell_lookup", SLOTS, reception)
