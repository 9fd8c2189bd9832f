"""Deciding stored cases again: by the rules they were decided by, or by changed ones.

Invariants: pure; the stored reading alone is asked, never the shop; what a replay compares is everything a buyer could
notice: outcome, amount, clauses, evidence, keys, times. A case without a reading (imported) cannot be replayed and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from tuika.policy.decide import conclude
from tuika.policy.match import NoClause
from tuika.policy.model import Decision
from tuika.policy.schema import Pack
from tuika.refunds.model import RefundCase

_ABOUT_THE_PACK = frozenset({"pack", "pack_version"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of the decision, as it was and as it would be."""

    field: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Replay:
    """``problem``: why nothing could be decided (``gap``: no clause does); else ``differences``, empty where both agree."""

    case_no: str
    problem: str = ""
    gap: bool = False
    differences: tuple[Difference, ...] = ()

    @property
    def agrees(self) -> bool:
        return not self.problem and not self.differences


def replay(case: RefundCase, pack: Pack) -> Replay:
    """Decide the case again from its stored facts."""
    if case.reading is None:
        return Replay(case.case_no, "no stored facts (an imported case)")
    try:
        decision = conclude(case.reading, pack)
    except NoClause as gap:
        return Replay(case.case_no, f"no clause of {pack.id} {pack.version} decides it: {gap}", gap=True)
    except Exception as unreadable:
        return Replay(case.case_no, f"the stored facts do not fit {pack.id} {pack.version}: {unreadable}")
    return Replay(case.case_no, differences=differences(case.decision, decision))


def differences(was: Decision, now: Decision) -> tuple[Difference, ...]:
    """What two decisions say differently, apart from which pack they name."""
    return tuple(
        Difference(each.name, _said(getattr(was, each.name)), _said(getattr(now, each.name)))
        for each in fields(Decision)
        if each.name not in _ABOUT_THE_PACK and getattr(was, each.name) != getattr(now, each.name)
    )


def _said(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_said(each) for each in value) or "-"
    name = getattr(value, "id", None) or getattr(value, "value", None)
    return str(name if name is not None else value)
