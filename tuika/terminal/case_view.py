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
        lines.append(f"deadline  {moment(deadline.get('at'))}  {deadline.get('what', '')}")
    lines += [f"clause    {clause['id']}: {clause['text']}" for clause in case["decision"]["clauses"]]
    lines += [f"evidence  {each['kind']}  {each['id']}" for each in case.get("evidence", ())]
    lines.append("events")
    lines += [
        f"  {moment(e['at'])}  {e['type']}  by {e['actor']}{_detail(e.get('detail'))}" for e in case["events"]
    ]
    return lines


def _detail(detail: object) -> str:
    return f"  {json.dumps(detail, ensure_ascii=False)}" if detail else ""
