"""Rules are found as the stock policy finds them, over drawn rules and histories."""

from __future__ import annotations

import importlib.util
import json
import random
from typing import Any, Dict, List

import rasa.core.policies.rule_policy as installed

from tuika_nlu.speed.rules import possible_keys

ACTIONS = ("action_listen", "action_refund", "refund_form", "utter_greet")
INTENTS = ("greet", "request_refund", "ask_refund_progress")


def stock_policy() -> Any:
    """An unpatched copy of the module's class, without a model."""
    spec = importlib.util.spec_from_file_location("stock_rule_policy", installed.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.RulePolicy.__new__(module.RulePolicy)


def drawn_state(draw: random.Random, *, start: bool) -> Dict[str, Any]:
    state: Dict[str, Any] = {}
    if not start:
        state["prev_action"] = {"action_name": draw.choice(ACTIONS)}
    if draw.random() < 0.6:
        state["user"] = {"intent": draw.choice(INTENTS)}
    if draw.random() < 0.3:
        state["active_loop"] = {"name": draw.choice(("refund_form", "should_not_be_set"))}
    if draw.random() < 0.3:
        state["slots"] = {"refund_done": draw.choice(((1.0,), "should_not_be_set"))}
    return state


def drawn_states(draw: random.Random, most: int) -> List[Dict[str, Any]]:
    begins = draw.random() < 0.4
    return [drawn_state(draw, start=begins and i == 0) for i in range(draw.randint(1, most))]


def test_the_same_keys_as_the_stock_policy() -> None:
    draw, stock, found = random.Random(7), stock_policy(), 0
    for _ in range(300):
        lookup = {json.dumps(drawn_states(draw, 4), sort_keys=True): "x" for _ in range(25)}
        history = drawn_states(draw, 8)
        expected = stock._get_possible_keys(lookup, history)
        assert possible_keys(stock, lookup, history) == expected
        found += len(expected)
    assert found > 100  # the comparison was not of empty sets


def test_no_rules_no_keys() -> None:
    assert possible_keys(stock_policy(), {}, [{"user": {"intent": "greet"}}]) == set()


def rules_that_reach(length: int) -> Dict[str, str]:
    """A lookup whose longest rule has so many states."""
    states = [{"prev_action": {"action_name": "action_listen"}, "user": {"intent": "greet"}}] * length
    return {json.dumps(states): "action_greet"}


def test_a_lookup_that_changes_is_read_anew() -> None:
    state = {"prev_action": {"action_name": "action_listen"}, "user": {"intent": "greet"}}
    lookup = {json.dumps([{**state, "user": {"intent": "request_refund"}}]): "x"}
    assert possible_keys(stock_policy(), lookup, [state]) == set()
    lookup[json.dumps([state])] = "y"
    assert possible_keys(stock_policy(), lookup, [state]) == {json.dumps([state])}
