"""A policy pack as a typed value.

Invariants: a loaded pack is frozen and flat: one ordered list of clauses, stage after stage, in which the
first match of a stage wins (``after`` clauses all apply). A condition names a fact of
:class:`tuika.policy.facts.Facts` with values of its domain; a clause says no more than its stage may say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum, StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StrictBool, StrictStr, model_validator
from pydantic_core import PydanticCustomError

from tuika.orders.model import PayChannel
from tuika.policy.facts import Facts, FactValue, domains
from tuika.policy.findings import Finding
from tuika.policy.model import Alternative, Clause, EvidenceKind, Outcome, Reason
from tuika.policy.values import Arrival, Strict, Text, Values, Words


class Stage(StrEnum):
    """The order in which clauses are asked (section 1 steps 1-3, 4-5, 6-9; section 2; section 3)."""

    GATE = "gate"
    READING = "reading"
    BAR = "bar"
    ROW = "row"
    AFTER = "after"


class AmountRule(StrEnum):
    """What a case asks for."""

    SHARE = "share"  # the share of the goods concerned in what was paid for them
    EXCESS = "excess"  # what was paid beyond the order's amount
    ALL = "all"  # whatever is left of what was paid
    ORDER = "order"  # cannot be computed: the order's amount, the reviewer sets what is due


class Review(StrEnum):
    NORMAL = "normal"
    CUSTOM_SERVICE = "custom_service"


class Then(Strict):
    """What a clause says. ``read_as`` changes the reason; alone it decides nothing yet."""

    outcome: Outcome | None = None
    read_as: Reason | None = None
    supervise: StrictBool = False
    amount: AmountRule | None = None
    evidence: tuple[EvidenceKind, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    review: Review = Review.NORMAL
    finding: Finding | None = None
    proved: StrictBool = False
    decide_again: StrictBool = False

    @model_validator(mode="after")
    def _complete(self) -> Then:
        if self.outcome is None:
            return self
        if self.outcome.files and self.amount is None:
            raise ValueError(f"立案的结论 {self.outcome} 要写明金额规则 amount")
        if not self.outcome.files and (self.amount or self.evidence or self.proved):
            raise ValueError(f"不立案的结论 {self.outcome} 不能带 amount、evidence 或 proved")
        if self.outcome is Outcome.REFUSE and not self.alternatives:
            raise ValueError("拒绝时要写明还能怎么办：alternatives")
        if self.finding is None:
            raise ValueError("要写明查到的事实：finding")
        return self

    @property
    def effect(self) -> tuple[object, ...]:
        """What makes two clauses contradict each other: everything but the words."""
        return (
            self.outcome,
            self.read_as,
            self.amount,
            self.evidence,
            self.review,
            self.proved,
            self.decide_again,
        )


def _conditions(raw: object) -> object:
    """``{fact: value | [values] | {not: value | [values]}}`` → the allowed values of each named fact."""
    if not isinstance(raw, Mapping):
        raise ValueError("when 应是“事实: 取值”的对照")
    return {name: _allowed(str(name), value) for name, value in raw.items()}


def _allowed(name: str, raw: object) -> frozenset[FactValue]:
    domain = domains().get(name)
    if domain is None:
        raise _wrong(name, f"不认识的事实 {name}；可用：{'、'.join(domains())}")
    if isinstance(raw, Mapping):
        if set(raw) != {"not"}:
            raise _wrong(name, f"{name} 的取值应是值、列表或 {{not: …}}")
        return frozenset(domain) - _named(name, domain, raw["not"])
    return _named(name, domain, raw)


def _named(name: str, domain: tuple[FactValue, ...], raw: object) -> frozenset[FactValue]:
    listed = list(raw) if isinstance(raw, list | tuple) else [raw]
    if not listed:
        raise _wrong(name, f"{name} 的取值列表是空的")
    wanted = [v for item in listed for v in domain if type(item) in (bool, str) and v == item]
    if len(wanted) != len(listed):
        known = "、".join(str(v).lower() if isinstance(v, bool) else str(v) for v in domain)
        raise _wrong(name, f"{name} 没有取值 {raw!r}；可用：{known}")
    return frozenset(wanted)


def _wrong(name: str, message: str) -> PydanticCustomError:
    """An error that knows which entry's line it is about."""
    return PydanticCustomError("entry", "{message}", {"message": message, "entry": name})


When = Annotated[Mapping[str, Any], BeforeValidator(_conditions), AfterValidator(MappingProxyType)]

_SAYS = {
    Stage.GATE: lambda then: then.outcome is not None,
    Stage.READING: lambda then: then.outcome is not None or then.read_as is not None,
    Stage.BAR: lambda then: then.outcome is not None and then.read_as is None,
    Stage.ROW: lambda then: then.outcome is not None and then.read_as is None,
    Stage.AFTER: lambda then: then.outcome is None and then.read_as is None,
}
_AFTERTHOUGHTS = frozenset({"limit", "narrowed"})


class PackClause(Strict):
    """One line of the rules. ``over``: later clauses of its stage that it goes before on purpose."""

    id: Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_.]*$")]
    stage: Stage
    when: When
    then: Then
    text: Text
    source: Text
    over: tuple[StrictStr, ...] = ()
    where: StrictStr = ""

    @model_validator(mode="after")
    def _fits_stage(self) -> PackClause:
        if not _SAYS[self.stage](self.then) or (self.then.supervise and self.stage is not Stage.AFTER):
            raise _wrong("then", f"与阶段 {self.stage} 不符")
        late = _AFTERTHOUGHTS & set(self.when)
        if self.stage is Stage.AFTER and set(self.when) - _AFTERTHOUGHTS:
            raise _wrong("when", "after 阶段只看 limit 和 narrowed")
        if self.stage is not Stage.AFTER and late:
            raise _wrong("when", f"{'、'.join(sorted(late))} 只能用在 after 阶段")
        return self

    @cached_property
    def tests(self) -> tuple[tuple[str, tuple[FactValue, ...]], ...]:
        """The conditions without the one on the reason; tuples, because an enum is slow to hash."""
        return tuple((name, tuple(values)) for name, values in self.when.items() if name != "reason")

    def concerns(self, reason: Reason) -> bool:
        return "reason" not in self.when or reason in self.when["reason"]

    def holds(self, facts: Facts) -> bool:
        """Whether the conditions other than the reason's hold."""
        for name, values in self.tests:  # noqa: SIM110  # asked millions of times by the exhaustive check
            if getattr(facts, name) not in values:
                return False
        return True

    @property
    def told(self) -> Clause:
        return Clause(self.id, self.text, self.source)


def _every_channel(arrival: Mapping[PayChannel, Arrival]) -> Mapping[PayChannel, Arrival]:
    missing = [channel.value for channel in PayChannel if channel not in arrival]
    if missing:
        raise ValueError(f"还缺付款渠道 {'、'.join(missing)}")
    return MappingProxyType(dict(arrival))


class Pack(Strict):
    """A whole rule set; see the module docstring."""

    id: Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    name: Text
    version: Text
    words: Words
    values: Values
    arrival: Annotated[Mapping[PayChannel, Arrival], AfterValidator(_every_channel)]
    clauses: tuple[PackClause, ...]

    @cached_property
    def by_stage(self) -> Mapping[tuple[Stage, Reason], tuple[PackClause, ...]]:
        """The clauses of a stage that concern a reason, in order."""
        return {
            (stage, reason): tuple(c for c in self.clauses if c.stage is stage and c.concerns(reason))
            for stage in Stage
            for reason in Reason
        }

    @cached_property
    def document(self) -> str:
        """The pack as JSON, as :meth:`model_validate_json` reads it."""
        return json.dumps(_plain(self), ensure_ascii=False, sort_keys=True)

    @cached_property
    def digest(self) -> str:
        """Tells whether two packs say the same, whatever their version says."""
        return hashlib.sha256(self.document.encode()).hexdigest()

    def clause(self, clause_id: str) -> PackClause:
        """The clause of that id; ``KeyError`` when there is none."""
        for clause in self.clauses:
            if clause.id == clause_id:
                return clause
        raise KeyError(clause_id)


def _plain(value: Any) -> Any:
    """JSON values that are the same in every process: sets in order, enums by their values."""
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((_plain(each) for each in value), key=str)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value
