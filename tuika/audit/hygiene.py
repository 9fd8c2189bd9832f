"""Keeps secrets out of the log, whoever writes to it.

Invariants: a value under a name that means a secret is never stored; text that carries a card key, password,
code, bank card or identity number is stored with a placeholder instead; order and payment numbers stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuika.orders.references import find_references
from tuika.safety.numbers import is_bank_card, is_identity_number
from tuika.safety.redaction import redact

SECRET_NAMES = frozenset(
    {
        "key",
        "card_key",
        "password",
        "query_password",
        "code",
        "token",
        "secret",
        "proof",
        "value",
        "plaintext",
    }
)
WITHHELD = "〔不记录〕"
MAX_TEXT = 500


def clean_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    """The detail as it may be stored. Values must be JSON values."""
    return {str(name): _clean(str(name), value) for name, value in detail.items()}


def _clean(name: str, value: Any) -> Any:
    if name.lower() in SECRET_NAMES and value is not None:
        return WITHHELD
    if isinstance(value, str):
        return redact(value, known=_looks_like_reference).text[:MAX_TEXT]
    if isinstance(value, Mapping):
        return clean_detail(value)
    if isinstance(value, (list, tuple)):
        return [_clean(name, item) for item in value]
    return value


def _looks_like_reference(value: str) -> bool:
    """Whether the whole value has the form of an order or payment number, and of nothing personal."""
    if is_bank_card(value) or is_identity_number(value):
        return False
    return any(r.span == (0, len(value)) for r in find_references(value))
