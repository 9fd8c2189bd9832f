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


_SUPPOSES = re.compile(r"要是|如果|万一|假如|会怎|怎么样|吗|\?|能不能|可不可以|是不是")


def answers_offer(text: str, intent: str) -> bool | None:
    """Whether an offer is accepted (True) or refused (False) in words; None: neither is said."""
    plain = normal(text)
    if _SUPPOSES.search(plain) and "才给" not in plain and "才" not in plain[:3]:
        return None
    if _REFUSES.search(plain) or intent == "deny":
        return False
    return True if _ACCEPTS.search(plain) or intent == "affirm" else None


def says_arrived(text: str, intent: str) -> bool | None:
    """Whether money is said to have arrived in full; None: not said."""
    plain = normal(text)
    if _NOT_ARRIVED.search(plain) or intent == "deny":
        return False
    return True if _ARRIVED.search(plain) or intent == "affirm" else None


_WITHOUT = re.compile(
    r"先提交|直接提交|确认提交|提交吧|先交上|稍后补|待会补|等会补|回头补|晚点补|明天补|以后补|之后补|补不了|没截图|没有截图|没截|没存|没录|忘了截|删了|找不到了|拿不出|提供不了|不方便|传不了|没法|不在身边|弄不了|以后再|截不了|拍不了|没带"
)


def goes_on_without(text: str) -> bool:
    """Whether the buyer wants to go on without the picture that was asked for."""
    return _WITHOUT.search(normal(text)) is not None
