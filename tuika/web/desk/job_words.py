"""What a backtest found, in the desk's words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tuika.policy.model import EvidenceKind, Outcome, Reason
from tuika.policy.show import OUTCOMES
from tuika.refunds.wording import EVIDENCE, REASONS

FIELDS = {
    "outcome": "结论",
    "row_outcome": "条款的结论",
    "reason": "按什么原因处理",
    "claimed": "买家说的原因",
    "clauses": "依据的条款",
    "amount": "金额",
    "evidence": "要的材料",
    "alternatives": "别的办法",
    "proved": "记录已能证明",
    "supervised": "须人工通过",
    "retry_at": "什么时候再来",
    "decide_again_at": "什么时候重新判定",
    "review_days": "审核工作日",
    "finding": "查到的情况",
    "keys": "涉及的卡密",
    "amount_open": "金额待审核人定",
}
FAILS = {"gap": "新规则没有条款能判定它", "unfit": "它存下的事实与新规则对不上"}
_PLAIN = {"True": "是", "False": "否", "None": "没有", "-": "没有", "": "没有"}


def told_cases(cases: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each case with what would be otherwise: (what, as it was, as it would be)."""
    return [
        {
            "case_no": case["case_no"],
            "fails": FAILS.get(case.get("fails", ""), ""),
            "changes": [
                (FIELDS.get(n, n), _said(n, was), _said(n, now)) for n, was, now in case["differences"]
            ],
        }
        for case in cases
    ]


def _said(field: str, value: str) -> str:
    if value in _PLAIN:
        return _PLAIN[value]
    words = _WORDS.get(field)
    return "、".join(words(each) for each in value.split(", ")) if words else value


def _of(kind: type[Any], names: Mapping[Any, str]) -> Callable[[str], str]:
    known = {str(each.value): names[each] for each in kind if each in names}
    return lambda value: known.get(value, value)


_WORDS: dict[str, Callable[[str], str]] = {
    "outcome": _of(Outcome, OUTCOMES),
    "row_outcome": _of(Outcome, OUTCOMES),
    "reason": _of(Reason, REASONS),
    "claimed": _of(Reason, REASONS),
    "evidence": _of(EvidenceKind, EVIDENCE),
}
