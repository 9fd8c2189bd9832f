"""Withdrawing a case: ``withdraw_form`` and ``action_submit_withdrawal``."""

from __future__ import annotations

from rasa_sdk import Action

from actions.forms import form_actions
from tuika.intake.service import Reception

FORM = "withdraw_form"
SLOTS = ("order", "proof", "claim", "confirm")


def actions(reception: Reception) -> list[Action]:
    return form_actions(FORM, "withdraw", "action_submit_withdrawal", SLOTS, reception)
