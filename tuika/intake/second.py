"""What a message asks beside its main matter: a question in passing, a person, the money, how far it is.

Invariants: pure functions of a text; each looks for plain words only, because the main matter is the engine's and what is
found here is answered in addition.
"""

from __future__ import annotations

import re

from tuika.intake.reading import normal, reason_in_words, wants_money

_ASKING = re.compile(
    r"[?？]|吗|么|嘛|呢|不$|多少|几|什么|啥|咋|怎|哪|何|多久|还是|要不要|会不会|收不收|扣不扣|问"
)
_ASKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "ask_refund_fee",
        re.compile(
            r"手续费|服务费|抽成|抽[点水]|收费|(?:扣|收)(?:不扣|不收)?(?:我)?(?:几|多少)?(?:个)?(?:钱|费|点)(?!了)"
        ),
    ),
    (
        "ask_refund_timeline",
        re.compile(
            r"(?:多久|几天|几时|啥时|什么时候|多长时间|何时|几个工作日|多少天)[^，。,？?]{0,10}(?:到|退|审|下来|批|结果)"
            r"|(?:到账|退款|退回|打款|批下来|审核?|钱)[^，。,？?]{0,8}(?:多久|几天|几时|啥时|什么时候|多长时间|何时|多少天)"
            r"|退(?:到|回|去)?(?:余额|微信|支付宝|银行卡|零钱)[^，。,？?]{0,3}还是|退到(?:哪|什么地方|谁)|(?:钱|款)[^，。,？?]{0,6}(?:回|退|到)(?:到)?哪(?!一?步|了|个?环节|个?阶段)"
        ),
    ),
    (
        "ask_required_evidence",
        re.compile(
            r"(?:要|需要|准备|提供|交|带|发|传)(?:点|些)?(?:什么|啥|哪些|哪几样)[^，。,？?]{0,4}(?:材料|证据|截图|东西|资料|凭证|证明)"
        ),
    ),
    (
        "ask_contact_channels",
        re.compile(
            r"(?:客服|官方|人工)[^，。,？?]{0,4}(?:电话|热线|号码)[^，。,？?]{0,4}(?:多少|是啥|是什么|发)"
        ),
    ),
    ("ask_legal_rights", re.compile(r"(?:哪|什么|啥)[^，。,？?]{0,4}(?:法|法律|条款)|法律上|消法")),
    ("ask_card_key_usage", re.compile(r"(?:怎么|咋|在哪|去哪)[^，。,？?]{0,4}(?:兑换|激活|使用卡密|用卡密)")),
)
_PERSON = re.compile(
    r"转人工|转接?(?:真人|客服|人功)|(?:找|叫|换|要|来|接|给我|让)[^，。,？?]{0,4}(?:真人|活人|人工|人来|主管|经理)|人工客服(?!.{0,6}(?:几点|上班|时间|电话))"
)
_NO_PERSON = re.compile(
    r"(?:不|别|没|甭)[^，。,？?]{0,4}(?:转|找|要|用|等|叫)?(?:人工|真人|活人)|人工.{0,6}(?:几点|上班|下班|时间|电话|多久)|(?:先|还是)?(?:让|由)?机器人"
)
_PROGRESS = re.compile(
    r"进度|进展|到哪(?:一)?(?:步|了)|审(?:到|得|好|完|核)[^，。,？?]{0,4}(?:哪|怎|没|了吗)|处理(?:到|得)[^，。,？?]{0,3}(?:哪|怎)|(?:退款|申请)[^，。,？?]{0,4}(?:怎么样|咋样|啥情况)"
)


def asked_in_passing(text: str, besides: str = "") -> tuple[str, ...]:
    """Intents of the questions that a text puts, without ``besides``, in the order in which they are answered."""
    plain = normal(text)
    if _ASKING.search(plain) is None:
        return ()
    return tuple(intent for intent, words in _ASKS if intent != besides and words.search(plain))


def wants_person(text: str) -> bool:
    """Whether a text plainly asks for a person."""
    plain = normal(text)
    return _PERSON.search(plain) is not None and _NO_PERSON.search(plain) is None


def asks_progress(text: str) -> bool:
    """Whether a text asks how far a refund is."""
    return _PROGRESS.search(normal(text)) is not None


def complains(text: str, *, names_order: bool) -> bool:
    """Whether a text, whatever else it says, is about money that is wanted back for something that went wrong."""
    worded = reason_in_words(text) is not None
    money = wants_money(text)
    return (worded and (money or names_order)) or (money and names_order)


__all__ = ["asked_in_passing", "asks_progress", "complains", "wants_person"]
