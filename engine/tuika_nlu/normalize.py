"""The form of a message that features are taken from.

Invariants: pure and deterministic; idempotent; the result has at most `MAX_FEATURE_CHARS` characters, so that a
2,000-character message costs no more than a long one; the original text is never replaced by it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Dict

MAX_FEATURE_CHARS = 240
_HEAD, _TAIL = 80, 160  # buyers tell the story first and the wish last: keep more of the end

# Zero-width and bidirectional marks, variation selectors, controls: invisible, so never a feature.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160"
    "\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_SPACES = re.compile(r"\s+")
_REPEAT = re.compile(r"([^\W\da-z]|[^\w\s])\1{2,}")  # runs of one character; digits and letters carry meaning
_LATIN_REPEAT = re.compile(r"([a-z])\1{3,}")
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u200d\u20e3]+")

# Spellings that input methods and platform filters produce for words this desk lives on.
_SPELLINGS = {
    "定单": "订单", "订淡": "订单", "单子号": "订单号", "帐号": "账号", "帐户": "账户", "冲值": "充值", "充直": "充值",
    "退宽": "退款", "退筷": "退款", "退歀": "退款", "褪款": "退款", "tui款": "退款", "退kuan": "退款", "tuikuan": "退款",
    "克服": "客服", "刻服": "客服", "客付": "客服", "kefu": "客服", "人公": "人工", "转人功": "转人工", "rengong": "人工",
    "卡蜜": "卡密", "卡秘": "卡密", "卡米": "卡密", "kami": "卡密", "兑换马": "兑换码", "激活马": "激活码",
    "支付包": "支付宝", "支付保": "支付宝", "zfb": "支付宝", "威信": "微信", "薇信": "微信", "v信": "微信", "wx": "微信",
    "vx": "微信", "扣扣": "qq", "企鹅号": "qq", "片子": "骗子", "马上到帐": "马上到账", "到帐": "到账", "提线": "提现",
    "投拆": "投诉", "头诉": "投诉", "申述": "申诉", "身诉": "申诉", "在线等急": "在线等 急",
}  # fmt: skip
_SPELLING = re.compile("|".join(sorted(map(re.escape, _SPELLINGS), key=len, reverse=True)))
_LONG_CODE = re.compile(r"(?<![a-z0-9])[a-z]{0,4}\d[a-z0-9]{6,}(?:-\d{1,3})?(?![a-z0-9])")
_URL = re.compile(r"(?:https?://|www\.)[a-z0-9./?=&%_#:+~-]+")
CODE_TOKEN = "号码"
URL_TOKEN = "网址"

# A number put before or behind a sentence only says which order; what is wanted is in the sentence.
_NAMED = r"(?:(?:我的)?(?:订单号?|单号|编号|单子)[是为:： ]*)?"
_BEFORE = re.compile(
    rf"^{_NAMED}{CODE_TOKEN}[\s,，。.、;；:：!！|/-]*(?=.*[^\W\d_].*[^\W\d_].*[^\W\d_].*[^\W\d_])"
)
_BEHIND = re.compile(
    rf"(?<=[^\W\d_][^\W\d_][^\W\d_][^\W\d_])[\s,，。.、;；:：(（|/-]*{_NAMED}{CODE_TOKEN}[)）。.!！]*$"
)

# A message of nothing but signs is an answer in signs.
_SIGNS = (
    ("👌👍🆗✅✔☑💯🤝", "好的"),
    ("👎❌🙅✖🚫", "不要"),
    ("🙏❤💗💖🌹🥰", "谢谢"),
    ("😡🤬💢😤", "气死我了"),
    ("👋", "你好"),
)


@lru_cache(maxsize=1)
def simplified_table() -> Dict[int, str]:
    """One character to one character, traditional to simplified (OpenCC's table); lengths never change."""
    text = (resources.files("opencc") / "dictionary" / "TSCharacters.txt").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if "\t" in line)
    return {ord(old): new.split(" ")[0] for old, new in rows if len(old) == 1 and len(new.split(" ")[0]) == 1}


def fold(text: str) -> str:
    """Full width, compatibility forms, traditional characters and case made one."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return text.translate(simplified_table()).lower()


def clip(text: str) -> str:
    """Head and tail of a long message: what a person would skim."""
    if len(text) <= MAX_FEATURE_CHARS:
        return text
    return text[:_HEAD] + text[-_TAIL:]


def _sign(text: str) -> str:
    """What a message of signs alone says; an empty text where its signs say nothing."""
    return next((said for signs, said in _SIGNS if any(sign in text for sign in signs)), "")


def normalize(text: str) -> str:
    """The text that tokens, n-grams and the encoder see."""
    folded = fold(clip(text))
    text = _EMOJI.sub(" ", folded)
    if not text.strip():
        text = _sign(folded)
    text = _LONG_CODE.sub(CODE_TOKEN, _URL.sub(URL_TOKEN, text))
    text = _BEHIND.sub("", _BEFORE.sub("", text.strip()))
    text = _SPELLING.sub(lambda found: _SPELLINGS[found.group()], text)
    text = _LATIN_REPEAT.sub(r"\1\1", _REPEAT.sub(r"\1\1", text))
    return clip(_SPACES.sub(" ", text).strip())
