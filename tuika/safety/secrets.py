"""How secrets look in what people type: the candidates, most certain first.

Invariants: a candidate is a span of folded text and a kind, nothing more; whether it is a known order number
is the caller's to say. Order numbers of our own forms, case numbers, phones, dates, mail and web addresses are
no candidates.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

from tuika.safety.numbers import is_bank_card, is_identity_number, is_old_identity_number, is_phone
from tuika.safety.secret_kinds import Candidate, SecretKind
from tuika.safety.secrets_beside import beside, issued, like_these

_Test = Callable[[str], bool]

_LINK = r"[\s:=\"'“”‘’「」『』()（）是为就叫成的-]{0,4}"
_CODE_WORD = r"(?:验证码|校验码|动态码|动态密码|短信码|確認碼|驗證碼)"
_KEY_WORD = (
    r"(?:卡密|卡号|激活码|兑换码|充值码|礼品码|啟用碼|启用码|密钥|序列号|注册码|cdkey|cdk|cd-key|serial)"
)
_PASS_WORD = r"(?:密\s?码|密碼|口令|password|passwd|passcode|pwd|(?<![0-9a-z])pw|pin码)"
_APART = r"(?:[0-9][ .·-]{1,2}){3,7}[0-9](?![0-9])|[0-9]{3}[ -][0-9]{3}(?![0-9])"
_CODE_AFTER = re.compile(
    rf"{_CODE_WORD}(?:[4-8四六]位(?:数字?)?)?{_LINK}(?P<v>{_APART}|[0-9A-Za-z]{{4,8}})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_CODE_ENGLISH = re.compile(  # a bare "code" may be an error's: six digits only
    r"(?:(?:verification|security|sms|your)\s?code|otp)\s{0,2}(?:is|[:=])\s{0,2}(?P<v>[0-9]{4,8})(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z返])code\s{0,2}(?:is|[:=])\s{0,2}(?P<b>[0-9]{6})(?![0-9A-Za-z])"
    r"|(?<![0-9A-Za-z])G-(?P<g>[0-9]{6})(?![0-9])",
    re.IGNORECASE,
)
# An account as it is sold: name, password and what else belongs to it, with four dashes between.
_SOLD = re.compile(r"(?<=[0-9A-Za-z@._])-{4}(?P<v>[\x21-\x2c\x2e-\x7e]{4,64})")
_CODE_BEFORE = re.compile(
    rf"(?<![0-9A-Za-z.])(?P<v>[0-9]{{4,8}})\s{{0,2}}(?:就?是|这个|那个|为)?(?:我的|你的|短信)?{_CODE_WORD}"
)
_PASSWORD = re.compile(
    rf"{_PASS_WORD}{_LINK}(?P<v>[0-9]{{4}}(?: [0-9]{{4}}){{1,5}}(?![0-9])|[\x21-\x2b\x2d-\x3a\x3c-\x7e]{{3,64}})",
    re.IGNORECASE,
)
_LABELLED_KEY = re.compile(
    rf"{_KEY_WORD}(?:[0-9]{{1,2}}(?=[\s:]))?{_LINK}(?P<v>[0-9A-Za-z]{{2,}}(?:[ -][0-9A-Za-z]{{2,}})*)",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"(?<![0-9A-Za-z-])[0-9A-Za-z]{3,12}(?:-\s?[0-9A-Za-z]{3,12}){2,8}(?![0-9A-Za-z@-])")
_SPACED = re.compile(r"(?<![0-9A-Za-z-])[0-9A-Z]{4,6}(?: [0-9A-Z]{4,6}){2,7}(?![0-9A-Za-z@-])")
_MARKED = re.compile(
    r"(?<![0-9A-Za-z@._/-])[0-9A-Z]{4,6}(?:([._/])[0-9A-Z]{4,6})(?:\1[0-9A-Z]{4,6}){1,7}(?![0-9A-Za-z@._-])"
)
_IN_LINK = re.compile(
    r"[?&#](?:code|key|cdk|cdkey|card|token|pwd|password)=(?P<v>[0-9A-Za-z_-]{8,64})", re.IGNORECASE
)
_OLD_IDENTITY = re.compile(r"身份证(?:号码?)?[\s:：是为]{0,4}(?P<v>[1-9][0-9]{14})(?![0-9])")
_LONG = re.compile(r"(?<![0-9A-Za-z@_-])[0-9A-Za-z]{10,64}(?![0-9A-Za-z@_-])")
_DIGITS = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){12,22}[Xx]?(?![0-9A-Za-z])")
_ELSEWHERE = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)[^\s\u4e00-\u9fff，。]+|RF[2-9A-HJ-NP-Z]{8}",
    re.IGNORECASE,
)
_OWN_ORDER = re.compile(r"(?:KM[0-9]{12}|DJ[0-9]{20}(?:-[0-9]{2})?)", re.IGNORECASE)
_PRODUCT = re.compile(
    r"iphone|ipad|macbook|airpods|windows|office|[rg]tx[0-9]|redmi|galaxy|thinkpad", re.IGNORECASE
)
_ERROR = re.compile(r"0x[0-9A-Fa-f]{4,16}")  # 0xC004C008: what Windows says of a key
_AFTER_PASSWORD = frozenset(
    [
        "protected",
        "here",
        "please",
        "reset",
        "wrong",
        "incorrect",
        "error",
        "again",
        "not",
        "for",
        "and",
        "the",
        "to",
        "in",
        "or",
        "is",
    ]
)
_PREFIXED = re.compile(r"[A-Za-z]{1,4}-?[0-9]{6,}(?:-[0-9]+)*")


def candidates(text: str) -> Iterator[Candidate]:
    """Everything in folded ``text`` that has the form of a secret. Spans may overlap; the first counts."""
    elsewhere = [m.span() for m in _ELSEWHERE.finditer(text)]
    yield from issued(text)
    yield from _matches(_CODE_AFTER, text, SecretKind.CODE, _is_code)
    yield from _matches(_CODE_BEFORE, text, SecretKind.CODE, _is_code)
    yield from _matches(_CODE_ENGLISH, text, SecretKind.CODE, _is_code)
    yield from _matches(_PASSWORD, text, SecretKind.PASSWORD, _is_password)
    yield from _matches(_SOLD, text, SecretKind.PASSWORD, _is_password)
    yield from _matches(_IN_LINK, text, SecretKind.CARD_KEY, _has_digit)
    yield from _matches(_OLD_IDENTITY, text, SecretKind.IDENTITY, is_old_identity_number)
    yield from _matches(_DIGITS, text, SecretKind.IDENTITY, lambda v: is_identity_number(_squeezed(v)))
    yield from _matches(_DIGITS, text, SecretKind.BANK_CARD, lambda v: is_bank_card(_squeezed(v)))
    labelled = list(_matches(_LABELLED_KEY, text, SecretKind.CARD_KEY, _is_labelled_key))
    yield from labelled
    for pattern, test in (
        (_GROUPED, _is_grouped_key),
        (_SPACED, _is_spaced_key),
        (_MARKED, _is_marked_key),
        (_LONG, _is_long_key),
    ):
        for found in _matches(pattern, text, SecretKind.CARD_KEY, test):
            if not any(left <= found.span[0] and found.span[1] <= right for left, right in elsewhere):
                yield found
    yield from beside(text)
    yield from like_these(text, labelled)


def _matches(pattern: re.Pattern[str], text: str, kind: SecretKind, test: _Test) -> Iterator[Candidate]:
    for match in pattern.finditer(text):
        group = next((name for name, value in match.groupdict().items() if value), 0)
        if test(match.group(group)):
            yield Candidate(kind, match.span(group))


def _squeezed(value: str) -> str:
    return value.replace(" ", "").replace("-", "")


def _has_digit(value: str) -> bool:
    return any(c.isdigit() for c in value)


def _is_marked_key(value: str) -> bool:
    """Groups with dots or strokes between: no address, no version, no file's name."""
    return any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def _is_code(value: str) -> bool:
    value = re.sub(r"[ .·-]", "", value)
    return sum(c.isdigit() for c in value) >= min(4, len(value) - 1)


def _is_password(value: str) -> bool:
    if not any(c.isalnum() for c in value) or value.lower().strip("?!.") in _AFTER_PASSWORD:
        return False
    return not (is_phone(value) or _ELSEWHERE.fullmatch(value) or _OWN_ORDER.fullmatch(value))


def _is_labelled_key(value: str) -> bool:
    squeezed = _squeezed(value)
    if len(squeezed) < 6 or is_phone(value) or _ELSEWHERE.fullmatch(squeezed) or _OWN_ORDER.fullmatch(value):
        return False
    digits, groups = sum(c.isdigit() for c in squeezed), value.split("-")
    even = len(groups) >= 3 and len({len(g) for g in groups}) == 1 and len(groups[0]) >= 4
    return (
        digits >= 3 or ("-" in value and squeezed.isupper()) or even or (len(squeezed) >= 10 and digits >= 2)
    )


def _is_grouped_key(value: str) -> bool:
    if is_phone(value) or _PREFIXED.fullmatch(value) or _OWN_ORDER.fullmatch(value):
        return False
    value = re.sub(r"\s", "", value)
    groups = value.split("-")
    if any(set(g.lower()) == {"x"} for g in groups):
        return False  # somebody has masked it already
    if value.replace("-", "").isdigit():
        return len(groups) >= 3 and len(_squeezed(value)) >= 12
    has_digit, upper = any(c.isdigit() for c in value), value.upper() == value
    return len(_squeezed(value)) >= 10 and (has_digit or (upper and len({len(g) for g in groups}) == 1))


def _is_spaced_key(value: str) -> bool:
    groups = value.split(" ")
    mixed = [g for g in groups if any(c.isdigit() for c in g) and any(c.isalpha() for c in g)]
    written = "".join(groups)
    both = len(groups) >= 4 and any(c.isdigit() for c in written) and any(c.isalpha() for c in written)
    return len({len(g) for g in groups}) == 1 and (len(mixed) >= 2 or both)


def _is_long_key(value: str) -> bool:
    if _PREFIXED.fullmatch(value) or value.isdigit() or _PRODUCT.match(value) or _ERROR.fullmatch(value):
        return False
    digits = sum(c.isdigit() for c in value)
    if digits == 0:
        return len(value) >= 16 and value.isupper()
    if digits < 3 or len(value) - digits < 2:
        return False
    changes = sum(a.isdigit() != b.isdigit() for a, b in itertools.pairwise(value))
    if len(value) >= 16:
        return changes >= 4 or (changes >= 2 and value.upper() == value)
    return changes >= 3 and re.search(r"[a-z]{5}", value) is None
