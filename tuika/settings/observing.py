"""Settings of logs, metrics and traces."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tuika.settings.base import Frozen


class ObservingSettings(Frozen):
    """``log_format``: lines for people, or one JSON object an event for a collector.

    ``worker_metrics_port``: where a worker answers Prometheus (0: nowhere); hubs answer at their own ``/metrics``.
    ``traces_url``: an OTLP/HTTP collector such as ``http://127.0.0.1:4318/v1/traces`` (extra ``tracing``);
    ``traces_share``: of how many turns traces are kept, 0 to 1.
    """

    log_format: Literal["lines", "json"] = "lines"
    worker_metrics_host: str = "127.0.0.1"
    worker_metrics_port: int = Field(default=0, ge=0, le=65535)
    traces_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    traces_share: float = Field(default=0.1, ge=0, le=1)
