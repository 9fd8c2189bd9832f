"""Decisions, facts and readings as JSON, for storage and replay.

Invariants: what is dumped loads to an equal value; the dump holds JSON types only (enums as their values,
times as ISO 8601, money as ``{"fen": n}``); a dump that was tampered with or comes from other code raises
``pydantic.ValidationError`` rather than loading half.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from tuika.policy.facts import Facts
from tuika.policy.model import Decision
from tuika.policy.reading import Reading

Json = dict[str, Any]


@cache
def _decisions() -> TypeAdapter[Decision]:
    return TypeAdapter(Decision)


@cache
def _facts() -> TypeAdapter[Facts]:
    return TypeAdapter(Facts)


@cache
def _readings() -> TypeAdapter[Reading]:
    return TypeAdapter(Reading)


def dump_decision(decision: Decision) -> Json:
    return _object(_decisions().dump_python(decision, mode="json"))


def load_decision(data: Json) -> Decision:
    return _decisions().validate_python(data)


def dump_facts(facts: Facts) -> Json:
    return _object(_facts().dump_python(facts, mode="json"))


def load_facts(data: Json) -> Facts:
    return _facts().validate_python(data)


def dump_reading(reading: Reading) -> Json:
    """A reading with its facts; ``decide.conclude(load_reading(data), pack)`` decides it again."""
    return _object(_readings().dump_python(reading, mode="json"))


def load_reading(data: Json) -> Reading:
    return _readings().validate_python(data)


def _object(dumped: object) -> Json:
    assert isinstance(dumped, dict)  # a dataclass dumps to an object
    return dumped
