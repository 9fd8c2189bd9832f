"""What a few words say to the question that was just asked: dropped, taken, refused, arrived, go on without.

Invariants: pure functions of a text and of what the engine made of it; what they cannot tell is None, never a guess.
"""

from __future__ import annotations

import re

from tuika.intake.reading import normal, wants_money

_GIVES_UP = re.compile(r"算了|不弄了|不退了|不办了|不要了|不搞了|放弃|不折腾|不麻烦了|不用退了|不想退了|唔退")
_REFUSES = re.compile(
    r"不同意|不接受|不答应|拒绝|不行|不可以|不干|没门|休想|不要这|太少|全退|全额|退全款|no way|唔得|唔接受"
)
_ACCEPTS = re.compile(r"(?<!不)(?<!没)(?:同意|接受)|^(?:可以|行|成交|好|就这样|ok|得|没问题|愿意)")
_ARRIVED = re.compile(r"(?:到了|到账了|收到了|已到|有了|看到了|已收到)")
_NOT_ARRIVED = re.compile(
    r"(?:没|没有|未|还没|不)[^，。,]{0,4}(?:到|收|看到|见)|只(?:到|收|有|退)|少了|不对|不够|差"
)


_JUST_NO = re.compile(
    r"^(?:还|都|也|真|依然|仍然?|并|压根|根本|目前|暂时|[，, ])*(?:没有?|没得|冇|未|木有|莫得|否|nope|no|n)(?!图|截图|别的|其他|问题)[^，。,]{0,6}[。.!！~]*$"
)
_JUST_YES = re.compile(
    r"^(?:[嗯恩]+|是的?|对的?|有的?|yes|[得係系])[了啊呀，,。.!！~ ]*$"
)  # "好的" and "提交" are none


def gives_up(text: str) -> bool:
    """Whether the buyer drops the request."""
    return _GIVES_UP.search(normal(text)) is not None


_DROPS = re.compile(r"算了|不弄了|不退了|不办了|不搞了|放弃|不折腾|没事了|不用了|不用退|不想退了?$|不麻烦了")
_NO_MONEY = re.compile(r"(?:不|别|甭|唔)(?:用|想|要)?退(?:了|款|钱)?")
A_WORD = 14  # characters without numbers and marks


def drops(text: str) -> bool:
    """Whether a few words, whatever they resemble, say no more than that the matter is dropped."""
    plain = re.sub(r"[^\u4e00-\u9fff]", "", normal(text))
    if len(plain) > A_WORD or re.search(r"提交|图|照片|材料", plain):
        return False
    return _DROPS.search(plain) is not None and not wants_money(_NO_MONEY.sub("", plain))


_SUPPOSES = re.compile(r"的话|要是|如果|万一|假如|会怎|怎么样|吗|\?|能不能|可不可以|是不是")


def answers_offer(text: str, intent: str) -> bool | None:
    """Whether an offer is accepted (True) or refused (False) in words; None: neither is said."""
    plain = normal(text)
    if _SUPPOSES.search(plain) and "才给" not in plain and "才" not in plain[:3]:
        return None
    if _REFUSES.search(plain):
        return False
    if _ACCEPTS.search(plain):
        return True  # whatever sigh comes before it ("算了，同意")
    return {"deny": False, "affirm": True}.get(intent)


_OFFER = re.compile(r"(?:不|拒绝)?(?:接受|同意|答应)|方案|就按|协商")


def names_offer(text: str) -> bool:
    """Whether the words speak of the offer itself, so that a yes or no to it cannot be meant for something else."""
    return _OFFER.search(normal(text)) is not None


_GOODS_CAME = re.compile(
    r"^(?:哦+|啊|诶|等等|不用了|[，, ])*(?:刚刚?|现在|已经?|我)*(?:才)?(?:收到|到货|到账|到|发货|充上|开通)了(?!吗|么|没|多久|[?？])[，,。!！~ ]*(?:谢谢|谢了|多谢|不用退了?|不退了|没事了|ok)*[!！。~ 了啊]*$"
)


def goods_came(text: str) -> bool:
    """Whether few words say that the goods have come after all."""
    return _GOODS_CAME.match(normal(text)) is not None


def says_arrived(text: str, intent: str) -> bool | None:
    """Whether money is said to have arrived in full; None: not said."""
    plain = normal(text)
    if _NOT_ARRIVED.search(plain) or (intent == "deny" and _JUST_NO.match(plain)):
        return False
    return True if _ARRIVED.search(plain) or _JUST_YES.match(plain) else None


_SUBMITS = re.compile(
    r"^(?:那)?(?:嗯+|好[的吧啊]?|行+|对的?|可以|是的?|没问题|没毛病|ok|成|中)?[，,。 ]*(?:那)?(?:就)?(?:确认|帮我|给我|请)?(?:无误)?[，, ]*(?:提交|交)(?:吧|了|上去|呗|上)?[。!！~]*$"
    r"|^(?:好的?|嗯+|行|可以|对|是的?)?[，, ]*(?:就)?(?:这么|这样|照这(?:个|样)?)(?:办|来|交|提交|弄|吧)[了吧呗。!！]*$"
    r"|(?<!不)(?<!别)(?<!先不)确认提交(?!吗|么|之后|后)"
)
_HOLDS_BACK = re.compile(
    r"(?:(?<!再)不(?!发|给|来|到)|别|甭|先不|不要|不想|不用|暂时不|等[等一]?下?再)[^，。,？?]{0,3}(?:提交|交|申请|退)|(?:再|先)(?:等|想|看|考虑)|等等看|等一等|等会儿?看"
)


_AT_LAST = re.compile(
    r"^(?:(?:我)?(?:真的?)?(?:不想再?等了?|不等了|等不(?:了|及)了?|不(?:想)?[拖耗]了|受不了了?|忍不了了?)|[，,。.!！~ ]|快|赶紧|马上|立刻|现在|那|就|直接|给我|帮我)+退(?:钱|款)?(?:了|吧|呗|给我|啊|回来|[!！。~])*$"
)
_HAD_ENOUGH = re.compile(r"等|拖|耗|受不了|忍不了")


def to_summary(text: str) -> bool | None:
    """A yes to submitting (True) or a no (False) in plain words; None: neither is plainly said."""
    plain = normal(text)
    if _AT_LAST.match(plain) and _HAD_ENOUGH.search(plain):
        return True  # "不等了，退钱" holds back nothing
    if _HOLDS_BACK.search(plain):
        return False if not _SUPPOSES.search(plain) else None
    return True if _SUBMITS.search(plain) else None


_WITHDRAWS = re.compile(r"撤|取消|不退|不申请|不要退|不办|别退|关掉|关了")


def withdraws(text: str) -> bool:
    """Whether the words take a request back."""
    return _WITHDRAWS.search(normal(text)) is not None


_WAITS = re.compile(
    r"(?:等|稍)(?:我|一?下|等|会)|马上(?:发|传|拍|找)|(?:我)?(?:再)?(?:去)?(?:找找|找一下|翻翻|截一下|拍一下|看看)|正在(?:找|传|拍|截)"
)


def asks_patience(text: str) -> bool:
    """Whether the buyer only wants a moment."""
    return len(text) <= 24 and _WAITS.search(normal(text)) is not None


_LATER = re.compile(
    r"(?:晚上|今晚|回家|回去|到家|下班|放学|回头|明天|明儿|晚点|晚些|待会|等会|等下|一会|过会|改天|过后|之后|以后|稍后)[^，。,？?]{0,8}(?:补|传|发|拍|给|弄|截|上传|找|交)"
    r"|(?:另一(?:个|台|部)|别的|旧)[^，。,]{0,3}(?:手机|电脑|设备)|(?:不在|没带)[^，。,]{0,4}(?:手机|电脑|身边|手边)"
)
_WITHOUT = re.compile(
    r"先提交|直接提交|确认提交|提交吧|先交|先这样|就这样交|直接交|(?:都|也|真|真的)没(?:有|得)|稍后补|待会补|等会补|回头补|晚点补|明天补|以后补|之后补|补不了|[图片截]{1,2}发不(?:了|出|上)|发不了图|上传(?:不了|失败)|没截图|没有截图|没截|没存|没录|忘了截|删了|找不到了|拿不出|提供不了|不方便|传不了|没法|不在身边|弄不了|以后再|截不了|拍不了|没带"
)


_HAS_NONE = re.compile(
    r"没(?:有|得)?(?:了|啊|呀)?$|没(?:有|得|啥|什么)?[^，。,？?]{0,3}(?:截图|照片|图片|凭证|证据|材料|图|证明)(?:了|啊)?"
)


def has_none(text: str) -> bool:
    """Whether the buyer says that he has no picture."""
    return _HAS_NONE.search(normal(text)) is not None and "吗" not in text


_OF_USE = re.compile(r"没(?:有)?(?:怎么|咋)?(?:用|使用|试|激活|刮|充|登录|登|兑|绑|打开|拆)")


def of_use(text: str) -> bool:
    """Whether a no tells of the goods (not used, not opened) and not of pictures."""
    plain = normal(text)
    return _OF_USE.search(plain) is not None and not re.search(r"图|照片|凭证|证据|材料", plain)


def goes_on_without(text: str) -> bool:
    """Whether the buyer wants to go on without the picture that was asked for."""
    plain = normal(text)
    return _WITHOUT.search(plain) is not None or _LATER.search(plain) is not None
