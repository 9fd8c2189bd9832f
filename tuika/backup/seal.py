"""The seal of an archive: made with the vault key, so that it says whose backup it is.

A digest proves that nothing broke on the way; the seal proves that an installation with this vault key made it. That
matters because a restore runs what a database dump holds, and because sealed values open with no other key.
"""

from __future__ import annotations

import hashlib
import hmac

from tuika.safety.vault import derive


def seal_of(manifest: bytes, vault_key: str) -> str:
    """By the current key of the setting."""
    return _seal(manifest, _parts(vault_key)[0])


def is_sealed_by(manifest: bytes, seal: str, vault_key: str) -> bool:
    """Whether one of the setting's keys, retired ones too, made the seal."""
    return any(hmac.compare_digest(_seal(manifest, part), seal.strip()) for part in _parts(vault_key))


def _seal(manifest: bytes, part: str) -> str:
    return hmac.new(derive(part, "backup"), manifest, hashlib.sha256).hexdigest()


def _parts(vault_key: str) -> list[str]:
    return [part.strip() for part in vault_key.split(",") if part.strip()]
