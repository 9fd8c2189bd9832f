"""One text in several normal forms, with the way back to the original.

Invariants: every folded character knows the index it came from, so that a match can be cut out of the text as
written; folding never merges two characters into one; nothing here decides what a text means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-"))
UNSEEN = frozenset(
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\u20e3\ufe0e\ufe0f\ufeff"
)
PICTURES = {
    "🐧": "qq",
    "➕": "加",
    "💬": "微信",
    "🛰": "微信",
    "💰": "钱",
    "💵": "钱",
    "🐴": "码",
    "📱": "手机",
    "🔗": "链接",
    "🧧": "红包",
}  # what people draw instead of writing it
_LETTERS = {  # white on black, in boxes, and the letters that flags are made of
    chr(base + place): chr(ord("a") + place)
    for base in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6)
    for place in range(26)
}
_DIGITS = dict(
    zip("零〇○一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两", "000123456789123456789" + "12", strict=True)
)
_DIGITS |= dict(zip("貳參陸", "236", strict=True))
_NUMERALS = re.compile(rf"[0-9{''.join(_DIGITS)}](?:[ .·-]?[0-9{''.join(_DIGITS)}])*")
_SIMPLE = dict(
    zip(
        "轉賬帳驗證碼凍結貸資遠會議雙賠紅掃鏈險備額銀號戶費註銷學綁報員寶訊電話聯繫萬餘錢過單發貨買賣檢審應該從這裡裏讓給與專絕線開關網連進還說請點擊載軟體繳們匯詐騙對幫輸複貼權數據條時間現個為麼來後飛獎誤協帶釣魚長頁禮塊無壞傳將業務導圖頭標誌識別訴談聽補儲緊張級紙綱臉書團續換購圓試見閉閃總統財產監視屜嚴顧難題類滿禍讀寫東車門風龍優價質週運遞遺嘆憑罰賺贖樣樓壓處聲腳認誰嚇驚尋幾嗎沒愛藝騰遊戲錯啟動劃師謝約減縮實歲媽訂錄爛廢鑽變佔經辦邊兩鐘遲雖曉齊選擇繼",
        "转账账验证码冻结贷资远会议双赔红扫链险备额银号户费注销学绑报员宝讯电话联系万余钱过单发货买卖检审应该从这里里让给与专绝线开关网连进还说请点击载软体缴们汇诈骗对帮输复贴权数据条时间现个为么来后飞奖误协带钓鱼长页礼块无坏传将业务导图头标志识别诉谈听补储紧张级纸纲脸书团续换购圆试见闭闪总统财产监视屉严顾难题类满祸读写东车门风龙优价质周运递遗叹凭罚赚赎样楼压处声脚认谁吓惊寻几吗没爱艺腾游戏错启动划师谢约减缩实岁妈订录烂废钻变占经办边两钟迟虽晓齐选择继",
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Folded:
    """``text`` and, for each of its characters, the index in the original; ``source`` is the original."""

    text: str
    origin: tuple[int, ...]
    source: str

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` stands in the original."""
        return self.origin[start], self.origin[end - 1] + 1


def fold(text: str) -> Folded:
    """NFKC character by character, one kind of dash, no invisible characters. Case is kept."""
    shown = [_shown(c) for c in text]
    folded = "".join(shown).translate(_DASHES)
    if len(folded) == len(text) and max(map(len, shown), default=1) == 1 and UNSEEN.isdisjoint(text):
        return Folded(folded, tuple(range(len(text))), text)  # each character stands where it stood
    pairs = list(_pairs(text))
    return Folded("".join(c for c, _ in pairs), tuple(i for _, i in pairs), text)


def _pairs(text: str) -> Iterator[tuple[str, int]]:
    for index, character in enumerate(text):
        if character in UNSEEN:
            continue
        for folded in _shown(character).translate(_DASHES):
            yield folded, index


@cache
def _shown(character: str) -> str:
    """What a reader sees in it: ❷, ⑵, ２ and ٢ are a 2, 🅠 and 🇶 a q, 🐧 is qq."""
    if character.isascii():
        return character
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    return PICTURES.get(character) or _LETTERS.get(character) or unicodedata.normalize("NFKC", character)


def with_digits(folded: Folded, *, least: int = 5) -> Folded:
    """Runs of at least ``least`` digits in which Chinese numerals are mixed or alone, written as ASCII.

    Blanks, dots and dashes may stand between them.
    """
    characters = list(folded.text)
    for match in _NUMERALS.finditer(folded.text):
        if sum(c in _DIGITS or _is_digit(c) for c in match.group()) >= least:
            characters[slice(*match.span())] = [_DIGITS.get(c, c) for c in match.group()]
    return Folded("".join(characters), folded.origin, folded.source)


def _is_digit(character: str) -> bool:
    return "0" <= character <= "9"


def seen(text: str) -> str:
    """What a reader sees: pictures, boxed letters and odd digits as plain ones, nothing invisible."""
    return "".join(_shown(c) for c in text if c not in UNSEEN)


def plain(text: str) -> str:
    """For sense, not for places: folded, lower case, simplified, without blanks and punctuation."""
    kept = (c for c in seen(text).lower() if unicodedata.category(c)[0] in "LN")
    return "".join(_SIMPLE.get(c, c) for c in kept)


_ENDS = "。！？；!?;\n\r…｜|"


def clauses(text: str) -> list[str]:
    """The text cut at punctuation and line ends, each part in the form of :func:`plain`."""
    return _cut_at(text, _ENDS + "，：,:")


def sentences(text: str) -> list[str]:
    """The text cut where sentences end, each in the form of :func:`plain`."""
    return _cut_at(text, _ENDS)


def _cut_at(text: str, ends: str) -> list[str]:
    cut = "".join("\n" if c in ends else c for c in seen(text))
    return [p for p in (plain(part) for part in cut.split("\n")) if p]


def simplified(text: str) -> str:
    """Traditional characters of this trade's words written simplified; same length."""
    return "".join(_SIMPLE.get(c, c) for c in text)
