"""One scenario, once: the shop is filled, the buyer speaks, and what is left is collected.

Invariants: a scenario begins with an empty product on a Monday, 10:00 Beijing time; whatever goes wrong on the way is part
of the outcome and never stops the run; the transcript is what was printed.
"""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass, field

from tests.conversations.harness import MONDAY, Stack

from .buyer import Actor
from .judge import Verdict, judge
from .load import fixture, number
from .model import Act, Json, Scenario
from .surface import Surface


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one run. ``seconds``: one number a turn."""

    scenario: Scenario
    seed: int
    verdict: Verdict
    turns: int
    seconds: list[float]
    transcript: str = field(repr=False)

    @property
    def passed(self) -> bool:
        return self.verdict.passed


class Play:
    def __init__(self, stack: Stack, scenario: Scenario, seed: int) -> None:
        self._stack = stack
        self._scenario = scenario
        self._fixture = fixture(scenario)
        self._surface = Surface(scenario, seed)
        self._seed = seed
        self._actors: list[Actor] = []
        self.seconds: list[float] = []

    def run(self) -> Outcome:
        printed = io.StringIO()
        broken = ""
        with contextlib.redirect_stdout(printed):
            try:
                self._begin()
                for act in self._scenario.acts:
                    self._act(act)
            except Exception as error:
                broken = f"{type(error).__name__}: {str(error)[:300]}"
            verdict = judge(self._stack, self._scenario, self._fixture, self._actors, broken)
        turns = sum(actor.turns for actor in self._actors)
        return Outcome(self._scenario, self._seed, verdict, turns, self.seconds, printed.getvalue())

    # -- setting --

    def _begin(self) -> None:
        self._stack.fresh(self._scenario.at or MONDAY)
        shop = self._fixture
        self._stack.load(
            *shop["orders"], platform=shop["platform"], merchants=shop["merchants"], refunds=shop["refunds"]
        )
        self._enter(self._scenario.who)

    def _enter(self, who: str) -> None:
        """Somebody opens a conversation; ``b1 again`` takes his last one up."""
        name, _, again = who.partition(" ")
        stack = self._stack
        person = stack.guest() if name == "guest" else stack.buyer(name, resume=bool(again))
        self._actors.append(
            Actor(person, self._scenario, self._fixture["orders"], self._surface, self.seconds)
        )

    @property
    def _actor(self) -> Actor:
        return self._actors[-1]

    # -- acting --

    def _act(self, act: Act) -> None:
        if act.say is not None:
            self._actor.say(act.say)
            self._reconnect()
            self._actor.settle()
        elif act.only is not None:
            self._actor.say(act.only)
        elif act.split is not None:
            for part in act.split:
                self._actor.say([part])
            self._actor.settle()
        elif act.again:
            self._actor.again()
            self._actor.settle()
        elif act.press is not None:
            self._actor.press(act.press)
            self._actor.settle()
        elif act.stale is not None:
            self._actor.stale(act.stale)
        elif act.upload is not None:
            self._actor.upload(None if act.upload == "any" else act.upload)
            self._actor.settle()
        else:
            self._around(act)

    def _around(self, act: Act) -> None:
        """What others do."""
        if act.clock is not None:
            self._stack.clock(act.clock)
            self._actor.news()
        elif act.desk is not None:
            case = self._stack.case(number(act.desk.order))
            self._stack.desk.case(case["case_no"], act.desk.step, act.desk.body, second=act.desk.second)
            self._stack.clock()
            self._actor.news()
        elif act.agent is not None:
            self._agent(act.agent)
        elif act.enter is not None:
            self._enter(act.enter)
        elif act.knows is not None:
            self._actor.learn(act.knows)

    def _agent(self, step: str) -> None:
        """``claim``, ``close``, or a reply in an agent's words."""
        (handoff,) = [h for h in self._stack.handoffs() if h["state"] != "closed"]
        body: Json = {} if step in ("claim", "close") else {"text": step}
        self._stack.desk.handoff(handoff["id"], step if not body else "reply", body)
        self._actor.news()

    def _reconnect(self) -> None:
        """The app is opened anew in the middle of the talk."""
        if "reconnect" in self._scenario.noise and self._scenario.who != "guest":
            self._enter(f"{self._scenario.who} again")


def play(stack: Stack, scenario: Scenario, seed: int) -> Outcome:
    """Run it; never raises for what the product does."""
    return Play(stack, scenario, seed).run()
