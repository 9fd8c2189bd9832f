"""Reporting a scam: ``scam_form`` and ``action_submit_scam_report``."""

from __future__ import annotations

from rasa_sdk import Action

from actions.forms import form_actions
from tuika.intake.service import Reception

FORM = "scam_form"
SLOTS = ("loss",)


def actions(reception: Reception) -> list[Action]:
    return form_actions(FORM, "scam", "action_submit_scam_report", SLOTS, reception)
