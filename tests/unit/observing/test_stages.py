"""Stages as series and as spans: counted by how they ended, without a word of a buyer."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest

from tuika.observing.both import Together
from tuika.observing.meters import Meters
from tuika.observing.tracing import Tracing, provider


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracing(spans: InMemorySpanExporter) -> Tracing:
    return Tracing(provider(SimpleSpanProcessor(spans), share=1.0, process="hub"))


def seconds(meters: Meters, stage: str, kind: str, outcome: str) -> float | None:
    labels = {"stage": stage, "kind": kind, "outcome": outcome}
    return meters.registry.get_sample_value("tuika_stage_seconds_sum", labels)


def test_a_stage_is_timed_under_its_name() -> None:
    ticks = iter([10.0, 12.5])
    meters = Meters(timer=lambda: next(ticks))
    with meters("shop.find", "generic"):
        pass
    assert seconds(meters, "shop.find", "generic", "ok") == 2.5


def test_a_failure_keeps_its_kind_and_is_raised() -> None:
    meters = Meters()
    with pytest.raises(TimeoutError), meters("engine"):
        raise TimeoutError("卡密 ABCD-1234 超时")
    assert seconds(meters, "engine", "", "TimeoutError") is not None
    assert "ABCD" not in generate_latest(meters.registry).decode()


def test_what_a_trace_knows_of_is_no_label() -> None:
    meters = Meters()
    with meters("engine", about={"turn": "tn_1", "conversation": "cv_1"}):
        pass
    assert "tn_1" not in generate_latest(meters.registry).decode()


def test_an_action_belongs_to_its_turns_span(tracing: Tracing, spans: InMemorySpanExporter) -> None:
    with tracing("turn", about={"conversation": "cv_1"}), tracing("engine", about={"turn": "tn_1"}):
        pass
    with tracing("action", "action_refund", about={"turn": "tn_1"}):  # called back by Rasa, elsewhere
        pass
    engine, turn, action = spans.get_finished_spans()
    assert engine.parent is not None and engine.parent.span_id == turn.context.span_id
    assert action.parent is not None and action.parent.span_id == engine.context.span_id
    assert action.name == "action action_refund"


def test_a_failed_span_says_what_failed_and_not_the_words(
    tracing: Tracing, spans: InMemorySpanExporter
) -> None:
    with pytest.raises(ValueError), tracing("action", "action_refund", about={"turn": "tn_2"}):
        raise ValueError("买家说：密码是 hunter2")
    (span,) = spans.get_finished_spans()
    assert span.status.description == "ValueError"
    assert "hunter2" not in span.to_json()


def test_an_action_of_a_turn_elsewhere_begins_its_own_trace(
    tracing: Tracing, spans: InMemorySpanExporter
) -> None:
    with tracing("action", "action_refund", about={"turn": "of another hub"}):
        pass
    (span,) = spans.get_finished_spans()
    assert span.parent is None and (span.attributes or {})["turn"] == "of another hub"


def test_both_see_the_same_stage(tracing: Tracing, spans: InMemorySpanExporter) -> None:
    meters = Meters()
    with pytest.raises(KeyError), Together(meters, tracing)("commit"):
        raise KeyError("x")
    assert seconds(meters, "commit", "", "KeyError") is not None
    assert [span.name for span in spans.get_finished_spans()] == ["commit"]
