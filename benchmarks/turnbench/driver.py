"""Plays buyers: one after the other for the time of a turn, many at once for turns per second.

Invariants: every number of turns and every stretch of time is bounded; the clock runs from sending a message
to having read the whole reply; opening a conversation is never part of a turn, but under load it takes its
share of the time, as it does in life; a reply that does not answer is counted as wrong, not as a turn.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from turnbench.errors import BenchmarkFailed
from turnbench.stack import Stack, Talk
from turnbench.world import CYCLE, ORDER, BuyerRow, Kind, buyers

CYCLES_A_CONVERSATION = 2
PHASE_LIMIT_S = 180.0
SETTLE_S = 2.0
LATE_TURNS = 10


@dataclass(frozen=True, slots=True)
class Turn:
    """One answered message."""

    kind: Kind
    ended: float
    ms: float


@dataclass
class Tally:
    """What one or several players saw."""

    turns: list[Turn] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.turns += other.turns
        self.wrong += other.wrong

    def ms(self, kind: Kind | None = None) -> list[float]:
        """Of one kind, or of all turns."""
        return [turn.ms for turn in self.turns if kind is None or turn.kind is kind]

    def action_ms(self) -> list[float]:
        return [turn.ms for turn in self.turns if turn.kind.action]


@dataclass(frozen=True)
class Load:
    """What was counted between ``SETTLE_S`` and the end of a stretch under load."""

    buyers: int
    seconds: float
    tally: Tally
    cpu: Mapping[str, float]

    @property
    def per_second(self) -> float:
        return len(self.tally.turns) / self.seconds

    @property
    def cpu_ms_a_turn(self) -> dict[str, float]:
        """Processor time of each part of the stack, divided by turns."""
        return {name: 1000 * seconds / max(1, len(self.tally.turns)) for name, seconds in self.cpu.items()}


def take_turn(talk: Talk, buyer: BuyerRow, kind: Kind, tally: Tally) -> None:
    began = time.perf_counter()
    reply = talk.say(kind.words)
    ended = time.perf_counter()
    if kind.answered(buyer, reply):
        tally.turns.append(Turn(kind, ended, 1000 * (ended - began)))
    else:
        tally.wrong.append(f"{kind.words} → {reply[:120]!r}")


def rehearse(stack: Stack) -> None:
    """A conversation each of a few buyers, uncounted. Raises BenchmarkFailed if a reply does not answer."""
    tally = Tally()
    for buyer in buyers()[:4]:
        _conversation(stack, buyer, tally)
    if tally.wrong:
        raise BenchmarkFailed(f"{stack.name} does not answer what is asked: {tally.wrong[0]}")


def one_by_one(stack: Stack, conversations: int) -> Tally:
    """Each buyer waits for the one before him."""
    tally = Tally()
    everybody = buyers()
    deadline = time.perf_counter() + PHASE_LIMIT_S
    for number in range(conversations):
        if time.perf_counter() > deadline:
            break
        _conversation(stack, everybody[number % len(everybody)], tally)
    return tally


def long_conversation(stack: Stack, turns: int) -> Tally:
    """Of a conversation of so many turns with an action, the last ten."""
    tally = Tally()
    buyer = buyers()[-1]
    talk = stack.open(buyer)
    deadline = time.perf_counter() + PHASE_LIMIT_S
    try:
        for _ in range(turns):
            if time.perf_counter() > deadline:
                break
            take_turn(talk, buyer, ORDER, tally)
    finally:
        talk.close()
    return Tally(tally.turns[-LATE_TURNS:], tally.wrong)


def together(stack: Stack, concurrent: int, seconds: float) -> Load:
    """So many buyers at once, each writing again as soon as he is answered."""
    begins = time.perf_counter() + SETTLE_S
    ends = begins + seconds
    players = [_Player(stack, mine, ends) for mine in _shares(concurrent)]
    for player in players:
        player.start()
    time.sleep(max(0.0, begins - time.perf_counter()))
    before = stack.usage()
    time.sleep(max(0.0, ends - time.perf_counter()))
    after = stack.usage()
    for player in players:
        player.join()
    counted = Tally()
    for player in players:
        counted.add(player.tally)
    counted.turns = [turn for turn in counted.turns if begins <= turn.ended <= ends]
    spent = {name: after.cpu[name] - before.cpu[name] for name in after.cpu}
    return Load(concurrent, seconds, counted, spent)


class _Player(threading.Thread):
    """One seat: conversation after conversation until the time is over."""

    def __init__(self, stack: Stack, mine: list[BuyerRow], ends: float) -> None:
        super().__init__(name=f"buyer-{mine[0].id}", daemon=True)
        self.tally = Tally()
        self._stack = stack
        self._mine = mine
        self._ends = ends

    def run(self) -> None:
        for buyer in _round_and_round(self._mine):
            if time.perf_counter() >= self._ends:
                return
            try:
                _conversation(self._stack, buyer, self.tally, until=self._ends)
            except BenchmarkFailed as error:
                self.tally.wrong.append(str(error))
                if len(self.tally.wrong) > 20:
                    return


def _conversation(stack: Stack, buyer: BuyerRow, tally: Tally, *, until: float = float("inf")) -> None:
    talk = stack.open(buyer)
    try:
        for kind in CYCLE * CYCLES_A_CONVERSATION:
            if time.perf_counter() >= until:
                return
            take_turn(talk, buyer, kind, tally)
    finally:
        talk.close()


def _shares(concurrent: int) -> list[list[BuyerRow]]:
    """Every seat has buyers of its own: nobody talks in two places."""
    return [buyers()[seat::concurrent] for seat in range(concurrent)]


def _round_and_round(mine: list[BuyerRow]) -> Iterator[BuyerRow]:
    while True:
        yield from mine
