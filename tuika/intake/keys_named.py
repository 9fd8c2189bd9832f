"""Which of several keys a buyer means: ``第2张``, ``1和3``, ``后面两张``, ``除了第一张都不行``, ``全部``.

Invariants: pure; positions count from 1 and lie within the order's number of keys; keys that are said to be good are
not meant; what cannot be told is None, never a guess.
"""

from __future__ import annotations

import re

from tuika.intake.reading import normal

_DIGITS = {
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}
_N = "[0-9]{1,2}|[一二两俩三四五六七八九十]"
_PIECE = "(?:张|个|组|份|条|枚)"
_LINKED = re.compile(
    rf"第\s*((?:{_N}){_PIECE}?(?:\s*(?:[、,，和跟与及]|还有)\s*第?\s*(?:{_N}){_PIECE}?)*)(?![点步次天元块小])"
)
_EACH = re.compile(_N)
_RUN = re.compile(rf"([前后头末尾])(?:面|边)?(?:的)?\s*({_N})\s*(?:张|个|组|份|条|枚)")
_LAST = re.compile(r"最后(?:面)?(?:的)?一?(?:张|个)|末尾那?(?:张|个)")
_ALL = re.compile(r"全部|全都|所有|都|每(?:一)?(?:张|个)|整单|一起|all", re.IGNORECASE)
_GOOD = re.compile(
    r"^(?:是|就)?(?:都|倒|倒是)?(?:好|能|可以|没问题|没事|正常|成功|ok|充上|用上|用了|已经用)|^.{0,2}(?:是好的|能用|没问题|没毛病|正常)"
)
_BAD_AFTER_GOOD = re.compile(r"(?:不好|不能|不可以)")
_BUT = re.compile(r"除了?|除开|除去")


def named_keys(text: str, count: int) -> tuple[int, ...] | None:
    """1-based positions of the keys that a text names out of ``count``; None: not said."""
    plain = normal(text)
    good, meant = set[int](), set[int]()
    for positions, start, end in _mentions(plain, count):
        (good if _spared(plain, start, end) else meant).update(positions)
    everything = set(range(1, count + 1))
    rest = _ALL.search(plain) is not None or re.search(r"其他|其余|剩下|别的|另外", plain) is not None
    if good and (rest or not meant):
        meant |= everything - good
    elif not meant and _ALL.search(plain):
        meant = everything
    return tuple(sorted(meant - good)) or None


def _mentions(plain: str, count: int) -> list[tuple[set[int], int, int]]:
    """Positions that are spoken of, each with its place in the text."""
    found: list[tuple[set[int], int, int]] = []
    for match in _LINKED.finditer(plain):
        found.append(({_value(n) for n in _EACH.findall(match.group(1))}, *match.span()))
    for match in _RUN.finditer(plain):
        size = _value(match.group(2))
        front = match.group(1) in "前头"
        run = range(1, size + 1) if front else range(count - size + 1, count + 1)
        found.append((set(run), *match.span()))
    found += [({count}, *match.span()) for match in _LAST.finditer(plain)]
    within = [({p for p in positions if 1 <= p <= count}, a, b) for positions, a, b in found]
    return [mention for mention in within if mention[0]]


def _spared(plain: str, start: int, end: int) -> bool:
    """Whether the mention says that these are good, or excepts them."""
    after = re.split(r"[，。,.!！？?；;]", plain[end:])[0].lstrip()
    if _BUT.search(plain[max(0, start - 3) : start]):
        return True
    return _GOOD.search(after) is not None and _BAD_AFTER_GOOD.search(after[:4]) is None


def bare_positions(text: str, count: int) -> tuple[int, ...] | None:
    """Positions given as bare numbers, such as ``2``, ``1,3`` or ``二和三``, when keys were asked for."""
    plain = normal(text)
    if not re.fullmatch(r"[0-9一二两三四五六七八九十、,，和 跟与张个]+", plain):
        return None
    positions = tuple(sorted({_value(n) for n in _EACH.findall(plain)}))
    return positions if positions and all(1 <= p <= count for p in positions) else None


def _value(text: str) -> int:
    return int(text) if text.isascii() else _DIGITS[text]


__all__ = ["bare_positions", "named_keys"]
