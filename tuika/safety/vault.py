"""The vault: secrets at rest, encrypted with a key that is not in the database.

Invariants: AES-256-GCM with a fresh nonce each time; the row's id, kind and conversation are authenticated
with it, so that a value cannot be moved to another row; keys are derived (HKDF) from the setting, which names
the current one first and retired ones after it; an expired value opens for nobody; a person's look is recorded.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tuika.audit.events import AuditEventType
from tuika.audit.ports import AuditLog
from tuika.clock import Clock
from tuika.errors import NotFound, SettingsError
from tuika.ids import Ids

TTL = timedelta(days=30)
MAX_SECRET = 4_000
_NONCE = 12
_LEAST = 24


@dataclass(frozen=True, slots=True)
class SealedSecret:
    id: str
    kind: str
    conversation_id: str | None
    key_id: str
    sealed: bytes
    created_at: datetime
    expires_at: datetime

    @property
    def bound(self) -> bytes:
        """What the encryption is tied to."""
        return "\x1f".join((self.id, self.kind, self.conversation_id or "")).encode()


class VaultRepository(Protocol):
    def add(self, secret: SealedSecret) -> None: ...
    def get(self, secret_id: str) -> SealedSecret | None: ...
    def purge(self, before: datetime) -> int: ...
    def save(self, secret: SealedSecret) -> None: ...
    def of_conversation(self, conversation_id: str) -> list[SealedSecret]: ...
    def under_other_keys(self, key_id: str, limit: int) -> list[SealedSecret]:
        """What is not sealed with that key, oldest first."""
        ...


class VaultStore(Protocol):
    @property
    def vault(self) -> VaultRepository: ...
    @property
    def audit(self) -> AuditLog: ...


def derive(secret: str, purpose: str) -> bytes:
    """A 256-bit key for one purpose out of a setting."""
    return HKDF(algorithm=SHA256(), length=32, salt=b"tuika", info=purpose.encode()).derive(secret.encode())


class VaultKeys:
    """The keys by their ids; new values are sealed with the first."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        if not secrets or any(len(secret) < _LEAST for secret in secrets):
            raise SettingsError(
                f"vault_key 为空或有一段短于 {_LEAST} 个字符（多个密钥用逗号分开，当前的在最前）"
            )
        keys = [derive(secret, "vault") for secret in secrets]
        self._keys = {hashlib.sha256(b"id" + key).hexdigest()[:8]: key for key in keys}
        self.current = next(iter(self._keys))

    @classmethod
    def from_setting(cls, setting: str) -> VaultKeys:
        """From ``settings.vault_key``: ``current`` or ``current,retired,…``."""
        return cls(tuple(part.strip() for part in setting.split(",") if part.strip()))

    def cipher(self, key_id: str) -> AESGCM | None:
        key = self._keys.get(key_id)
        return AESGCM(key) if key else None


class Vault:
    def __init__(self, *, clock: Clock, ids: Ids, keys: VaultKeys) -> None:
        self._clock = clock
        self._ids = ids
        self._keys = keys

    def seal(
        self,
        uow: VaultStore,
        value: str,
        *,
        kind: str,
        conversation_id: str | None = None,
        ttl: timedelta = TTL,
    ) -> str:
        """Keep a value; its id is what may be passed around."""
        now = self._clock.now()
        blank = SealedSecret(
            id=self._ids.new("vs"),
            kind=kind,
            conversation_id=conversation_id,
            key_id=self._keys.current,
            sealed=b"",
            created_at=now,
            expires_at=now + ttl,
        )
        uow.vault.add(self._sealed(blank, value[:MAX_SECRET]))
        return blank.id

    def _sealed(self, blank: SealedSecret, value: str) -> SealedSecret:
        """``blank`` holding the value, under the current key."""
        cipher = self._keys.cipher(self._keys.current)
        assert cipher is not None  # the current key is always there
        nonce = os.urandom(_NONCE)
        sealed = nonce + cipher.encrypt(nonce, value.encode("utf-8", "surrogatepass"), blank.bound)
        return replace(blank, key_id=self._keys.current, sealed=sealed)

    def open(self, uow: Any, secret_id: str) -> str | None:
        """For the program's own use: the value, or None when unknown, expired or not ours."""
        secret: SealedSecret | None = uow.vault.get(secret_id)
        if secret is None or secret.expires_at <= self._clock.now():
            return None
        return self._opened(secret)

    def _opened(self, secret: SealedSecret) -> str | None:
        cipher = self._keys.cipher(secret.key_id)
        if cipher is None:
            return None
        try:
            plain = cipher.decrypt(secret.sealed[:_NONCE], secret.sealed[_NONCE:], secret.bound)
        except (InvalidTag, ValueError):
            return None
        return plain.decode("utf-8", "surrogatepass")

    def reveal(self, uow: VaultStore, secret_id: str, *, actor: str, reason: str) -> str:
        """For a person's eyes: recorded before it is shown. Raises NotFound."""
        value = self.open(uow, secret_id)
        if value is None:
            raise NotFound("这条加密内容不存在或已过期")
        uow.audit.append(
            type=AuditEventType.SECRET_REVEALED,
            actor=actor,
            subject=f"vault:{secret_id}",
            detail={"reason": reason},
            at=self._clock.now(),
        )
        return value

    def rotate(self, uow: VaultStore, *, limit: int = 500) -> tuple[int, int]:
        """Seal anew with the current key what retired keys sealed: how many were, how many no key opens.

        The latter stay as they are; once ``(0, n)`` is answered the retired keys may leave the settings.
        """
        done = lost = 0
        for secret in uow.vault.under_other_keys(self._keys.current, limit):
            value = self._opened(secret)
            if value is None:
                lost += 1
                continue
            uow.vault.save(self._sealed(secret, value))
            done += 1
        if done:
            uow.audit.append(
                type=AuditEventType.VAULT_ROTATED,
                actor="system",
                subject=f"vault_key:{self._keys.current}",
                detail={"sealed_anew": done, "unreadable": lost},
                at=self._clock.now(),
            )
        return done, lost

    def purge(self, uow: VaultStore) -> int:
        """Delete what has expired."""
        return uow.vault.purge(self._clock.now())


class ShopSeal:
    """Encryption without rows, for the demo shop's keys and passwords."""

    def __init__(self, secret: str) -> None:
        self._cipher = AESGCM(derive(secret, "shop"))

    def seal(self, text: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), b"shop")

    def open(self, sealed: bytes) -> str:
        """Raises ValueError for bytes that this key did not seal."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], b"shop").decode()
        except InvalidTag:
            raise ValueError("these bytes were not sealed with this key") from None
