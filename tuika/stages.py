"""Where the product says what it is doing, for whoever measures: one small port, no framework.

Invariants: a stage never changes what happens inside it and never swallows its exception; labels are a few fixed
words (a kind, a platform, an action), never an id, a text or anything of a buyer, except those in ``about``, which
only traces carry.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Stages(Protocol):
    """``with stages("engine"):`` — time spent, and how it ended, under that name."""

    def __call__(
        self, stage: str, kind: str = "", *, about: Mapping[str, str] | None = None
    ) -> AbstractContextManager[None]:
        """``kind`` tells stages of one name apart (which action, which platform); ``about`` is for traces only."""
        ...


def unwatched(
    stage: str, kind: str = "", *, about: Mapping[str, str] | None = None
) -> AbstractContextManager[None]:
    """Nobody measures."""
    return nullcontext()
