"""The worker's own listener for Prometheus."""

from __future__ import annotations

import socket
import urllib.request

import pytest

from tuika.errors import SettingsError
from tuika.observing.answering import answering
from tuika.observing.meters import Meters
from tuika.settings.observing import ObservingSettings


def free_port() -> int:
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return int(each.getsockname()[1])


def test_it_answers_while_the_worker_runs() -> None:
    meters, port = Meters(), free_port()
    with meters("due", "outbox"):
        pass
    address = f"http://127.0.0.1:{port}/metrics"
    with (
        answering(ObservingSettings(worker_metrics_port=port), meters.registry),
        urllib.request.urlopen(address, timeout=5) as answer,
    ):
        assert b'kind="outbox"' in answer.read()
    with pytest.raises(OSError):
        urllib.request.urlopen(address, timeout=1)


def test_no_port_means_no_listener() -> None:
    with answering(ObservingSettings(), Meters().registry):
        pass


def test_a_taken_port_says_what_to_do() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        listener = answering(ObservingSettings(worker_metrics_port=port), Meters().registry)
        with pytest.raises(SettingsError, match="worker_metrics_port"), listener:
            pytest.fail("it must not start")
