"""Numbers that prove themselves: bank cards by Luhn, identity cards by their check character, phones by form."""

from __future__ import annotations

import re
from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_IDENTITY = re.compile(r"[1-9][0-9]{16}[0-9X]")
_BANK = re.compile(r"[3-6][0-9]{12,18}")
_PHONE = re.compile(
    r"(?:\+?86-?)?1[3-9][0-9](?:-?[0-9]{4}-?[0-9]{4}|-?[0-9]{3}-?[0-9]{5})"
    r"|0[0-9]{2,3}-?[1-9][0-9]{6,7}(?:-[0-9]{1,6})?"
    r"|(?:400|800)-?[0-9]{3}-?[0-9]{4}|(?:400|800)-?[0-9]{4}-?[0-9]{3}"
)


def luhn(digits: str) -> bool:
    """Whether the check digit of a card number is right."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        digit = int(character)
        if place % 2:
            digit = digit * 2 - 9 if digit > 4 else digit * 2
        total += digit
    return total % 10 == 0


def is_bank_card(digits: str) -> bool:
    """13 to 19 digits of a known network with a right check digit."""
    return _BANK.fullmatch(digits) is not None and len(set(digits)) > 2 and luhn(digits)


def is_identity_number(text: str) -> bool:
    """A resident identity number of 18 characters: a real birthday and a right check character."""
    upper = text.upper()
    if not _IDENTITY.fullmatch(upper):
        return False
    try:
        born = date(int(upper[6:10]), int(upper[10:12]), int(upper[12:14]))
    except ValueError:
        return False
    total = sum(int(c) * w for c, w in zip(upper[:17], _WEIGHTS, strict=True))
    return 1900 <= born.year <= 2100 and _CHECKS[total % 11] == upper[17]


def is_old_identity_number(text: str) -> bool:
    """An identity number of 15 digits with a real birthday; it has no check character, so it needs its label."""
    if not re.fullmatch(r"[1-9][0-9]{14}", text):
        return False
    try:
        date(1900 + int(text[6:8]), int(text[8:10]), int(text[10:12]))
    except ValueError:
        return False
    return True


def is_phone(text: str) -> bool:
    """Whether the whole text is a mobile, landline or service number of mainland China."""
    return _PHONE.fullmatch(re.sub(r"[ .]", "-", text.strip())) is not None
