"""Appealing a rejection: ``appeal_form`` and ``action_submit_appeal``."""

from __future__ import annotations

from rasa_sdk import Action

from actions.forms import form_actions
from tuika.intake.service import Reception

FORM = "appeal_form"
SLOTS = ("order", "proof", "claim", "evidence", "confirm")


def actions(reception: Reception) -> list[Action]:
    return form_actions(FORM, "appeal", "action_submit_appeal", SLOTS, reception)
