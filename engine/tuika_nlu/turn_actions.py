"""A turn's actions go to the hub that sent it: with many hubs each serves its own turns.

Invariants: without an address of its own a turn's actions go where endpoints.yml says; the address comes with the
channel's token and from nowhere else; whatever is no plain http address is refused.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Optional
from urllib.parse import urlsplit

from rasa.utils.endpoints import EndpointConfig

HEADER = "X-Tuika-Actions"
MOST = 200
_address: "ContextVar[Optional[str]]" = ContextVar("tuika_actions", default=None)


class BadAddress(ValueError):
    """The header holds no http address."""


def actions_of_this_turn(header: Optional[str]) -> None:
    """Where the actions of the running task go. Raises BadAddress."""
    if not header:
        _address.set(None)
        return
    parts = urlsplit(header) if len(header) <= MOST and header.isascii() else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise BadAddress("bad_actions")
    _address.set(header)


class TurnEndpoint(EndpointConfig):
    """An action endpoint whose address is the running turn's."""

    @classmethod
    def of(cls, endpoint: EndpointConfig) -> "TurnEndpoint":
        made = cls.__new__(cls)
        made.__dict__.update({("_url" if k == "url" else k): v for k, v in vars(endpoint).items()})
        return made

    @property
    def url(self) -> Optional[str]:  # type: ignore[override]
        return _address.get() or self._url

    @url.setter
    def url(self, url: Optional[str]) -> None:
        self._url = url


def follow_turns(processor: Any) -> None:
    """A processor's actions go to the hub of the turn; does nothing the second time."""
    endpoint = processor.action_endpoint
    if endpoint is not None and not isinstance(endpoint, TurnEndpoint):
        processor.action_endpoint = TurnEndpoint.of(endpoint)
