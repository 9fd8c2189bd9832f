"""Sentences that ask the buyer for money, codes or a step outside the platform.

Invariants: a warning ("不会让您转账", "不要给验证码") is no demand; the platform's own questions (查询密码 for a
guest's proof, a payment serial, a screenshot) are none either. The unit is the clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tuika.safety.demanded import DEMANDS, HUSH, SILENCE, Demand
from tuika.safety.folding import sentences
from tuika.safety.nearness import Span, together
from tuika.safety.scams import undisguised

_WARNS = re.compile(
    r"骗|诈|假的|谁都|凡是|如果|若|断开|卸|对方|已(?:经|收|看|审|核)|是否|有没有|吗$|提醒|警惕|小心|防|不要碰|别信|别理"
)
_NOT = re.compile(
    r"(?:不会|不要|不用|不需|无需|不收|不得|不能|不应|不可|不必|(?<![识特类级区分])别|切勿|请勿|绝不|从不|没有(?!问题|关系)|没人|勿|禁止|拒绝|都不|不让)"
)
_AFTER_ALL = re.compile(r"但|而是|只需|只要|不过|然后|之后")
_REACH = 14  # how far a no reaches
_NEAR = 26  # how close the parts of a demand stand
_TELLS = re.compile(r"骗|对方|有人|他|谁|如果|若")


def demands(text: str) -> tuple[tuple[str, str], ...]:
    """Each demand as (why it is refused, the words that make it)."""
    found: dict[str, str] = {}
    for sentence in map(undisguised, sentences(text)):
        for why, words in _combined(sentence):
            found.setdefault(why, words)
    return tuple(found.items())


def _combined(sentence: str) -> Iterator[tuple[str, str]]:
    hush = _hush().search(sentence)
    if hush and not _TELLS.search(sentence):
        yield SILENCE, hush.group()
    if _WARNS.search(sentence):
        return
    for demand, patterns in _compiled():
        place = together([[m.span() for m in each.finditer(sentence)][:8] for each in patterns], reach=_NEAR)
        if place and not _denied(sentence, place):
            yield demand.why, sentence[slice(*place)]


@cache
def _compiled() -> tuple[tuple[Demand, tuple[re.Pattern[str], ...]], ...]:
    return tuple((demand, tuple(map(re.compile, demand.parts))) for demand in DEMANDS)


@cache
def _hush() -> re.Pattern[str]:
    return re.compile(HUSH)


def _denied(clause: str, place: Span) -> bool:
    """Whether a no stands in the demand or shortly before it, with no "but" in between."""
    near = _AFTER_ALL.split(clause[max(0, place[0] - _REACH) : place[1]])[-1]
    return _NOT.search(near) is not None


def has_demand(clause: str) -> bool:
    return bool(demands(clause))
