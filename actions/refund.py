"""The refund flow: ``refund_form`` and ``action_submit_refund``."""

from __future__ import annotations

from rasa_sdk import Action

from actions.forms import form_actions
from tuika.intake.service import Reception

FORM = "refund_form"
SLOTS = ("order", "proof", "claim", "reason", "fault", "keys", "payment", "evidence", "confirm")


def actions(reception: Reception) -> list[Action]:
    return form_actions(FORM, "refund", "action_submit_refund", SLOTS, reception)
