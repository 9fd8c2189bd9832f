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

from tuika.safety.folding import Folded, fold, simplified, with_digits

MAX_CONTACTS = 20
_DIGIT_OF = str.maketrans("oil", "011")
_LETTER_DIGITS = re.compile(r"(?<=[0-9])[oil]{1,3}(?=[0-9-])")


class ContactKind(StrEnum):
    PHONE = "phone"
    QQ = "qq"
    WECHAT = "wechat"
    EMAIL = "email"
    DOMAIN = "domain"
    TELEGRAM = "telegram"


@dataclass(frozen=True, slots=True)
class Contact:
    kind: ContactKind
    value: str
    literal: str
    span: tuple[int, int]


_TLD = (
    r"(?:com|cn|net|org|top|xyz|vip|shop|store|online|site|club|cc|io|co|me|info|biz|app|link|live|work|ltd|pro|wang"
    r"|ink|fun|tech|asia|hk|tw|us|ru|tk|pw|icu|cyou|life|world|store|mobi|tv|in|one|plus|dev|ai|so|la|中国|网址)"
)
_DOT = r"(?:\s?[.。．·]\s?|\s?点\s?|\[\.\]|\(\.\)|\s?dot\s?)"
_LABEL = r"[a-z0-9\u0370-\u058f](?:[a-z0-9\u0370-\u058f-]{0,61}[a-z0-9\u0370-\u058f])?"
_GLUE = r"[\s:：=是为号码的id账加群我们+、/-]{0,6}"
_EMAIL = re.compile(r"[a-z0-9._%+-]{1,64}\s?(?:@|\(at\)|\[at\]|艾特)\s?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")
_URL = re.compile(r"https?://[^\s\u4e00-\u9fff，。；！、）)」』”\"'<>]+")
_TG = re.compile(
    r"(?:https?://)?(?:t\.me|telegram\.me)/(?:joinchat/)?(?P<v>\+?[a-z0-9_]{4,40})"
    r"|(?:telegram|tg|电报|纸飞机|飞机号?)" + _GLUE + r"@?(?P<w>[a-z][a-z0-9_]{4,31})(?![a-z0-9_])"
)
_DOMAIN = re.compile(
    rf"(?<![a-z0-9@._-])(?:{_LABEL}{_DOT}){{1,5}}{_TLD}(?![a-z0-9-])(?:[:/][^\s\u4e00-\u9fff，。；！、）)]*)?"
)
_WECHAT_WORD = r"(?:微\s?信|薇信|威信|徽信|维信|v信|vx|wx|v:|weixin|wechat|企微)"
_WECHAT = re.compile(
    rf"(?<![a-z]){_WECHAT_WORD}{_GLUE}(?P<v>[a-z][a-z0-9_-]{{5,19}}|1[3-9][0-9]{{9}})(?![a-z0-9_-])"
)
_QQ = re.compile(
    r"(?<![a-z])(?:q\s?q|q号|q群|扣扣|抠抠|叩叩|企鹅号?|秋秋|蔻蔻)"
    + _GLUE
    + r"(?P<v>[1-9][0-9]{4,10})(?![0-9a-z])"
)
_PHONE = re.compile(
    r"(?<![0-9a-z])(?:\+?86[ -]?)?(?P<m>1[3-9][0-9][ .-]?[0-9]{4}[ .-]?[0-9]{4})(?![0-9a-z])"
    r"|(?<![0-9a-z-])(?P<s>[48]00[ .-]?[0-9]{3}[ .-]?[0-9]{4}|[48]00[ .-]?[0-9]{4}[ .-]?[0-9]{3})(?![0-9a-z])"
    r"|(?<![0-9a-z-])(?P<l>0(?:10|2[0-9]|[3-9][0-9]{2})[ -]?[2-8][0-9]{6,7})(?![0-9a-z])"
    r"|(?<![0-9a-z])(?P<i>(?:\+|00)[1-9][0-9]{0,2}(?:[ -]?[0-9]){7,12})(?![0-9a-z])"
    r"|(?<![0-9a-z.-])(?P<p>95[0-9]{3,4}|96110|123(?:15|21|77|81|45)|10086|10010|10000|1069[0-9]{4,16})(?![0-9a-z-])"
)


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
    return re.sub(r"\(at\)|\[at\]|艾特", "@", re.sub(r"\s", "", value.lower()))


def normal_name(value: str) -> str:
    return value.strip().lower().lstrip("@")


_Normal = Callable[[str], str]
_SEARCHES: tuple[tuple[ContactKind, re.Pattern[str], _Normal, bool], ...] = (
    (ContactKind.TELEGRAM, _TG, normal_name, False),
    (ContactKind.DOMAIN, _URL, normal_domain, False),
    (ContactKind.EMAIL, _EMAIL, normal_email, False),
    (ContactKind.WECHAT, _WECHAT, normal_name, True),
    (ContactKind.QQ, _QQ, normal_number, True),
    (ContactKind.DOMAIN, _DOMAIN, normal_domain, False),
    (ContactKind.PHONE, _PHONE, normal_number, True),
)
