"""Which combinations of facts can occur.

Invariants: a combination is left out of the proof only by one of the constraints below, each with its
sentence; ``read_facts`` never produces a combination that breaks one (a property test holds it to that).
Two kinds exist: facts that exclude each other, and facts that are not read because an earlier one answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import cast

from tuika.orders.model import ProductType
from tuika.policy.facts import (
    Account,
    Cancelled,
    Delivery,
    Facts,
    FactValue,
    KeyFact,
    PaymentFact,
    Service,
    defaults,
    domains,
)
from tuika.policy.model import Reason

_WITH_ACCOUNT = (ProductType.DIRECT_TOPUP, ProductType.MEMBERSHIP)


@dataclass(frozen=True, slots=True)
class Constraint:
    """``holds`` looks at the named facts only."""

    sentence: str
    names: tuple[str, ...]
    holds: Callable[[Facts], bool]


def _key(f: Facts) -> bool:
    return (f.key is not KeyFact.NONE) == (
        f.product is ProductType.CARD_KEY and f.delivery is Delivery.DELIVERED
    )


def _account(f: Facts) -> bool:
    if f.product not in _WITH_ACCOUNT:
        return f.account is Account.NONE
    if f.delivery is Delivery.DELIVERED:
        return f.account in (Account.REQUESTED, Account.OTHER, Account.UNKNOWN)
    if f.account is Account.UNKNOWN:
        return f.product is ProductType.DIRECT_TOPUP
    return f.account is Account.NOT_CREDITED


def _service(f: Facts) -> bool:
    if f.product is not ProductType.CUSTOM_SERVICE:
        return f.service is Service.NONE
    if f.delivery is Delivery.DELIVERED:
        return f.service is Service.BEGUN
    return f.service is not Service.NONE


def _activated(f: Facts) -> bool:
    return not f.activated or (f.product is ProductType.PHYSICAL_CARD and f.delivery is Delivery.DELIVERED)


def _cancelled(f: Facts) -> bool:
    nothing = f.delivery is not Delivery.DELIVERED and f.account is not Account.UNKNOWN
    if f.cancelled is Cancelled.NO:
        return True
    if f.cancelled is Cancelled.AFTER:
        return not nothing or f.product is ProductType.CARD_KEY
    return nothing


def _started(f: Facts) -> bool:
    return not f.past_limit or f.delivery is Delivery.DELIVERED or f.account is Account.UNKNOWN


def _twice(f: Facts) -> bool:
    return not f.credited_twice or (
        f.reason is Reason.DUPLICATE_CHARGE
        and f.product in _WITH_ACCOUNT
        and f.delivery is Delivery.DELIVERED
    )


_EXCLUDING = (
    Constraint("a key has a state once it is delivered", ("product", "delivery", "key"), _key),
    Constraint("only goods with an account are credited", ("product", "delivery", "account"), _account),
    Constraint("only a service is begun; a done one was", ("product", "delivery", "service"), _service),
    Constraint(
        "only a delivered physical card is activated", ("product", "delivery", "activated"), _activated
    ),
    Constraint(
        "cancelled before delivery means that nothing was delivered; after, that something was",
        ("product", "delivery", "account", "cancelled"),
        _cancelled,
    ),
    Constraint("a time limit starts at delivery", ("delivery", "account", "past_limit"), _started),
    Constraint(
        "own error is asked only where an account is wrong",
        ("reason", "typed_wrong"),
        lambda f: not f.typed_wrong or f.reason is Reason.WRONG_RECHARGE,
    ),
    Constraint(
        "payments are counted only for a double charge",
        ("reason", "surplus"),
        lambda f: not f.surplus or f.reason is Reason.DUPLICATE_CHARGE,
    ),
    Constraint(
        "credits are counted only for a double charge of credited goods",
        ("reason", "product", "delivery", "credited_twice"),
        _twice,
    ),
    Constraint(
        "only a claim about keys is narrowed to some of them",
        ("product", "narrowed"),
        lambda f: not f.narrowed or f.product is ProductType.CARD_KEY,
    ),
)

_GATES: tuple[tuple[str, Callable[[Facts], bool]], ...] = (
    ("proved_order", lambda f: not f.proved_order),
    ("open_case", lambda f: f.open_case),
    ("nothing_left", lambda f: f.nothing_left),
    ("payment", lambda f: f.payment is not PaymentFact.RECORDED),
)


def _unread(gate: str, closed: Callable[[Facts], bool], name: str) -> Constraint:
    default = defaults()[name]
    names = (gate, name)
    sentence = f"{name} is not read once {gate} answers"
    return Constraint(sentence, names, lambda f: not closed(f) or getattr(f, name) == default)


@cache
def constraints() -> tuple[Constraint, ...]:
    """All of them. A gate that answers leaves later facts unread (``nothing_left`` still reads payment)."""
    order = list(domains())
    found = list(_EXCLUDING)
    for gate, closed in _GATES:
        for name in order[order.index(gate) + 1 :]:
            if (gate, name) != ("nothing_left", "payment"):
                found.append(_unread(gate, closed, name))
    return tuple(found)


def broken(facts: Facts) -> list[str]:
    """The sentences of the constraints that this combination breaks; empty for a possible one."""
    return [c.sentence for c in constraints() if not c.holds(facts)]


def combinations() -> Iterator[Facts]:
    """Every possible combination of facts, once."""
    names = tuple(domains())
    checks = [[c.holds for c in constraints() if _last(c, names) == i] for i in range(len(names))]
    draft = cast(Facts, SimpleNamespace(**dict.fromkeys(names)))
    yield from _grow(draft, names, checks, 0, ())


def _last(constraint: Constraint, names: tuple[str, ...]) -> int:
    return max(names.index(name) for name in constraint.names)


def _grow(
    draft: Facts,
    names: tuple[str, ...],
    checks: list[list[Callable[[Facts], bool]]],
    depth: int,
    chosen: tuple[FactValue, ...],
) -> Iterator[Facts]:
    if depth == len(names):
        yield Facts(*chosen)  # type: ignore[arg-type]  # in the order of the fields
        return
    for value in domains()[names[depth]]:
        vars(draft)[names[depth]] = value
        if all(check(draft) for check in checks[depth]):
            yield from _grow(draft, names, checks, depth + 1, (*chosen, value))
