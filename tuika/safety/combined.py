"""Tactics as combinations of concepts that stand close together, in any order and in anybody's words.

Invariants: a combination needs each of its concepts once, not overlapping, within ``REACH`` characters; what it gives is
``sure`` only where honest messages of our corpus practically never hold all of it (see the benchmark).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tuika.safety.concepts import WORDS, Concept
from tuika.safety.nearness import Span, together
from tuika.safety.tactics import Signal, Tactic

REACH = 30


@dataclass(frozen=True, slots=True)
class Combination:
    tactic: Tactic
    needs: tuple[Concept, ...]
    sure: bool = False


def _all() -> Iterator[Combination]:
    c, t = Concept, Tactic
    for tactic, sure, needs in (
        (t.COMPENSATION_BAIT, False, (c.OTHER, c.MULTIPLE, c.COMPENSATE)),
        (t.COMPENSATION_BAIT, True, (c.OTHER, c.COMPENSATE, c.LINK)),
        (t.QUALITY_LINK, True, (c.OTHER, c.LINK, c.FILL, c.PERSONAL)),
        (t.AUTO_CHARGE, True, (c.OTHER, c.MEMBERSHIP, c.PERIOD, c.CANCEL)),
        (t.AUTO_CHARGE, True, (c.OTHER, c.MISTAKEN, c.MEMBERSHIP, c.PERIOD)),
        (t.INSURANCE_CANCEL, True, (c.OTHER, c.INSURANCE, c.CANCEL)),
        (t.INSURANCE_CANCEL, True, (c.OTHER, c.INSURANCE, c.ENDS)),
        (t.SCREEN_SHARING, True, (c.OTHER, c.SCREEN, c.SHOWN)),
        (t.REMOTE_CONTROL, True, (c.OTHER, c.CONTROL)),
        (t.REMOTE_CONTROL, True, (c.MOVES_ALONE,)),
        (t.REMOTE_CONTROL, True, (c.OTHER, c.BLACKOUT)),
        (t.MEETING_APP, True, (c.OTHER, c.MEETING)),
        (t.STRANGE_APP, False, (c.OTHER, c.INSTALL, c.PROGRAM)),
        (t.STRANGE_APP, True, (c.OTHER, c.UNGUARDED)),
        (t.RESERVE_CREDIT, True, (c.OTHER, c.TOO_MUCH, c.GIVE_BACK)),
        (t.LOAN_QUOTA, True, (c.OTHER, c.LOAN, c.TAKE_OUT)),
        (t.STUCK_ORDER, True, (c.OTHER, c.FAULT, c.AGAIN)),
        (t.DEPOSIT, True, (c.OTHER, c.PAY_FIRST, c.FEE, c.ONLY_THEN)),
        (t.FAKE_TRADE_SITE, True, (c.SELLING, c.MONEY_STUCK)),
        (t.TOP_UP_DIFFERENCE, False, (c.OTHER, c.CHEAP, c.MORE)),
        (t.OFF_PLATFORM, False, (c.IMPOSED, c.CHAT, c.MOVE)),
        (t.OFF_PLATFORM, True, (c.AROUND, c.CHAT)),
        (t.CODES_AND_PASSWORDS, False, (c.IMPOSED, c.SECRET, c.HAND_OVER)),
        (t.SAFE_ACCOUNT, True, (c.OTHER, c.MONEY, c.SHIFT, c.SAFE)),
        (t.CREDIT_RECORD, True, (c.OTHER, c.CREDIT)),
        (t.REBIND_CARD, True, (c.OTHER, c.BIND, c.ABNORMAL)),
        (t.RED_PACKET_CODE, True, (c.OTHER, c.TOKEN, c.BAIT)),
        (t.PARCEL_CARD, True, (c.BOX, c.SLIP, c.SCAN)),
        (t.KEEP_ON_LINE, False, (c.OTHER, c.SILENCE)),
        (t.KEEP_ON_LINE, True, (c.OTHER, c.HURRY, c.LOSS)),
        (t.REFUND_AGENT, True, (c.RECOVER, c.SHARE)),
        (t.REFUND_AGENT, False, (c.INSIDER, c.RECOVER)),
        (t.LOOK_ALIKE_NAME, False, (c.CAME, c.NAME, c.LIKE)),
    ):
        yield Combination(tactic, needs, sure)


COMBINATIONS = tuple(_all())


@cache
def _patterns() -> dict[Concept, re.Pattern[str]]:
    return {concept: re.compile(words) for concept, words in WORDS.items()}


def combined(normal: str) -> dict[Tactic, Signal]:
    """By tactic: the words from the first to the last of its concepts."""
    found: dict[Concept, list[Span]] = {}

    def spans(concept: Concept) -> list[Span]:
        if concept not in found:
            found[concept] = [m.span() for m in _patterns()[concept].finditer(normal)][:12]
        return found[concept]

    signals: dict[Tactic, Signal] = {}
    for each in COMBINATIONS:
        if each.tactic in signals and (signals[each.tactic].sure or not each.sure):
            continue
        place = together([spans(concept) for concept in each.needs], reach=REACH)
        if place:
            signals[each.tactic] = Signal(each.tactic, normal[slice(*place)], sure=each.sure)
    return signals
