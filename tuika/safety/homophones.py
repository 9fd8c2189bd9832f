"""Words of this trade however they sound: written with other characters, in pinyin, or in a mix of both.

Invariants: only the words listed here are restored, by sound those of three syllables or more, so that ordinary speech
keeps its characters, shorter ones where they are spelt in letters; sounds that dialects and voice input confuse (zh/z, n/ng) count as one; nothing is made at import.
"""

from __future__ import annotations

import re
from functools import cache

from pypinyin import Style, pinyin

WORDS = (
    "保证金",
    "解冻金",
    "解冻费",
    "手续费",
    "验证码",
    "校验码",
    "动态码",
    "共享屏幕",
    "屏幕共享",
    "屏幕分享",
    "远程控制",
    "远程协助",
    "远程操作",
    "安全账户",
    "监管账户",
    "指定账户",
    "百万保障",
    "百万医疗",
    "备用金",
    "微粒贷",
    "银联会议",
    "腾讯会议",
    "云闪付会议",
    "银监会",
    "支付宝",
    "企业微信",
    "校园贷",
    "重新绑定",
    "影响征信",
    "激活费",
    "诚意金",
    "付款码",
    "亲密付",
    "收款码",
    "二维码",
    "支付密码",
    "登录密码",
    "取款密码",
)
# fmt: off
SPELT = (
    "重新", "绑定", "转账", "解冻", "押金", "密码", "扫码", "红包", "链接", "退款",
    "客服", "微信", "支付", "付款", "短信", "会议", "软件", "下载", "银行", "贷款",
    "借呗", "花呗", "屏幕", "共享", "远程", "账户", "报警", "保险", "会员", "代理",
    "征信", "异常", "实名", "冻结", "激活", "验证", "律师", "理赔", "赔偿", "补偿",
    "群主", "电话", "挂断",
)  # shorter words, in pinyin only
# fmt: on
_NEAR = ((r"^([zcs])h", r"\1"), (r"ng$", "n"), (r"^n(?=[iuv])", "l"))


def restore(plain: str) -> str:
    """``plain`` (as :func:`tuika.safety.folding.plain` gives it) with the listed words in their own characters."""
    for pattern, word in _patterns():
        plain = pattern.sub(word, plain)
    return plain


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    sounds = _characters_by_sound()
    by_sound = ((re.compile("".join(_syllable(c, sounds) for c in word)), word) for word in WORDS)
    spelt = ((re.compile("".join(_spelling(c) for c in word)), word) for word in SPELT)
    return (*by_sound, *spelt)


def _syllable(character: str, sounds: dict[str, str]) -> str:
    """One syllable of a word: any character that sounds like it, or its letters."""
    spelt = _readings(character)[0]
    return f"(?:[{character}{sounds.get(_near(spelt), '')}]|{spelt})"


def _spelling(character: str) -> str:
    return f"(?:{'|'.join(_readings(character))})"


def _near(syllable: str) -> str:
    for pattern, instead in _NEAR:
        syllable = re.sub(pattern, instead, syllable)
    return syllable


def _characters_by_sound() -> dict[str, str]:
    """Common characters (GB 2312) by their reduced reading."""
    found: dict[str, list[str]] = {}
    for character in _common():
        for reading in {_near(r) for r in _readings(character)}:
            found.setdefault(reading, []).append(character)
    return {reading: "".join(characters) for reading, characters in found.items()}


def _readings(character: str) -> list[str]:
    """Without tones, the usual one first."""
    return pinyin(character, style=Style.NORMAL, heteronym=True)[0]


def _common() -> list[str]:
    rows = (bytes((high, low)) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    return [each for row in rows if (each := row.decode("gb2312", "ignore"))]
