"""Ports in use are refused before anything starts, by name and setting."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tuika.supervisor.ports import Place, PortTaken, require_free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_free_places_pass() -> None:
    require_free([Place("127.0.0.1", free_port(), "the hub", "TUIKA_PORT")])


def test_a_taken_port_is_named_with_its_setting(taken: int) -> None:
    with pytest.raises(PortTaken) as caught:
        require_free([Place("127.0.0.1", taken, "the hub", "TUIKA_PORT")])
    for part in (str(taken), "the hub", "TUIKA_PORT", "listens there already"):
        assert part in caught.value.detail


def test_all_taken_ports_are_named_at_once(taken: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        second = other.getsockname()[1]
        with pytest.raises(PortTaken) as caught:
            require_free([Place("127.0.0.1", taken, "a", "A"), Place("127.0.0.1", second, "b", "B")])
    assert str(taken) in caught.value.detail
    assert str(second) in caught.value.detail


def test_two_parts_that_want_one_port_are_told_so() -> None:
    port = free_port()
    with pytest.raises(PortTaken, match="both want"):
        require_free(
            [Place("127.0.0.1", port, "the hub", "TUIKA_PORT"), Place("127.0.0.1", port, "Rasa", "X")]
        )


def test_a_foreign_address_is_told_so() -> None:
    with pytest.raises(PortTaken, match="no address of this machine|Cannot assign"):
        require_free([Place("192.0.2.1", free_port(), "the hub", "TUIKA_HOST")])
