"""Stages as OpenTelemetry spans, sent to a collector by OTLP over HTTP. Needs the extra ``tracing``.

Invariants: spans carry ids of conversations, turns and cases, and fixed words; no text, no name, no order. An
action that Rasa calls back for belongs to the span of its turn, found by the turn's id in this process; where
another hub of a cluster serves the action it begins a trace of its own with the same ``turn`` attribute. A
collector that is away costs the turn nothing: spans are sent from a thread, and dropped when the queue is full.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from tuika.errors import SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider

REMEMBERED = 2_000  # turns whose span an action may still ask for


class Tracing:
    """A :class:`~tuika.stages.Stages`. ``close`` sends what is left."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("tuika")
        self._turns: OrderedDict[str, Any] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def __call__(
        self, stage: str, kind: str = "", *, about: Mapping[str, str] | None = None
    ) -> Iterator[None]:
        from opentelemetry import trace

        about = dict(about or {})
        turn = about.get("turn", "")
        parent = self._parent(stage, turn)
        with self._tracer.start_as_current_span(
            f"{stage} {kind}".rstrip(),
            context=parent,
            attributes={"stage": stage, **({"kind": kind} if kind else {}), **about},
            record_exception=False,  # an exception's text may hold what must not leave
            set_status_on_exception=False,
        ) as span:
            if stage == "engine":
                self._remember(turn, trace.set_span_in_context(span))
            try:
                yield
            except BaseException as error:
                span.set_status(trace.StatusCode.ERROR, type(error).__name__)
                raise

    def _parent(self, stage: str, turn: str) -> Any:
        """None: whatever span is current here."""
        if stage != "action":
            return None
        with self._lock:
            return self._turns.get(turn)

    def _remember(self, turn: str, context: Any) -> None:
        with self._lock:
            self._turns[turn] = context
            while len(self._turns) > REMEMBERED:
                self._turns.popitem(last=False)

    def close(self) -> None:
        self._provider.shutdown()


def tracing_to(url: str, *, share: float, process: str) -> Tracing:
    """Spans of ``share`` of all traces go to the collector at ``url``. Raises SettingsError without the extra."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise SettingsError(
            "observing.traces_url 需要附加组件 tracing：uv sync --extra tracing（或去掉这项设置）"
        ) from None
    return Tracing(provider(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)), share=share, process=process))


def provider(processor: SpanProcessor, *, share: float, process: str) -> TracerProvider:
    """A tracer provider of our own: the process-wide one stays untouched."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    made = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(share)),
        resource=Resource.create({"service.name": f"tuika-{process}"}),
        shutdown_on_exit=False,
    )
    made.add_span_processor(processor)
    return made
