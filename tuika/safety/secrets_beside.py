"""Secrets that only the words around them give away: codes told in a sentence, short keys, card checks, passports.

Invariants: nothing here is a secret by its form alone, so a word of the right kind stands close, and what usually
stands there instead (order numbers, amounts, error codes, times) is no candidate.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from tuika.safety.secret_kinds import Candidate, SecretKind

_LINK = r"[\s:=\"'“”‘’「」『』()（）是为就叫成的-]{0,4}"
_NO = r"(?![0-9A-Za-z]|[-_./][0-9A-Za-z])"
_OTHER = r"(?:(?!单|尾号|金额|时间|错误|代码|版本|手机|QQ|账号|流水|卡号)[^0-9A-Za-z\n])"
_UNIT = r"(?!\s?[元块年月日分秒个次条张点号天])"
_KEY_WORD = (
    r"(?:卡密|激活码|兑换码|充值码|礼品码|启用码|密钥|密匙|序列号|注册码|cdkey|cdk|cd-key|(?<![A-Za-z])key)"
)

# What sellers of AI accounts and developers' services hand out; its form alone says so.
_ISSUED = re.compile(
    r"(?<![0-9A-Za-z])(?:sk-|gh[pousr]_|github_pat_|xox[abp]-)[0-9A-Za-z_-]{16,120}"
    r"|(?<![0-9A-Za-z])eyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}"
)
_PATTERNS: tuple[tuple[SecretKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            SecretKind.CODE,
            rf"(?:验证码|校验码|动态码|短信(?!费)){_OTHER}{{0,8}}(?P<v>[0-9]{{6}}){_NO}{_UNIT}",
        ),
        (
            SecretKind.CODE,
            rf"(?:收到|发来|来)(?:的|了|一?个){{0,2}}码{_OTHER}{{0,4}}(?P<v>[0-9]{{4,6}}){_NO}{_UNIT}",
        ),
        (SecretKind.CODE, rf"(?<![\u4e00-\u9fff])码是?[:\s]{{0,2}}(?P<v>[0-9]{{6}}){_NO}{_UNIT}"),
        (
            SecretKind.CODE,
            r"(?<![0-9A-Za-z])(?P<v>[0-9]{4,8})[^0-9\n]{0,14}(?:请勿泄[露漏]|切勿泄[露漏]|勿告[知诉]|勿转发|不要告诉(?:任何|他|别)人)",
        ),
        (
            SecretKind.CODE,
            rf"(?:cv[vc]2?|安全码|背面(?:的)?(?:后|末)?[三3]位(?:数字?|码)?|卡后[三3]位){_LINK}(?P<v>[0-9]{{3,4}}){_NO}{_UNIT}",
        ),
        (SecretKind.PASSWORD, rf"(?<![A-Za-z])pin(?:码|\s?code)?{_LINK}(?P<v>[0-9]{{4,8}}){_NO}{_UNIT}"),
        (
            SecretKind.PASSWORD,
            rf"(?<![A-Za-z])mima{_LINK}(?P<v>(?=[\x21-\x7e]*[0-9])[\x21-\x2b\x2d-\x3a\x3c-\x7e]{{4,64}})",
        ),
        (
            SecretKind.PASSWORD,
            rf"密码{_OTHER}{{0,6}}(?P<v>(?=[\x21-\x7e]*[0-9])(?=[\x21-\x7e]*[A-Za-z])(?!(?:KM|DJ|RF|0x)[0-9])[0-9A-Za-z@#$%^&*!._-]{{6,32}}){_NO}",
        ),
        (
            SecretKind.IDENTITY,
            rf"身份证(?:号码?)?(?:的)?(?:后|末|最后)(?:[六6]位)[\s:是为]{{0,3}}(?P<v>[0-9]{{5}}[0-9X]){_NO}",
        ),
        (SecretKind.IDENTITY, rf"(?:护照|通行证)(?:号码?)?{_LINK}(?P<v>[A-Z][A-Z0-9]?[0-9]{{7}}){_NO}"),
        (
            SecretKind.CARD_KEY,
            rf"{_KEY_WORD}(?:[0-9]{{1,2}}(?=[\s:]))?{_LINK}(?P<v>(?:[0-9A-Za-z] ){{7,24}}[0-9A-Za-z]){_NO}",
        ),
        (
            SecretKind.CARD_KEY,
            rf"(?<![0-9A-Za-z-])(?P<v>[0-9]{{4}}(?: [0-9]{{4}}){{2,4}}|[0-9]{{12,22}})\s{{0,2}}(?:就?是|这个|这张)?{_KEY_WORD}",
        ),
    )
)
_SHORT = re.compile(
    rf"{_KEY_WORD}(?:[0-9]{{1,2}}(?=[\s:]))?{_LINK}(?P<v>[0-9A-Z]{{5,9}}){_NO}", re.IGNORECASE
)
_TOKEN = re.compile(r"(?<![0-9A-Za-z@._/-])[0-9A-Za-z]{6,32}(?![0-9A-Za-z@._-])")


def issued(text: str) -> Iterator[Candidate]:
    """Keys and tokens that services issue."""
    for match in _ISSUED.finditer(text):
        yield Candidate(SecretKind.PASSWORD, match.span())


def beside(text: str) -> Iterator[Candidate]:
    """What the words beside it call a secret."""
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Candidate(kind, match.span("v"))
    for match in _SHORT.finditer(text):
        if _turns(match["v"]) >= 2:  # WIN11 and PS5 turn once
            yield Candidate(SecretKind.CARD_KEY, match.span("v"))


def like_these(text: str, found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Further keys of the same length and make, as a list of them is pasted."""
    makes = {len(text[slice(*each.span)]) for each in found if _turns(text[slice(*each.span)]) >= 2}
    for match in _TOKEN.finditer(text):
        if len(match.group()) in makes and _turns(match.group()) >= 2:
            yield Candidate(SecretKind.CARD_KEY, match.span())


def _turns(value: str) -> int:
    """How often letters and digits change places."""
    return sum(a.isdigit() != b.isdigit() for a, b in itertools.pairwise(value))
