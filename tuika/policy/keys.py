"""The state of card keys, one by one and together.

Invariants: pure. A key used before it was revealed, or never revealed, was sold twice; used at or after it,
or redeemed nobody knows when, it is consumed. Where the keys of a claim differ, the claim is narrowed to
those it can stand for, so that one spent key neither sinks nor swells the claim about another; of what
remains, the least certain state speaks for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tuika.errors import InputError
from tuika.orders.model import CardKey, KeyCheck, KeyState, Order
from tuika.policy.facts import KeyFact
from tuika.policy.goods import delivered_keys, positions
from tuika.policy.model import Claim, History, Reason

_PROVED = frozenset({KeyFact.USED_BEFORE, KeyFact.EXPIRED})
_REVIEWED = _PROVED | {KeyFact.UNKNOWN, KeyFact.USED_UNKNOWN}
_UNUSED = frozenset({KeyFact.VALID, KeyFact.UNKNOWN, KeyFact.EXPIRED, KeyFact.USED_BEFORE})
_SOUND = frozenset(KeyFact) - {KeyFact.CONSUMED, KeyFact.NONE}

# What a claim can stand for, best first: the first group that any key belongs to is the claim's.
_GROUPS: Mapping[Reason, tuple[frozenset[KeyFact], ...]] = {
    Reason.INVALID_CARD_KEY: (_REVIEWED, frozenset({KeyFact.VALID})),
    Reason.CHANGED_MIND: (_UNUSED, frozenset({KeyFact.USED_UNKNOWN})),
    Reason.NO_DELIVERY: (_SOUND,),
}
_LEAST_CERTAIN_FIRST = (
    KeyFact.UNKNOWN,
    KeyFact.USED_UNKNOWN,
    KeyFact.VALID,
    KeyFact.EXPIRED,
    KeyFact.USED_BEFORE,
    KeyFact.CONSUMED,
)
_WHOLE_ORDER = (Reason.DUPLICATE_CHARGE, Reason.ORDER_CANCELLED, Reason.UNRECORDED_PAYMENT)


@dataclass(frozen=True, slots=True)
class KeysConcerned:
    """``positions``: what the claim is about; ``missing``: none of them was delivered."""

    positions: tuple[int, ...]
    state: KeyFact
    missing: bool
    narrowed: bool


def key_fact(key: CardKey, delivered_at: datetime | None) -> KeyFact:
    """The state of one delivered key."""
    used = key.state is KeyState.REDEEMED or key.check is KeyCheck.USED or key.used_at is not None
    if not used:
        return {KeyCheck.EXPIRED: KeyFact.EXPIRED, KeyCheck.VALID: KeyFact.VALID}.get(
            key.check, KeyFact.UNKNOWN
        )
    if key.state is KeyState.UNSEEN and key.revealed_at is None:
        return KeyFact.USED_BEFORE
    if key.used_at is not None and key.revealed_at is not None:
        return KeyFact.CONSUMED if key.used_at >= key.revealed_at else KeyFact.USED_BEFORE
    if key.used_at is not None and delivered_at is not None and key.used_at < delivered_at:
        return KeyFact.USED_BEFORE  # no key is revealed before it is delivered
    return KeyFact.CONSUMED if key.state is KeyState.REDEEMED else KeyFact.USED_UNKNOWN


def keys_concerned(order: Order, claim: Claim, history: History) -> KeysConcerned:
    """Which keys a claim is about, and their state together.

    Raises :class:`InputError` when the claim names a key that the order does not have.
    """
    everything = positions(order)
    unknown = sorted(set(claim.affected_keys) - set(everything))
    if unknown:
        raise InputError(
            f"这笔订单只有 {len(everything)} 张卡，没有第 {unknown[0]} 张", affected_keys=unknown
        )
    pool = sorted(set(claim.affected_keys or everything) - set(history.refunded_keys))
    there = delivered_keys(order)
    if claim.reason in _WHOLE_ORDER:
        part = pool
    else:
        part = _side(pool, there, missing_first=claim.reason is Reason.NO_DELIVERY)
    states = _states(order, set(part) & there)
    if not states:
        return KeysConcerned(tuple(part), KeyFact.NONE, missing=True, narrowed=part != pool)
    kept = _kept(claim, states)
    kept_positions = part if claim.reason in _WHOLE_ORDER else sorted(kept)
    return KeysConcerned(
        tuple(kept_positions), _together(kept.values()), missing=False, narrowed=kept_positions != pool
    )


def _side(pool: list[int], there: frozenset[int], *, missing_first: bool) -> list[int]:
    """Either the delivered or the missing keys of the pool: the side that the reason speaks of, if any."""
    missing = [p for p in pool if p not in there]
    present = [p for p in pool if p in there]
    return (missing or present) if missing_first else (present or missing)


def _states(order: Order, wanted: set[int]) -> dict[int, KeyFact]:
    known = {k.position: key_fact(k, order.delivered_at) for k in order.keys}
    return {position: known.get(position, KeyFact.UNKNOWN) for position in wanted}


def _kept(claim: Claim, states: dict[int, KeyFact]) -> dict[int, KeyFact]:
    groups = _GROUPS.get(claim.reason, ())
    if claim.reason is Reason.INVALID_CARD_KEY and not claim.affected_keys:
        groups = (_PROVED, *groups)  # nobody said which: those that the records prove
    for group in groups:
        kept = {p: state for p, state in states.items() if state in group}
        if kept:
            return kept
    return states


def _together(states: Iterable[KeyFact]) -> KeyFact:
    present = set(states)
    return next(state for state in _LEAST_CERTAIN_FIRST if state in present)
