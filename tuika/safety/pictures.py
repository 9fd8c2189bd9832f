"""Secrets in the text of a picture: out of its lines, into the vault.

Invariants: the whole text is looked at together, so that a label on one line explains the value on the next; each line
comes back redacted with the same placeholders; a line that held a secret is named, so that it can be painted over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, Protocol

from tuika.evidence.readings import Sealed
from tuika.safety.vault import Vault

KEPT = timedelta(days=30)


class Found(Protocol):
    """A secret with its value and the placeholder in its place."""

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def placeholder(self) -> str: ...


class Taken(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def secrets(self) -> Iterable[Found]: ...


class PictureSealer:
    """The ``Sealer`` of readings. ``take`` redacts a text as a message in that conversation would be."""

    def __init__(
        self,
        *,
        take: Callable[[str, str], Taken],
        vault: Vault,
        units: Callable[[], AbstractContextManager[Any]],
    ) -> None:
        self._take = take
        self._vault = vault
        self._units = units

    def __call__(self, lines: list[str], *, conversation_id: str) -> Sealed:
        single = [line.replace("\n", " ") for line in lines]
        redacted = self._take("\n".join(single), conversation_id)
        kept = redacted.text.split("\n")
        if len(kept) != len(single):  # a value ran over a line's end: its lines are joined now
            kept, touched = [redacted.text.replace("\n", " ")], frozenset(range(len(single)))
        else:
            touched = frozenset(n for n, line in enumerate(kept) if line != single[n])
        return Sealed(tuple(kept), touched, self._sealed(redacted, conversation_id))

    def _sealed(self, redacted: Taken, conversation_id: str) -> dict[str, str]:
        if not redacted.secrets:
            return {}
        with self._units() as uow:
            return {
                secret.placeholder: self._vault.seal(
                    uow, secret.value, kind=str(secret.kind), conversation_id=conversation_id, ttl=KEPT
                )
                for secret in redacted.secrets
            }
