"""How what a guest types is compared with an order's contact and query password.

Invariants: comparison takes the same time whether it fails early or late; a missing value equals
nothing; phones compare by their digits, e-mail and account names without case, passwords exactly
(apart from full-width forms, which Chinese keyboards produce, and outer blanks).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable

_PHONE = re.compile(r"\+?[\d\s().-]+")
_MISSING = b"\x00" * 32


def normalise_contact(text: str) -> str:
    """Phone: digits only, without 86; everything else: lower case without blanks. Empty stays empty."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if _PHONE.fullmatch(plain):
        digits = re.sub(r"\D", "", plain)
        return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
    return re.sub(r"\s", "", plain).lower()


def normalise_password(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


class ProofDigests:
    """Keyed digests, so that a stolen shop file gives nobody's phone number away."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < 16:
            raise ValueError("the digest secret needs at least 16 bytes")
        self._secret = secret

    def contact(self, order_no: str, text: str) -> bytes | None:
        return self._digest("contact", order_no, normalise_contact(text))

    def password(self, order_no: str, text: str) -> bytes | None:
        return self._digest("password", order_no, normalise_password(text))

    def proves(self, order_no: str, proof: str, *, contact: bytes | None, password: bytes | None) -> bool:
        """Whether ``proof`` is behind either stored digest; both are always compared."""
        return self.proves_any(order_no, proof, contacts=(contact,), password=password)

    def proves_any(
        self, order_no: str, proof: str, *, contacts: Iterable[bytes | None], password: bytes | None
    ) -> bool:
        """Like :meth:`proves`, for an order with several contacts; every one of them is always compared."""
        right = False
        for contact in contacts:
            right |= _same(self.contact(order_no, proof), contact)
        return right | _same(self.password(order_no, proof), password)

    def _digest(self, kind: str, order_no: str, value: str) -> bytes | None:
        if not value:
            return None
        message = f"{kind}\x1f{order_no}\x1f{value}".encode()
        return hmac.new(self._secret, message, hashlib.sha256).digest()


def _same(given: bytes | None, stored: bytes | None) -> bool:
    equal = hmac.compare_digest(given or _MISSING, stored or _MISSING)
    return equal and given is not None and stored is not None
