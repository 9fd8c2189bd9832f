"""Every action of the domain over one reception, for the executor."""

from __future__ import annotations

from rasa_sdk import Action

from actions import appeal, lookup, refund, scam, withdraw
from actions.answers import answer_actions
from tuika.intake.service import Reception


def all_actions(reception: Reception) -> list[Action]:
    """The names here are the names in domain.yml; a test compares them."""
    forms = (refund, lookup, withdraw, appeal, scam)
    return [*answer_actions(reception), *(action for form in forms for action in form.actions(reception))]
