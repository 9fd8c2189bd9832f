"""A case of the desk API as lines of text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tuika.terminal.cards import STATES, moment, yuan


def case_lines(case: Mapping[str, Any]) -> list[str]:
    """Head, decision, evidence and events of a RefundCase document."""
    state = str(case["state"])
    deadline = case.get("deadline") or {}
    lines = [
        f"{case['case_no']}  {STATES.get(state, state)} ({state})",
        f"order     {case['order_no']} ({case['platform']})",
        f"reason    {case['reason']}",
        f"amount    {yuan(case['amount_fen'])}",
        f"route     {case['route']}",
        f"filed     {moment(case['filed_at'])}",
    ]
    if deadline:
        guess = "  (estimate)" if deadline.get("estimate") else ""
        lines.append(f"deadline  {moment(deadline.get('at'))}  {deadline.get('what', '')}{guess}")
    lines += [f"due       {moment(row['at'])}  {row['kind']}" for row in case.get("due", ())]
    facts = [f"{name}={value}" for name, value in (case.get("facts") or {}).items() if value is not None]
    lines += [f"facts     {', '.join(facts[at : at + 4])}" for at in range(0, len(facts), 4)]
    decided = case["decision"]
    if decided.get("pack"):
        lines.append(f"decision  {decided['outcome']}  by {decided['pack']} {decided.get('pack_version')}")
    lines += [f"clause    {clause['id']}: {clause['text']}" for clause in case["decision"]["clauses"]]
    lines += [f"evidence  {each['kind']}  {each['id']}" for each in case.get("evidence", ())]
    lines.append("events")
    lines += [
        f"  {moment(e['at'])}  {e['type']}  by {e['actor']}{_detail(e.get('detail'))}" for e in case["events"]
    ]
    return lines


def _detail(detail: object) -> str:
    return f"  {json.dumps(detail, ensure_ascii=False)}" if detail else ""
