"""A pack and a decision as people read them.

Invariants: plain data and plain text, no colour and no library; tables line up where a Chinese character is
two columns wide; ``explain`` names only facts that the clauses used looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from tuika.policy.facts import Facts, FactValue, domains
from tuika.policy.model import Decision, Outcome
from tuika.policy.prove import Report
from tuika.policy.schema import Pack, PackClause

OUTCOMES = {
    Outcome.APPROVE: "自动通过",
    Outcome.PLATFORM_REVIEW: "平台审核",
    Outcome.MERCHANT_REVIEW: "商家答复",
    Outcome.ASK_CONSENT: "须商家同意",
    Outcome.WAIT: "时候未到",
    Outcome.REFUSE: "不予退款",
    Outcome.EXPLAIN: "说明情况",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One clause as an operator reads it."""

    stage: str
    id: str
    when: str
    outcome: str
    evidence: str
    text: str
    source: str
    where: str


def pack_table(pack: Pack) -> tuple[Row, ...]:
    """The clauses of a pack in the order in which they are asked."""
    return tuple(
        Row(
            stage=clause.stage.value,
            id=clause.id,
            when=_when(clause),
            outcome=_outcome(clause),
            evidence=" ".join(clause.then.evidence) or "–",
            text=clause.text,
            source=clause.source,
            where=clause.where,
        )
        for clause in pack.clauses
    )


def render_table(rows: Sequence[Row]) -> str:
    """The rows as text in columns: stage, id, outcome, evidence, conditions."""
    lines = [("阶段", "条款", "结论", "材料", "条件")]
    lines += [(row.stage, row.id, row.outcome, row.evidence, row.when) for row in rows]
    widths = [max(_width(line[i]) for line in lines) for i in range(4)]
    return "\n".join(
        "  ".join([*(_pad(cell, width) for cell, width in zip(line, widths, strict=False)), line[4]])
        for line in lines
    )


def explain(decision: Decision, facts: Facts, pack: Pack | None = None) -> list[str]:
    """Why a decision fell as it did: outcome, reason, each clause with its source, and the facts behind.

    With the pack, only the facts that its clauses looked at are listed; without, all that were read.
    """
    lines = [f"结论：{OUTCOMES[decision.outcome]}（规则包 {decision.pack} {decision.pack_version}）"]
    if decision.row_outcome is not decision.outcome:
        lines.append(
            f"按条款本应{OUTCOMES[decision.row_outcome]}，受上限约束改为{OUTCOMES[decision.outcome]}"
        )
    if decision.reason is not decision.claimed:
        lines.append(f"买家说的是 {decision.claimed}，按 {decision.reason} 处理")
    if decision.amount is not None:
        lines.append(f"金额：{decision.amount}" + ("（由审核人确定）" if decision.amount_open else ""))
    lines += [f"{clause.id}（{clause.source}）：{clause.text}" for clause in decision.clauses]
    lines += [f"事实 {name} = {_word(getattr(facts, name))}" for name in _looked_at(decision, facts, pack)]
    return lines


def render_report(report: Report) -> str:
    """The result of ``prove`` for the terminal."""
    lines = [
        f"{report.pack} {report.version}：{report.clauses} 条条款，{report.combinations} 种事实组合，"
        + ("全部有且只有一个结论" if report.ok else "有问题"),
    ]
    lines += [f"缺口（共 {report.gap_count} 种组合），例：{_facts(gap.example)}" for gap in report.gaps]
    lines += [
        f"{c.where} 矛盾：{c.clause} 与 {c.other} 同时成立而结论不同，例：{_facts(c.example)}"
        for c in report.contradictions
    ]
    lines += [f"{dead.where} 条款 {dead.clause} 永远用不上" for dead in report.dead]
    lines += [f"{i.where} 条款 {i.clause} 的 over: {i.other} 多余，两条从不同时成立" for i in report.idle]
    return "\n".join(lines)


def _looked_at(decision: Decision, facts: Facts, pack: Pack | None) -> list[str]:
    if pack is None:
        plain = Facts(facts.reason)
        return [name for name in domains() if getattr(facts, name) != getattr(plain, name)]
    named = {name for told in decision.clauses for name in pack.clause(told.id).when}
    return [name for name in domains() if name in named]


def _facts(facts: Facts) -> str:
    plain = Facts(facts.reason)
    changed = [n for n in domains() if n == "reason" or getattr(facts, n) != getattr(plain, n)]
    return " ".join(f"{name}={_word(getattr(facts, name))}" for name in changed)


def _word(value: FactValue) -> str:
    return str(value).lower() if isinstance(value, bool) else value.value


def _when(clause: PackClause) -> str:
    parts = []
    for name, domain in domains().items():
        if name in clause.when:
            allowed = [value for value in domain if value in clause.when[name]]
            parts.append(f"{name}={_words(allowed, domain)}")
    return " ".join(parts) or "–"


def _words(allowed: list[FactValue], domain: tuple[FactValue, ...]) -> str:
    left_out = [value for value in domain if value not in allowed]
    if len(domain) > 3 and len(left_out) < len(allowed):
        return "非" + "|".join(_word(value) for value in left_out)
    return "|".join(_word(value) for value in allowed)


def _outcome(clause: PackClause) -> str:
    then = clause.then
    parts = [OUTCOMES[then.outcome]] if then.outcome else []
    if then.read_as:
        parts.append(f"按 {then.read_as} 处理")
    if then.supervise:
        parts.append("须人确认")
    return "，".join(parts) or "附注"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
