"""A shortened session leads rules to the same answers, over drawn conversations."""

from __future__ import annotations

import random

from tuika_nlu.speed.shortening import LONG, SEEN, shortened
from tuika_nlu.speed.states import last_states

from .drawing import DOMAIN, tracker, turn


def test_short_ones_are_left_alone() -> None:
    assert shortened(tracker(random.Random(1), 2), DOMAIN) is None


def test_nothing_is_shortened_in_the_middle_of_a_turn() -> None:
    draw = random.Random(2)
    drawn = tracker(draw, 40)
    drawn.update(turn(draw, drawn, 41)[0], DOMAIN)
    assert shortened(drawn, DOMAIN) is not None  # between turns it would be ...
    for event in turn(draw, drawn, 42)[:3]:
        drawn.update(event, DOMAIN)
    assert drawn.latest_action_name != "action_listen" and shortened(drawn, DOMAIN) is None  # ... here not


def test_what_comes_after_is_read_alike() -> None:
    draw, made = random.Random(4), 0
    for _ in range(40):
        long = tracker(draw, draw.randint(10, 40))
        short = shortened(long, DOMAIN)
        if short is None:
            continue
        made += 1
        assert len(short.events) < LONG
        assert (short.model_id, short.assistant_id) == (long.model_id, long.assistant_id)
        for number in range(6):
            for event in turn(draw, long, number):
                long.update(event, DOMAIN)
                short.update(event, DOMAIN)
                assert last_states(short, DOMAIN, SEEN) == last_states(long, DOMAIN, SEEN)
            assert short.current_slot_values() == long.current_slot_values()
            assert short.active_loop_name == long.active_loop_name
    assert made > 20  # most drawn conversations were long enough


def test_a_conversation_stays_short_however_long_it_goes_on() -> None:
    draw = random.Random(6)
    drawn, most = tracker(draw, 0), 0
    for number in range(300):
        for event in turn(draw, drawn, number):
            drawn.update(event, DOMAIN)
        drawn = shortened(drawn, DOMAIN) or drawn
        most = max(most, len(drawn.events))
    assert most < 2 * LONG
