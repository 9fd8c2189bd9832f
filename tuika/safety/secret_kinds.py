"""The kinds of secrets, and where one may stand.

Invariant: names are stored in the vault and never change; the words shown to people may.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SecretKind(StrEnum):
    CARD_KEY = "card_key"
    PASSWORD = "password"
    CODE = "verification_code"
    BANK_CARD = "bank_card"
    IDENTITY = "identity_number"

    @property
    def label(self) -> str:
        """What the placeholder says."""
        return _LABELS[self]


_LABELS = {
    SecretKind.CARD_KEY: "卡密",
    SecretKind.PASSWORD: "密码",
    SecretKind.CODE: "验证码",
    SecretKind.BANK_CARD: "银行卡",
    SecretKind.IDENTITY: "身份证",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    kind: SecretKind
    span: tuple[int, int]
