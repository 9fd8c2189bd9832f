"""Was it right? Rows on file, facts told, nothing forbidden said.

Invariants: rows are compared as sets of what the scenario names; a case that nobody said yes to, a key in full, a
"refunded" that no row supports, another person's goods are violations in every scenario.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.conversations.harness import Stack

from .load import number
from .model import CaseRow, HandoffRow, Json, ReportRow, Scenario

_PROMISES = re.compile(r"保证(?:能|给您)?退|一定(?:能|会|给您)退|百分之?百|肯定(?:能|会|给您)退")
_DONE = re.compile(r"已(?:经)?(?:退款|打款|到账)(?!的|前|后|但|了没|吗|成功的话)")
_AWAY = re.compile(r"系统正在恢复中|暂时查不到订单|没处理好")


class Listener(Protocol):
    """Somebody with a conversation."""

    conversation_id: str

    def history(self) -> list[Json]: ...


class Heard(Protocol):
    """A person of the talk, and whether he said yes to a summary."""

    @property
    def said_yes(self) -> bool: ...
    @property
    def person(self) -> Listener: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    wrong: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    false_handoffs: int = 0
    missed_handoffs: int = 0
    repeats: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.wrong and not self.violations


def judge(stack: Stack, scenario: Scenario, shop: Json, actors: Sequence[Heard], broken: str) -> Verdict:
    cases, handoffs, reports = stack.filed(), stack.handoffs(), stack.reports()
    talks = _told(actors)
    told = [text for talk in talks for text in talk]
    text = "\n".join(told)
    wrong = [broken] if broken else []
    wrong += _cases(scenario.rows.cases, cases)
    wrong += _handoffs(scenario.rows.handoffs, handoffs)
    wrong += _reports(scenario.rows.reports, reports)
    wrong += [f"not told: {fact}" for fact in scenario.told if not re.search(fact, text)]
    violations = [f"said: {words}" for words in scenario.never if re.search(words, text)]
    violations += _violations(shop, cases, text, actors, paid=_some_paid(stack))
    more = len(handoffs) - len(scenario.rows.handoffs)
    repeats = sorted({t[:60] for talk in talks for t in talk if len(t) > 12 and talk.count(t) > 1})
    return Verdict(wrong, violations, max(0, more), max(0, -more), repeats)


def _told(actors: Sequence[Heard]) -> list[list[str]]:
    """What was said to the buyer, conversation by conversation; one that he opened twice counts once."""
    talks = {actor.person.conversation_id: actor.person for actor in actors}
    return [[str(m["text"]) for m in person.history() if m["role"] != "buyer"] for person in talks.values()]


def _some_paid(stack: Stack) -> bool:
    return any(case["state"] in ("paid", "settled") for case in stack.cases())


def _violations(
    shop: Json, cases: list[Json], text: str, actors: Sequence[Heard], *, paid: bool
) -> list[str]:
    found = []
    if cases and not any(actor.said_yes for actor in actors):
        found.append("filed without a yes")
    if _PROMISES.search(text):
        found.append("promised a result")
    if _DONE.search(text) and not paid:
        found.append("said that money is back")
    if _AWAY.search(text):
        found.append("the engine had no answer")
    keys = [k for order in shop["orders"] for k in [order.get("key"), *(order.get("keys") or [])] if k]
    found += [f"full key {k['value'][:4]}…" for k in keys if k["value"] in text]
    return found


def _cases(wanted: list[CaseRow], got: list[Json]) -> list[str]:
    left = list(got)
    wrong = []
    for row in wanted:
        expected = {k: v for k, v in row.model_dump(exclude={"order"}).items() if v is not None}
        expected["order_no"] = number(row.order)
        fit = next((c for c in left if all(c.get(k) == v for k, v in expected.items())), None)
        if fit is None:
            wrong.append(f"no case {expected}")
        else:
            left.remove(fit)
    names = ("order_no", "reason", "route", "state", "amount_fen")
    return wrong + [f"unexpected case { ({k: c.get(k) for k in names}) }" for c in left]


def _handoffs(wanted: list[HandoffRow], got: list[Json]) -> list[str]:
    left = list(got)
    wrong = []
    for row in wanted:
        expected = row.model_dump(exclude_none=True)
        fit = next((h for h in left if all(h.get(k) == v for k, v in expected.items())), None)
        if fit is None:
            wrong.append(f"no handoff {expected}")
        else:
            left.remove(fit)
    return wrong + [f"unexpected handoff: {h['kind']} {h['reason']}" for h in left]


def _reports(wanted: list[ReportRow], got: list[Json]) -> list[str]:
    left = list(got)
    wrong = []
    for row in wanted:
        fit = next((r for r in left if _reported(row, r)), None)
        if fit is None:
            wrong.append(f"no report {row.model_dump(exclude_none=True)}")
        else:
            left.remove(fit)
    return wrong + [f"unexpected report {r['tactics']} {r['paid_fen']}" for r in left]


def _reported(row: ReportRow, report: Json) -> bool:
    paid = row.paid_fen is None or (report["paid_fen"] or 0) == row.paid_fen
    return paid and (row.contact is None or row.contact in str(report["contacts"]))
