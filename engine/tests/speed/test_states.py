"""The last states are those of the whole history, over drawn conversations."""

from __future__ import annotations

import random

import pytest
from rasa.core.featurizers.tracker_featurizers import MaxHistoryTrackerFeaturizer

from tuika_nlu.speed.states import last_states, prediction_states

from .drawing import DOMAIN, tracker
from .test_rules import rules_that_reach, stock_policy


@pytest.mark.parametrize("count", [1, 3, 7])
def test_the_same_as_the_end_of_the_whole_history(count: int) -> None:
    draw = random.Random(count)
    for _ in range(60):
        drawn = tracker(draw, draw.randint(0, 12))
        assert last_states(drawn, DOMAIN, count) == DOMAIN.states_for_tracker_history(drawn)[-count:]


@pytest.mark.parametrize("by_text", [True, False])
def test_a_policy_is_given_the_same(by_text: bool) -> None:
    draw, policy = random.Random(5), stock_policy()
    policy._Policy__featurizer = MaxHistoryTrackerFeaturizer(None)
    policy.lookup = {"rules": rules_that_reach(3), "rules_for_loop_unhappy_path": rules_that_reach(4)}
    for _ in range(60):
        drawn = tracker(draw, draw.randint(0, 9))
        whole = policy._prediction_states(drawn, DOMAIN, use_text_for_last_user_input=by_text)
        assert prediction_states(policy, drawn, DOMAIN, use_text_for_last_user_input=by_text) == whole[-4:]


def test_reading_by_text_leaves_the_intent_for_the_next_reading() -> None:
    policy, drawn = stock_policy(), tracker(random.Random(1), 1)
    policy._Policy__featurizer = MaxHistoryTrackerFeaturizer(None)
    policy.lookup = {"rules": rules_that_reach(3)}
    events = list(drawn.events)
    heard = drawn.travel_back_in_time(events[3].timestamp)  # up to the buyer's message
    assert (
        "intent"
        not in prediction_states(policy, heard, DOMAIN, use_text_for_last_user_input=True)[-1]["user"]
    )
    assert "intent" in prediction_states(policy, heard, DOMAIN)[-1]["user"]
