"""The Rasa project and the code that serves it name the same things."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from actions.all import all_actions
from tuika.intake.choices import CHOOSE, UPLOAD
from tuika.intake.refund import SLOTS as REFUND_SLOTS
from tuika.intake.service import Reception

ROOT = Path(__file__).resolve().parents[2]
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
STRUCTURAL = {CHOOSE, UPLOAD}


def intents() -> list[str]:
    return [next(iter(item)) for item in DOMAIN["intents"]]


def rules() -> list[dict[str, Any]]:
    loaded = (
        yaml.load(path.read_text("utf-8"), Loader=LOADER)
        for path in sorted((ROOT / "data").glob("*/rules.yml"))
    )
    return [rule for document in loaded for rule in document["rules"]]


@cache
def examples() -> dict[str, list[str]]:
    """Training messages by intent."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "data").glob("*/nlu.yml")):
        for block in yaml.load(path.read_text("utf-8"), Loader=LOADER)["nlu"]:
            lines = [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
            found.setdefault(block["intent"], []).extend(lines)
    return found


def test_every_action_of_the_domain_exists_and_no_other() -> None:
    unused = cast(Reception, object())  # names need no reception
    assert sorted(action.name() for action in all_actions(unused)) == sorted(DOMAIN["actions"])


def test_forty_one_intents_are_trained_and_two_are_handed_over() -> None:
    trained = examples()
    assert set(intents()) == set(trained) | STRUCTURAL
    assert len(trained) == 41


PROBLEMS = {
    "report_no_delivery",
    "report_invalid_card_key",
    "report_wrong_recharge",
    "report_not_as_described",
    "report_duplicate_charge",
    "report_order_cancelled",
    "request_refund_changed_mind",
    "ask_refund_progress",
    "report_scam",
}


@pytest.mark.parametrize("intent", sorted(set(intents()) - STRUCTURAL))
def test_enough_different_messages(intent: str) -> None:
    messages = examples()[intent]
    assert len(set(messages)) == len(messages)
    assert len(messages) >= (100 if intent in PROBLEMS else 60)


def test_no_message_stands_under_two_intents() -> None:
    seen: dict[str, str] = {}
    for intent, messages in examples().items():
        for message in messages:
            key = "".join(message.split()).lower()
            assert seen.setdefault(key, intent) == intent, message


def test_every_form_has_its_rules() -> None:
    forms = DOMAIN["forms"]
    for form in forms:
        mine = [r for r in rules() if {"active_loop": form} in r.get("condition", [])]
        assert any(r["steps"][0] == {"action": form} for r in mine), f"{form} never ends"
        assert any(r["steps"][1] == {"action": "action_digress"} for r in mine), f"{form} knows no digression"


def test_inside_every_form_every_intent_leads_somewhere() -> None:
    for form in DOMAIN["forms"]:
        answered: set[str] = set()
        for rule in rules():
            if {"active_loop": form} in rule.get("condition", []):
                first = rule["steps"][0]
                answered |= {i["intent"] for i in first.get("or", [first]) if "intent" in i}
        assert set(intents()) - answered == set(), form


def test_the_refund_form_asks_in_the_order_of_the_flow() -> None:
    wanted = [f"refund_{slot}" for slot in REFUND_SLOTS]
    assert DOMAIN["forms"]["refund_form"]["required_slots"] == wanted


def test_no_slot_is_filled_from_text_and_none_steers_a_rule() -> None:
    for name, slot in DOMAIN["slots"].items():
        assert slot["influence_conversation"] is False, name
        assert [m["type"] for m in slot["mappings"]] == ["custom"], name
