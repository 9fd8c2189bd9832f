"""Whether the addresses that the product needs are free, asked before anything is started."""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass

from tuika.errors import TuikaError


class PortTaken(TuikaError):
    """The detail names each port, whose it was to be and the setting that moves it."""

    title = "A port is in use"


@dataclass(frozen=True, slots=True)
class Place:
    """An address that one part of the product will listen on."""

    host: str
    port: int
    what: str
    setting: str


def require_free(places: Sequence[Place]) -> None:
    """Raises PortTaken listing every place that is taken, or that two parts both want."""
    problems = []
    wanted: dict[int, Place] = {}
    for place in places:
        other = wanted.setdefault(place.port, place)
        if other is not place:
            problems.append(
                f"  - {other.what} ({other.setting}) and {place.what} ({place.setting}) both want {place.port}"
            )
        elif (trouble := _trouble(place)) is not None:
            problems.append(
                f"  - {place.host}:{place.port}, for {place.what}: {trouble} Setting: {place.setting}"
            )
    if problems:
        advice = "Stop what listens there, or choose another port, for example: TUIKA_PORT=8010 make run"
        raise PortTaken("Tuika cannot listen where it should:\n" + "\n".join([*problems, advice]))


def _trouble(place: Place) -> str | None:
    """Why the address cannot be listened on, or None."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            place.host, place.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError:
        return "this is no address of this machine."
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            return _reason(error)
    return None


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "something listens there already (perhaps another Tuika)."
    if error.errno == errno.EACCES:
        return "ports below 1024 need more rights than this user has."
    return f"{error.strerror}."
