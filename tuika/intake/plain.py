"""What a few plain words say to the question that stands: read before the engine, which does not know what was asked.

Invariants: pure; only words that are nothing but an answer are taken, in full; whatever holds more is the engine's. What is
taken is an intent of the domain, with which the flow does what it would have done with a press of the button.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tuika.intake import replies
from tuika.intake.injection import commands_bot
from tuika.intake.order_words import A_PICK, picks, says_yes_first, tells_on
from tuika.intake.payment_words import tells_of_lost_payment
from tuika.intake.reading import normal
from tuika.safety.contacts import extract_contacts

_COURTESY = (
    r"谢谢(?:你|您|了|啦|哈)*|多谢|感谢|辛苦(?:你|您)?(?:了|啦)?|(?:麻烦|拜托)(?:你|您)?(?:们)?(?:了|啦)?"
    r"|(?:请)?(?:尽快|快点|快些|赶紧)(?:帮我)?(?:处理|退|弄|办)?(?:一下)?(?:哈|啊|吧)?|thx|thanks|thank you"
)
_NOD = (
    r"[嗯恩]+|哦+|好+(?:[的滴嘞]+)?|行|可以的?|对的?|是的?|没有?(?:问题|错|毛病|意见)|ok(?:k|的)?|okay|yes|y|确[认定](?:无误|过了)?"
    r"|我?同意|我确认|(?:信息|内容)?都?(?:核对|看)(?:过|好|完)?了|都对|无误|冇问题|[得中成]|[係系]|啱"
)
_DO = r"(?:也|都|随便|帮我|给我|替我|我要|我想|要|我|请|直接|现在|那|就|你|您)*"
_END = r"(?:上去|上|掉|了|吧|呗|啦|啊|呀|哈|喽|咯)*"
_FILE = rf"{_DO}(?:提交|递交|交|申请|办理?|弄|退款?|退钱){_END}"
_SO = rf"{_DO}(?:这么|这样|照这[样个]|按[你您这]个?说?的?)(?:来|办|弄|搞|定|退|交|提交){_END}|{_DO}(?:是)?(?:这样|这么着){_END}"
_THIS = rf"{_DO}(?:这|那|它|该)[一个]?(?:笔|单|个|条|份)?(?:订单)?|(?:就|对)?是(?:它|这)(?:一)?(?:笔|单|个)?"
_BACK = r"(?:钱|款)?(?:就)?(?:走)?原路(?:退?回?来?|返还)?(?:就行|就好|就可以|即可)?"
_WITHDRAW = rf"{_DO}(?:撤销|撤回|撤|取消){_END}"
_APPEAL = rf"{_DO}(?:申诉|提交){_END}"
_MARKS = r"[\s，,。.!！~～、…]"

_YES = {
    "refund_form": (_NOD, _FILE, _SO, _THIS, _BACK),
    "withdraw_form": (_NOD, _WITHDRAW, _SO),
    "appeal_form": (_NOD, _APPEAL, _SO),
}


def _only(*parts: str) -> re.Pattern[str]:
    """Whether a text is made of ``parts`` alone, whatever courtesy and marks stand between."""
    each = "|".join((*parts, _COURTESY, _MARKS, "随便", r"[那就吧了啊呀哈哦噢]"))
    return re.compile(rf"^(?:{each})+$")


_THANKS_ONLY = _only()
_YES_ONLY = {form: _only(*parts) for form, parts in _YES.items()}
_WORD = re.compile(r"提交|递交|交|办|(?:那|就|那就)退|退(?:款|钱)?(?:了)?[吧呗]|这么|这样|照|按")
_ANY_YES = {  # a wish said again ("退款") is no yes to what stands there
    "refund_form": re.compile(rf"{_NOD}|{_WORD.pattern}"),
    "withdraw_form": re.compile("|".join(_YES["withdraw_form"])),
    "appeal_form": re.compile("|".join(_YES["appeal_form"])),
}
_LATER = r"(?:先)?(?:提交|交|这样)(?:吧|了)?(?:材料|截图)?(?:后面|之后|后|回头|晚点|等下|稍后|以后)?再?补(?:上|交|吧|呗)*"
_ORDER_YES = _only(_NOD, _FILE, _SO, _THIS, _LATER)
_GO_ON = _only(_NOD, _FILE, _SO)
_PLAIN_FILE = re.compile(r"提交|递交|交|确[认定]|办|退(?:款|钱)?(?:了)?[吧呗]")
_HAS_NO_NUMBER = re.compile(
    r"^(?:订单号|单号|号码?|订单|流水号?)?.{0,4}(?:没记|没存|没留|忘了?|不记得|记不(?:得|住|清)|找不到|没有?|丢了|删了)(?:了|啊|呀|下来|住)?(?:.{0,2}(?:截图|图|记录)?.{0,2}(?:也|都)?没(?:有|存|留|截)?.{0,2}(?:截图|图)?)?[了啊呀。]*$"
)
_MINE = re.compile(
    r"(?:才|这)?(?:个)?(?:才)?是我(?:自己)?的|我(?:自己)?的(?:正确)?(?:账?号|帐号|手机号?|号码?|qq)"
)
_ONE_MORE = re.compile(
    r"^(?:那|还有|再|另外)?.{0,6}[a-z0-9][a-z0-9.@_-]{4,}.{0,4}(?:呢|吗|么|也是|对吗|是不是)?[?？]*$"
)
_ASKED_CONTACT = ("verify_official_contact", "ask_contact_channels")
_WHEN_PERSON = re.compile(
    r"(?:什么时候|啥时候|啥时|几时|多久|何时|几点)[^，。,？?]{0,5}(?:人|你们)[^，。,？?]{0,3}(?:看|处理|管|来|回复?|审|理|弄|查|核)|有没?有人(?:在)?(?:处理|看|管|理|查)|没人(?:处理|管|理)"
)
_NOT_ANY_MORE = re.compile(r"(?:^|[，,。 那就先我])(?:先|就)?不(?:用|想|要)?退(?:款|钱)?了[吧啊。!！~]*$")
_OTHER_ROUTE = re.compile(
    r"退(?:款)?(?:到|回|给|去)[^，。,]{0,4}(?:别的|其他|另|微信|支付宝|银行卡|卡)[^，。,]{0,6}(?:行不行|可以吗|行吗|可不可以|能不能|行不|吗|么)|(?:能不能|可不可以|能|可以)(?:换|改)(?:个|成|到)?[^，。,]{0,6}(?:账户|账号|卡|支付宝|微信)[^，。,]{0,2}退"
)
_APPLIES = re.compile(
    r"^(?:好[的吧]?|行|嗯+|那|就|ok|[，,。 ])*(?:我要|帮我|给我|直接|要)?申请(?:一下|退款|吧|了|呗)*[。!！]*$"
    r"|^(?:可|但)?(?:是)?我?(?:都|还|也)没(?:有)?申请(?:退款)?(?:呢|啊|呀|过)*[。!！~]*$"
)
_URGES = re.compile(
    r"^(?:你好|您好|在吗|麻烦|能不能|可以|请|帮(?:我|忙)?|给我|[，, ])*(?:催(?:一?[下催])?(?:商家|卖家|店家|老板|他们?)?(?:快点|赶紧)?发货"
    r"|催(?:一?下)?(?:单|货)|(?:让|叫)(?:商家|卖家|店家)?(?:快点|赶紧|尽快)发货|(?:快点?|赶紧|尽快|马上)(?:给我)?发货)(?:吧|呗|啊|呀|吗|么|行吗|好吗|[!！。?？~])*$"
)
_WILL_WAIT = re.compile(
    r"^(?:那|我|就|先|好[的吧]?|行吧?|嗯+|[，,。 ])*(?:再)?等(?:等|一?[天会阵]儿?|[两几]天|一?下|到?明天|到?晚上)+(?:看看?|吧|再说|呢|[。!！~])*$"
)
_HURRIES = re.compile(
    r"^(?:那|就|你们?|您|麻烦|请|能不能|[，,。 ])*(?:赶紧的?|搞快点|快一?点儿?|快些|尽快|抓紧)(?:处理|办|弄|搞|审核?|看)?(?:一下)?(?:吧|呗|啊|呀|哈|好吗|行吗|[!！。?？~])*$"
)
_WHAT_NOW = re.compile(
    r"(?:没有?|未|冇)(?:收到|到货|发货)(?!退|钱|款)[^，。,？?退钱款]{0,6}(?:怎么(?:办|处理|弄|搞)|咋(?:办|整|弄))"
)
_WAITS_NO_MORE = re.compile(
    r"^(?:那|算了|我|真的?|实在|[，,。 ])*(?:不(?:想)?(?:再)?等(?:了|下去了?)|等不(?:了|及|下去)了?|不愿意?(?:再)?等了?)(?:吧|啊|呀|[!！。~])*$"
)
_MONEY_BACK = re.compile(r"退|到账|申请|补|短信|验证码|邮件|通知|回复")
A_STORY = 40  # characters
_WHO = re.compile(r"^(?:他|她|对方|那(?:个)?人|骗子|是?个)|(?:他|她|对方|骗子)的?(?:qq|微信|电话|号|手机)")
_WANTS_ELSE = re.compile(r"人工|客服|投诉|取消|撤|骗|进度|多久")
_ABOUT_DELIVERY = re.compile(r"发货|充值|到账|上班|客服时间|营业")
_DIGITS = re.compile(r"\d{5,}")
_ABOUT_THEM = re.compile(r"官方|客服|你们|对方|骗|是不是|吗|真的假的")


def plain_answer(memory: Mapping[str, Any], text: str) -> str | None:
    """The intent of ``text`` as an answer to what ``memory`` says was asked; None: the engine reads it."""
    plain = normal(text)
    if commands_bot(plain):
        return "out_of_scope"
    asked, form = memory.get("asked"), memory.get("form") or ""
    if asked in (None, "reason") and tells_of_lost_payment(plain):
        return "report_no_delivery"  # the flow sees that no payment is on record and asks for the serial
    if asked == "confirm":
        return "affirm" if says_yes(plain, form) else None
    if asked in ("order", "fault", "keys", "evidence") and _DIGITS.search(plain) and _is_mine(plain):
        return "inform"
    if asked == "order":
        return _to_order(plain, single=len(memory.get("offered") or ()) == 1)
    if asked == "evidence" and form == "appeal_form":
        return "deny" if len(plain) <= 20 and replies.has_none(plain) else None
    if asked == "evidence" and form == "refund_form":
        return "deny" if _goes_on(plain) else None
    if asked is None and memory.get("last_intent") in _ASKED_CONTACT and _ONE_MORE.search(plain):
        return "verify_official_contact"
    if asked == "reason":
        return "affirm" if _YES_ONLY["refund_form"].match(plain) and not _THANKS_ONLY.match(plain) else None
    if asked is None and (_APPLIES.match(plain) or (memory.get("declined") and replies.to_summary(plain))):
        return "request_refund"
    if asked is None and _URGES.match(plain):
        return "report_no_delivery"  # whoever urges has received nothing
    if asked is None and _WHAT_NOW.search(plain) and len(plain) <= A_STORY and not _MONEY_BACK.search(plain):
        return "report_no_delivery"
    if asked is None and _WILL_WAIT.match(plain):
        return "affirm"
    if asked is None and _HURRIES.match(plain):
        return "ask_refund_progress"
    if asked is None and _WAITS_NO_MORE.match(plain):
        return "request_refund"
    if asked is None and _NOT_ANY_MORE.search(plain) and len(plain) <= 24:
        return "cancel_refund"
    if asked is None and _OTHER_ROUTE.search(plain):
        return "ask_refund_timeline"  # whose answer says by which route money goes back
    if asked is None and _names_swindler(memory, plain):
        return "report_scam"
    if asked is None and _WHEN_PERSON.search(plain) and not _ABOUT_DELIVERY.search(plain):
        return "ask_refund_progress"
    return None


def says_yes(text: str, form: str) -> bool:
    """Whether ``text`` is a yes to the summary of ``form`` and nothing else."""
    only, some = _YES_ONLY.get(form), _ANY_YES.get(form)
    return (
        only is not None
        and some is not None
        and only.match(text) is not None
        and some.search(text) is not None
    )


def _to_order(text: str, *, single: bool) -> str | None:
    if single and _WAITS_NO_MORE.match(text):
        return "affirm"
    if single and says_yes_first(text) and not _WANTS_ELSE.search(text):
        return "affirm"
    if single and tells_on(text) and (replies.has_none(text) or replies.goes_on_without(text)):
        return "affirm"  # what is missing are pictures, not the order
    if single and _ORDER_YES.match(text) and (_ANY_YES["refund_form"].search(text) is not None):
        return "affirm"
    if not single and len(text) <= A_PICK and picks(text):
        return "inform"
    return "deny" if not single and len(text) <= 24 and _HAS_NO_NUMBER.match(text) else None


def _names_swindler(memory: Mapping[str, Any], text: str) -> bool:
    """Whether, after a warning, a few words say how to find who it was."""
    warned = bool((memory.get("said") or {}).get("scam_warning"))
    return warned and len(text) <= 40 and _WHO.search(text) is not None and bool(extract_contacts(text))


def _goes_on(text: str) -> bool:
    """Whether the picture is left for later: said, or the request told to be sent as it is."""
    if _DIGITS.search(text):
        return False
    told = replies.goes_on_without(text) or replies.has_none(text)
    short = len(text) <= replies.A_WORD + 6
    return (short and told) or (_GO_ON.match(text) is not None and _PLAIN_FILE.search(text) is not None)


def _is_mine(text: str) -> bool:
    return _MINE.search(text) is not None and _ABOUT_THEM.search(text) is None


__all__ = ["plain_answer", "says_yes"]
