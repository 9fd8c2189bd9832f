"""What channels keep sealed: bodies of messages that wait, and small values that nodes share.

Invariants: AES-256-GCM under a key derived for this purpose alone; the name it is kept under is authenticated
with it, so nothing can be moved to another place.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tuika.channels.model import Arrival, ArrivalKind, Media
from tuika.safety.vault import derive

_NONCE = 12


class Seal:
    def __init__(self, secret: str) -> None:
        self._cipher = AESGCM(derive(secret, "channels"))

    def seal(self, text: str, *, name: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode("utf-8", "surrogatepass"), name.encode())

    def open(self, sealed: bytes, *, name: str) -> str | None:
        """None for what this key did not seal under this name."""
        try:
            plain = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except (InvalidTag, ValueError):
            return None
        return plain.decode("utf-8", "surrogatepass")

    # -- arrivals --

    def seal_arrival(self, arrival: Arrival) -> bytes:
        body = {
            "kind": arrival.kind.value,
            "text": arrival.text,
            "media": asdict(arrival.media) if arrival.media else None,
            "user_token": arrival.user_token,
            "extra": dict(arrival.extra),
        }
        return self.seal(json.dumps(body, ensure_ascii=False), name=_name(arrival))

    def open_arrival(self, bare: Arrival, sealed: bytes) -> Arrival | None:
        """``bare`` with its body; None when the key has changed since."""
        text = self.open(sealed, name=_name(bare))
        if text is None:
            return None
        body = json.loads(text)
        return replace(
            bare,
            kind=ArrivalKind(body["kind"]),
            text=body["text"],
            media=Media(**body["media"]) if body["media"] else None,
            user_token=body["user_token"],
            extra=body["extra"],
        )


class Values:
    """Sealed values by name, for whoever shares them."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def get(self, uow: Any, name: str, *, now: datetime | None = None) -> str | None:
        """The value; None when there is none, it ran out by ``now``, or the key has changed."""
        found = uow.values.get(name)
        if found is None:
            return None
        sealed, expires_at = found
        if now is not None and expires_at is not None and expires_at <= now:
            return None
        return self._seal.open(sealed, name=name)

    def put(self, uow: Any, name: str, value: str, *, expires_at: datetime | None = None) -> None:
        uow.values.put(name, self._seal.seal(value, name=name), expires_at=expires_at)

    def drop(self, uow: Any, name: str) -> None:
        uow.values.drop(name)


def _name(arrival: Arrival) -> str:
    return f"arrival:{arrival.channel}:{arrival.message_id}"
