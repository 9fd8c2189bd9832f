"""Where to ask is chosen from answers to messages that were held out."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tools"))

from asking import Limits, choose, heard, outcome, tried


def answer(first: str, share: float, second: str = "b", rest: float = 0.0) -> list:
    return [(first, share), (second, rest), ("c", 0.0)]


def test_what_becomes_of_each_message() -> None:
    wanted = ["a", "a", "a", "a", "out_of_scope", "out_of_scope"]
    answers = [
        answer("a", 0.9),
        answer("a", 0.5, "b", 0.3),  # asked: the runner-up is close
        answer("b", 0.55, "a", 0.05),  # acted upon, and wrong
        answer("b", 0.2, "a", 0.1),  # given up, the right one among what is offered
        answer("out_of_scope", 0.8),
        answer("a", 0.7),
    ]
    found = outcome(heard(wanted, answers), Limits(0.3, 0.6, 0.5))
    assert found["acted_upon"] == 0.5 and found["right_among_acted"] == 0.5
    assert found["asked"] == 0.25 and found["given_up"] == 0.25 and found["offered_right"] == 1.0
    assert found["out_of_scope_caught"] == 0.5


def test_the_choice_holds_both_wishes_and_asks_no_more_than_it_must() -> None:
    wanted = ["a"] * 100 + ["out_of_scope"] * 10
    answers = [answer("a", 0.95)] * 80 + [answer("b", 0.5, "a", 0.3)] * 20
    answers += [answer("a", 0.5, "b", 0.3)] * 10
    chosen = choose(tried(wanted, answers))
    assert chosen is not None
    assert chosen["acted_upon"] == pytest.approx(0.8) and chosen["right_among_acted"] == 1.0
    assert chosen["out_of_scope_caught"] == 1.0 and chosen["asked"] == pytest.approx(0.2)
    assert chosen["given_up"] == 0.0 and chosen["ask_below"] > 0.5 and chosen["close"] <= 0.6


def test_there_may_be_no_choice() -> None:
    assert choose(tried(["a"] * 4, [answer("a", 0.9)] * 4)) is None
    assert choose(tried(["a", "out_of_scope"], [answer("b", 0.99), answer("a", 0.99)])) is None
