"""Where the bot should ask instead of guessing: the three numbers of `tuika/intake/certainty.py`, from held-out answers.

A message is given up below `fallback` (the three likeliest meanings are offered), asked about below `ask_below` where the
runner-up has `close` of the first one's confidence, and acted upon otherwise. Invariants: pure; deterministic; a choice holds both
wishes (WANTED, CAUGHT) on the answers that it was made from, or there is none.
"""

from __future__ import annotations

import itertools
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import numpy as np
from scoring import OUT_OF_SCOPE, Answers

WANTED = 0.95  # of the messages in scope that are acted upon, right
CAUGHT = 0.85  # of the messages out of scope, not acted upon
FALLBACKS = (0.3, 0.35, 0.4)  # below 0.3 the first meaning is more often wrong than right
ASKED = tuple(round(0.4 + 0.05 * n, 2) for n in range(12))
CLOSENESS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6)


class Limits(NamedTuple):
    fallback: float
    ask_below: float
    close: float


class Heard(NamedTuple):
    """Column by column, one row a message."""

    inside: np.ndarray
    foreign: np.ndarray
    right: np.ndarray
    offered: np.ndarray
    first: np.ndarray
    second: np.ndarray


def heard(wanted: Sequence[str], answers: Answers) -> Heard:
    names = [[name for name, _ in answer[:3]] for answer in answers]
    return Heard(
        np.array([want != OUT_OF_SCOPE for want in wanted]),
        np.array([row[0] == OUT_OF_SCOPE for row in names]),
        np.array([want == row[0] for want, row in zip(wanted, names)]),
        np.array([want in row for want, row in zip(wanted, names)]),
        np.array([answer[0][1] for answer in answers]),
        np.array([answer[1][1] if len(answer) > 1 else 0.0 for answer in answers]),
    )


def outcome(found: Heard, limits: Limits) -> Dict[str, Any]:
    """Shares of 1; those of the messages in scope, but for the last."""
    given_up = found.first < limits.fallback
    asked = ~given_up & (found.first < limits.ask_below) & (found.second >= limits.close * found.first)
    acted = ~given_up & ~asked & ~found.foreign
    inside, unsure = found.inside, given_up | asked
    return {
        **limits._asdict(),
        "acted_upon": float(acted[inside].mean()),
        "right_among_acted": float(found.right[acted & inside].mean()) if (acted & inside).any() else 0.0,
        "asked": float(asked[inside].mean()),
        "given_up": float(given_up[inside].mean()),
        "offered_right": float(found.offered[unsure & inside].mean()) if (unsure & inside).any() else 0.0,
        "out_of_scope_caught": float((~acted)[~inside].mean()),
    }


def tried(wanted: Sequence[str], answers: Answers) -> List[Dict[str, Any]]:
    """The outcome at every limit of the grid; none without messages out of scope."""
    found = heard(wanted, answers)
    if found.inside.all():
        return []
    return [outcome(found, Limits(*each)) for each in itertools.product(FALLBACKS, ASKED, CLOSENESS)]


def choose(outcomes: Sequence[Dict[str, Any]]) -> Optional[Dict[str, Any]]:
    """Of all limits that hold both wishes those that act upon most messages; of equals, those that give up fewest."""
    held = [o for o in outcomes if o["right_among_acted"] >= WANTED and o["out_of_scope_caught"] >= CAUGHT]
    return max(held, key=lambda o: (round(o["acted_upon"], 3), -o["given_up"], o["close"]), default=None)
