"""Whether a claim that was rejected before may come again: once, with material that the rejected case did not have.

Invariants: pure; the same claim is the same reason about the same goods; a refiling that was withdrawn does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tuika.policy.model import Reason
from tuika.refunds.model import RefundCase
from tuika.refunds.states import CaseState


class Standing(StrEnum):
    FREE = "free"  # nothing of the kind was rejected
    OPEN = "open"  # rejected before, and there is something new
    WANTS_NEW = "wants_new"  # rejected before, and nothing new is there yet
    SPENT = "spent"  # came again already


@dataclass(frozen=True, slots=True)
class Refiling:
    standing: Standing
    rejected: RefundCase | None = None


def refiling(
    cases: Sequence[RefundCase],
    *,
    reason: Reason,
    keys: tuple[int, ...],
    hashes: Iterable[str],
    allowed: int,
) -> Refiling:
    """How a new claim stands to the ``cases`` of its order. ``hashes``: the contents of the material at hand."""
    same = [c for c in cases if _same_claim(c, reason, keys)]
    rejected = [c for c in same if c.rejected_by is not None]
    if not rejected:
        return Refiling(Standing.FREE)
    came_again = sum(1 for c in same if c.refile_of is not None and c.state is not CaseState.WITHDRAWN)
    if came_again >= allowed:
        return Refiling(Standing.SPENT, rejected[0])
    known = {ref.sha256 for c in rejected for ref in c.evidence}
    new = any(digest not in known for digest in hashes)
    return Refiling(Standing.OPEN if new else Standing.WANTS_NEW, rejected[0])


def _same_claim(earlier: RefundCase, reason: Reason, keys: tuple[int, ...]) -> bool:
    if earlier.reason is not reason:
        return False
    return not earlier.keys or not keys or bool(set(earlier.keys) & set(keys))


__all__ = ["Refiling", "Standing", "refiling"]
