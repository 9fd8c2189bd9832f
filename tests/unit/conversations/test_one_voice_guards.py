"""The test of one voice would notice: each guard in turn is taken out of the product, and the same machine has to fail."""

from __future__ import annotations

import inspect
import textwrap
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tuika.conversations.service import Conversations
from tuika.conversations.steps import Steps

from .test_one_voice import QUICK, OneVoice

SERVES = "conversation.epoch == turn.epoch and conversation.owner is Owner.BOT"
OPEN = "conversation.epoch != turn.epoch or conversation.owner not in (Owner.BOT, Owner.QUEUED)"
CURRENT = "conversation.epoch == current.epoch and conversation.owner is Owner.BOT"
GUARDS = {
    "an answer is said whoever owns it": (Steps, "commit", SERVES, "True"),
    "an answer is said in an older epoch": (Steps, "commit", SERVES, "conversation.owner is Owner.BOT"),
    "an apology for a broken turn": (
        Steps,
        "break_off",
        "conversation.owner is Owner.BOT and conversation.epoch == current.epoch",
        "True",
    ),
    "the engine is away, says the system": (Steps, "defer", CURRENT, "True"),
    "a turn begins beside a person": (
        Steps,
        "_let_begin",
        "if self._bot_answers(conversation, turn)",
        "if True",
    ),
    "an action writes beside a person": (Conversations, "open_turn", OPEN, "False"),
    "an owner changes in the same epoch": (Conversations, "change_owner", "epoch + 1", "epoch"),
}


@pytest.mark.parametrize("name", GUARDS)
def test_it_notices_a_guard_that_is_gone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, method, guard, broken = GUARDS[name]
    whole = getattr(owner, method)
    source = textwrap.dedent(inspect.getsource(whole))
    assert source.count(guard) == 1, f"{method} has changed: its guard is not where this test takes it out"
    made: dict[str, Any] = {}
    exec(source.replace(guard, broken), whole.__globals__, made)
    monkeypatch.setattr(owner, method, made[method])
    few = settings(
        QUICK,
        phases=(Phase.generate,),
        max_examples=1_000,
        stateful_step_count=16,
        database=None,
        derandomize=True,
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(OneVoice, settings=few)
