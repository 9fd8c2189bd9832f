"""Stored cases, one after another, for who looks at all of them.

Invariant: each page is a reading of its own, so that no transaction stays open while the cases are worked on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, Protocol

from tuika.refunds.model import RefundCase
from tuika.refunds.service import Refunds

PAGE = 200


class Readings(Protocol):
    def reading(self) -> AbstractContextManager[Any]: ...


def past_cases(units: Readings, refunds: Refunds, platforms: Iterable[str]) -> Iterator[RefundCase]:
    """Every case of these platforms, a platform after the other."""
    for name in platforms:
        cursor = None
        while True:
            with units.reading() as uow:
                page = refunds.search(uow, platform=name, cursor=cursor, limit=PAGE)
            yield from page.items
            cursor = page.next
            if cursor is None:
                break
