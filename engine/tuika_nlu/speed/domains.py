"""Whether a domain is empty, asked of each message and answered once a domain."""

from __future__ import annotations

from rasa.shared.core.domain import Domain

_stock = Domain.is_empty
_KEPT = "_tuika_is_empty"


def is_empty(self: Domain) -> bool:
    """As Rasa's: a domain is not changed once a model is served, so the two documents are compared once."""
    known = self.__dict__.get(_KEPT)
    if known is None:
        known = self.__dict__[_KEPT] = _stock(self)
    return bool(known)
