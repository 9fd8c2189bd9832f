"""A listener of its own for Prometheus, for processes that have no other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server

from tuika.errors import SettingsError
from tuika.settings.observing import ObservingSettings


@contextmanager
def answering(settings: ObservingSettings, registry: CollectorRegistry) -> Iterator[None]:
    """While in it, ``/metrics`` answers where the settings say. Raises SettingsError for a taken port."""
    if not settings.worker_metrics_port:
        yield
        return
    place = (settings.worker_metrics_host, settings.worker_metrics_port)
    try:
        server, thread = start_http_server(place[1], addr=place[0], registry=registry)
    except OSError as error:
        raise SettingsError(
            f"observing.worker_metrics_port: {place[0]}:{place[1]} 不能监听（{error.strerror}），换一个端口，或设为 0 关闭"
        ) from None
    try:
        yield
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
