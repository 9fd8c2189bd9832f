"""What a platform's own implementation must do, tried against it: ``tuika shop conformance URL``.

Invariants: nothing is paid and no payout asked for; one refund is filed on the given test order and withdrawn at the end,
one fen of its funds held and released; every check says what was expected and what came. Checks run in order and never stop
at the first failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import requests

from tuika.shops.platform_api.trial import Failed, Subject, Trial
from tuika.shops.platform_api.trial_changing import FundsChecks, RefundChecks
from tuika.shops.platform_api.trial_reading import OrderChecks, SignatureChecks


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check. ``problem`` is empty where it passed."""

    name: str
    problem: str = ""


def conform(subject: Subject, *, wall: Callable[[], float], run: str) -> Iterator[Outcome]:
    """Every check in turn. ``run`` makes this run's idempotency keys its own."""
    trial = Trial(subject, wall, run)
    groups = (SignatureChecks(trial), OrderChecks(trial), RefundChecks(trial), FundsChecks(trial))
    for name, check in (each for group in groups for each in group.checks):
        try:
            check()
        except Failed as error:
            yield Outcome(name, str(error))
        except (requests.RequestException, ValueError) as error:
            yield Outcome(name, f"{type(error).__name__}: {str(error)[:200]}")
        else:
            yield Outcome(name)


__all__ = ["Outcome", "Subject", "conform"]
