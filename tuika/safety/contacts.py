"""Contacts in a text: phones, QQ, WeChat, mail, domains, Telegram, however they are disguised.

Invariants: ``value`` is normalised (digits only; lower case; no ``www.``), ``literal`` and ``span`` are as
written; contacts do not overlap; order and payment numbers, amounts and dates are no contacts. Whether a
contact is official is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from tuika.safety import contact_forms as forms
from tuika.safety.folding import Folded, fold, simplified, with_digits

MAX_CONTACTS = 20
_DIGIT_OF = str.maketrans("oil", "011")
_LETTER_DIGITS = re.compile(
    r"(?<=[0-9])[oil]{1,3}(?=[0-9-])|(?<![a-z0-9])(?=[0-9oil]*[0-9]{5})[0-9oil]{7,13}(?![a-z0-9])"
)


class ContactKind(StrEnum):
    PHONE = "phone"
    QQ = "qq"
    WECHAT = "wechat"
    EMAIL = "email"
    DOMAIN = "domain"
    TELEGRAM = "telegram"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Contact:
    kind: ContactKind
    value: str
    literal: str
    span: tuple[int, int]


def extract_contacts(text: str) -> tuple[Contact, ...]:
    """Every contact in the text, in order of appearance, at most :data:`MAX_CONTACTS`."""
    folded = fold(text)
    lower = _with_text(folded, simplified(_lower(folded.text)))
    numbered = with_digits(_with_text(lower, _LETTER_DIGITS.sub(_as_digits, lower.text)))
    found: list[Contact] = []
    for kind, pattern, normal, form in _SEARCHES:
        source = numbered if form else lower
        for start, end, value in _search(pattern, source.text):
            span = source.span(start, end)
            if not any(span[0] < c.span[1] and c.span[0] < span[1] for c in found) and (
                clean := normal(value)
            ):
                found.append(Contact(kind, clean, text[slice(*span)].strip(), span))
    return tuple(sorted(found, key=lambda c: c.span))[:MAX_CONTACTS]


def _as_digits(match: re.Match[str]) -> str:
    return match.group().translate(_DIGIT_OF)


def _search(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int, str]]:
    for match in pattern.finditer(text):
        value = next((v for v in match.groupdict().values() if v), match.group())
        yield match.start(), match.end(), value


def _lower(text: str) -> str:
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _with_text(folded: Folded, text: str) -> Folded:
    return Folded(text, folded.origin, folded.source)


def normal_number(value: str) -> str:
    """Digits only; China's country code dropped."""
    digits = re.sub(r"[^0-9]", "", value)
    if len(digits) == 13 and digits.startswith("861"):
        return digits[2:]
    return digits[4:] if len(digits) == 15 and digits.startswith("00861") else digits


def normal_domain(value: str) -> str:
    """The host of an address: lower case, without ``www.``, port, user name and trailing dot."""
    text = re.sub(r"\s", "", value.lower())
    text = re.sub(
        r"(?<=[a-z0-9])(?:[。．·点]|\[\.\]|\(\.\)|dot(?=(?:com|cn|net)\b))(?=[a-z0-9中网])", ".", text
    )
    try:
        host = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    host = host.rstrip(".")
    return host[4:] if host.startswith("www.") else host


def normal_email(value: str) -> str:
    bare = re.sub(r"[\[(]dot[\])]|\[\.\]", ".", re.sub(r"\s", "", value.lower()))
    return re.sub(r"[\[(]at[\])]|艾特|#", "@", bare)


def normal_name(value: str) -> str:
    return value.strip().lower().lstrip("@")


def normal_link(value: str) -> str:
    """An application's own link: its scheme and what follows, without blanks."""
    return re.sub(r"\s", "", value.lower())[:80]


def normal_account(value: str) -> str:
    """The application's name and the account, without what stands between."""
    return re.sub(r"[\s:：=是为的+、/(（❤♥@]|(?:账|帐)?号", "", value.lower())


def normal_wechat(value: str) -> str:
    bare = re.sub(r"[\s.·•*~,、/|]", "", value.lower()).lstrip("@")
    digits = normal_number(bare)
    return digits if len(digits) == 11 and not re.search(r"[a-z]", bare) else bare


_Normal = Callable[[str], str]
_SEARCHES: tuple[tuple[ContactKind, re.Pattern[str], _Normal, bool], ...] = (
    (ContactKind.TELEGRAM, forms.TELEGRAM, normal_name, False),
    (ContactKind.DOMAIN, forms.URL, normal_domain, False),
    (ContactKind.OTHER, forms.DEEP_LINK, normal_link, False),
    (ContactKind.EMAIL, forms.EMAIL, normal_email, False),
    (ContactKind.WECHAT, forms.WECHAT, normal_wechat, True),
    (ContactKind.QQ, forms.QQ, normal_number, True),
    (ContactKind.DOMAIN, forms.DOMAIN, normal_domain, False),
    (ContactKind.OTHER, forms.OTHER, normal_account, False),
    (ContactKind.PHONE, forms.PHONE, normal_number, True),
)
