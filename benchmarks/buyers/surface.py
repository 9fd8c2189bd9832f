"""How a wording comes out of a particular buyer: which alternative, what he puts around it, what he mistypes.

Invariants: a function of scenario, seed and place in the talk alone; seed 0 takes every first wording; numbers are
never mistyped, because a wrong number is another scenario.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from .model import Scenario

_AROUND: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "plain": (("", "", "你好，"), ("", "", "。")),
    "student": (("", "那个，", "哥，"), ("", "呜呜", "，拜托了")),
    "parent": (("", "您好，", "你好，麻烦问一下，"), ("", "，谢谢", "，麻烦您了")),
    "angry": (("", "喂，", "我说，"), ("！！", "！", "，赶紧的")),
    "voice": (("", "喂你好", "哎那个"), ("", "啊", "哈")),
    "terse": (("",), ("",)),
    "legal": (("", "贵平台，"), ("。", "")),
    "reseller": (("", "老板 ", "在 "), ("", " 速", "")),
    "elder": (("", "同志你好，", "小姑娘，"), ("", "，我不太会弄", "")),
}
_SLIPS = (
    ("充", "冲"),
    ("账号", "帐号"),
    ("卡密", "卡蜜"),
    ("怎么", "咋么"),
    ("没有", "木有"),
    ("订单", "定单"),
    ("的", "滴"),
    ("已经", "以经"),
    ("一直", "一只"),
    ("知道", "知到"),
    ("在", "再"),
    ("什么", "什吗"),
)
_FULL = str.maketrans("0123456789", "０１２３４５６７８９")


class Surface:
    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._scenario = scenario
        self._seed = seed
        self._said = 0

    def pick(self, wordings: Sequence[str]) -> str:
        """One of the wordings: the first for seed 0."""
        self._said += 1
        return wordings[0] if self._seed == 0 else self._dice().choice(list(wordings))

    def spoken(self, wordings: Sequence[str]) -> str:
        """What the buyer types when he speaks of his own accord: around it, and his slips."""
        text = self.pick(wordings)
        if self._seed and len(text) >= 6:
            before, after = _AROUND[self._scenario.persona]
            text = f"{self._dice('before').choice(before)}{text}{self._dice('after').choice(after)}"
        return self._noisy(text)

    def _noisy(self, text: str) -> str:
        if "typos" in self._scenario.noise:
            text = self._mistyped(text)
        if "bare" in self._scenario.noise or self._scenario.persona == "voice":
            text = re.sub(r"[，。！？,.!?、…]+", " ", text).strip()
        if "fullwidth" in self._scenario.noise:
            text = text.translate(_FULL)
        return text

    def _mistyped(self, text: str) -> str:
        """One slip, or two in a long text."""
        able = [slip for slip in _SLIPS if slip[0] in text]
        for right, wrong in self._dice("slip").sample(able, min(len(able), 2 if len(text) > 25 else 1)):
            text = text.replace(right, wrong, 1)
        return text

    def _dice(self, purpose: str = "") -> random.Random:
        return random.Random(f"{self._scenario.id}:{self._seed}:{self._said}:{purpose}")
