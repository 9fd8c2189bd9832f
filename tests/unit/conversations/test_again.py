"""Said again, never in the same words."""

from __future__ import annotations

from tuika.conversations.again import said_again


def test_each_time_another_lead_and_the_same_meaning() -> None:
    said = [said_again("请把订单号发给我。", asks=True, times=n) for n in range(1, 9)]
    assert len(set(said)) == len(said)
    assert all(text.endswith("请把订单号发给我。") for text in said)


def test_a_statement_is_not_led_in_as_a_question() -> None:
    assert said_again("已登记。", asks=False, times=1) != said_again("已登记。", asks=True, times=1)
