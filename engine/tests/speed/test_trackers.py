"""A copied tracker is the replayed one, over drawn conversations."""

from __future__ import annotations

import random

from rasa.shared.core.events import SlotSet, UserUttered

from tuika_nlu.speed.trackers import copy_slot, copy_tracker

from .drawing import DOMAIN, tracker


def test_the_same_as_a_replay() -> None:
    draw = random.Random(11)
    for _ in range(80):
        drawn = tracker(draw, draw.randint(0, 10))
        replayed, copied = drawn.travel_back_in_time(float("inf")), copy_tracker(drawn)
        assert vars(copied).keys() == vars(replayed).keys()
        for name, value in vars(replayed).items():
            if name == "slots":
                assert {n: vars(s) for n, s in copied.slots.items()} == {n: vars(s) for n, s in value.items()}
            else:
                assert getattr(copied, name) == value, name


def test_what_happens_to_a_copy_does_not_happen_to_the_tracker() -> None:
    drawn = tracker(random.Random(3), 4)
    drawn.change_loop_to("refund_form")
    before = drawn.travel_back_in_time(float("inf"))
    copied = copy_tracker(drawn)
    copied.update(SlotSet("refund_order", "x"), DOMAIN)
    copied.update(UserUttered("new", {"name": "greet"}), DOMAIN)
    copied.interrupt_loop(True)
    assert list(drawn.events) == list(before.events)
    assert drawn.current_slot_values() == before.current_slot_values()
    assert not drawn.is_active_loop_interrupted and drawn.latest_message == before.latest_message


def test_a_slot_keeps_its_kind() -> None:
    for slot in DOMAIN.slots:
        twin = copy_slot(slot)
        assert type(twin) is type(slot) and vars(twin) == vars(slot) and twin is not slot
