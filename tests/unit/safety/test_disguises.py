"""Every tactic in one plain wording, hidden in every way that people hide words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pypinyin import lazy_pinyin

from tuika.safety.combined import COMBINATIONS, combined
from tuika.safety.concepts import WORDS, Concept
from tuika.safety.scams import normalise, scan
from tuika.safety.tactics import Tactic

from .wordings import strangers

# Each with the word that is written in pinyin or with other characters of the same sound.
PLAIN: dict[Tactic, tuple[str, str, str]] = {
    Tactic.COMPENSATION_BAIT: ("他说快递丢了给我三倍理赔，让我扫二维码", "二维码", "二唯玛"),
    Tactic.QUALITY_LINK: ("客服说质量有问题，发给我一个退款链接填银行卡", "质量", "质亮"),
    Tactic.AUTO_CHARGE: ("对方说我开通了抖音会员，不取消每月扣费800元，影响征信", "影响征信", "影响正信"),
    Tactic.INSURANCE_CANCEL: ("来电说百万保障到期要收费", "百万保障", "百万宝章"),
    Tactic.SCREEN_SHARING: ("他让我共享屏幕给他看", "共享屏幕", "共想平木"),
    Tactic.REMOTE_CONTROL: ("他让我开远程控制帮我退", "远程控制", "元成空置"),
    Tactic.MEETING_APP: ("叫我下载银联会议进去办退款", "银联会议", "银连会义"),
    Tactic.STRANGE_APP: ("客服让我下载一个聊天软件", "软件", "软见"),
    Tactic.RESERVE_CREDIT: ("他教我领备用金然后转给他", "备用金", "备用斤"),
    Tactic.LOAN_QUOTA: ("说微粒贷里的额度就是赔款让我提出来", "微粒贷", "威力贷"),
    Tactic.STUCK_ORDER: ("他说超时卡单了要我重新付一次", "重新", "从新"),
    Tactic.DEPOSIT: ("他要我先交200保证金才给退", "保证金", "保正今"),
    Tactic.FAKE_TRADE_SITE: ("他给的网站上挂号卖掉了，提现被冻结", "冻结", "动结"),
    Tactic.TOP_UP_DIFFERENCE: ("代充的说没实名，要我再充500才到账", "实名", "实明"),
    Tactic.OFF_PLATFORM: ("他让我加企业微信退款", "企业微信", "企业威信"),
    Tactic.CODES_AND_PASSWORDS: ("他让我把验证码告诉他", "验证码", "严正码"),
    Tactic.SAFE_ACCOUNT: ("让我把钱转到安全账户", "安全账户", "安全帐护"),
    Tactic.CREDIT_RECORD: ("说校园贷没注销会影响征信", "校园贷", "校元贷"),
    Tactic.REBIND_CARD: ("说支付宝异常，让我重新绑定银行卡", "重新绑定", "从新邦定"),
    Tactic.RED_PACKET_CODE: ("他发口令红包说领退款结果扣了", "红包", "洪包"),
    Tactic.PARCEL_CARD: ("快递盒子里有张卡片让扫二维码加客服领奖", "二维码", "二唯玛"),
    Tactic.KEEP_ON_LINE: ("他不让我挂电话，不准我报警", "报警", "报景"),
    Tactic.REFUND_AGENT: ("有个律师说能帮我追回，先付服务费", "服务费", "服务非"),
    Tactic.LOOK_ALIKE_NAME: ("有人头像跟你们官方一样，冒充客服找我", "冒充客服", "貌充客服"),
}
SAME_SOUND = frozenset(  # the words that are restored by their sound; the others hide one sign of several
    word for _, word, _ in PLAIN.values()
)


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def boxed(text: str) -> str:
    return "".join(f"{c}\ufe0f\u20e3" if c.isascii() and c.isdigit() else c for c in text)


def numerals(text: str) -> str:
    return "".join("零一二三四五六七八九"[int(c)] if c.isascii() and c.isdigit() else c for c in text)


TRADITIONAL = str.maketrans(
    "让发链开户费网账载软业给说验证码钱转贷约动红单补级扫领电话报务长这里样实异银联会议压问题质连额现没",
    "讓發鏈開戶費網賬載軟業給說驗證碼錢轉貸約動紅單補級掃領電話報務長這裡樣實異銀聯會議壓問題質連額現沒",
)
DISGUISES: dict[str, Callable[[str], str]] = {
    "blanks": " ".join,
    "dots": "·".join,
    "stars": "*".join,
    "invisible characters": "\u200b".join,
    "full width": full_width,
    "traditional": lambda text: text.translate(TRADITIONAL),
    "digits in boxes": boxed,
    "Chinese digits": numerals,
    "pictures": lambda text: (
        text.replace("加", "➕").replace("码", "🐴").replace("红包", "🧧").replace("微信", "💬")
    ),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("tactic", Tactic)
def test_a_tactic_is_named_through_a_disguise(tactic: Tactic, disguise: str) -> None:
    text = DISGUISES[disguise](PLAIN[tactic][0])
    assert tactic in {signal.tactic for signal in scan(text)}, normalise(text)


@pytest.mark.parametrize("tactic", Tactic)
def test_in_pinyin_or_other_characters_of_the_same_sound_it_still_shows(tactic: Tactic) -> None:
    """A word of three syllables is restored; a shorter one hides at most its own tactic."""
    text, word, like = PLAIN[tactic]
    for hidden in (like, "".join(lazy_pinyin(word)), " ".join(lazy_pinyin(word))):
        found = {signal.tactic for signal in scan(text.replace(word, hidden))}
        assert found, hidden
        if len(word) > 2:
            assert tactic in found, hidden


def test_every_tactic_has_a_combination_and_every_concept_a_use() -> None:
    assert {each.tactic for each in COMBINATIONS} == set(Tactic)
    assert {concept for each in COMBINATIONS for concept in each.needs} == set(Concept) == set(WORDS)


def test_each_combination_is_told_by_somebody() -> None:
    told = [normalise(text) for text in strangers()]
    seen = {tactic for text in told for tactic in combined(text)}
    assert seen == set(Tactic)


def test_what_stands_far_apart_is_no_combination() -> None:
    assert combined("对方" + "很" * 40 + "会议") == {}
