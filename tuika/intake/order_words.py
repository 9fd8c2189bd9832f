"""What words say about the orders that were just offered, where they name none: the state of one, or simply more of the story.

Invariants: pure; an order is meant only where exactly one fits (the caller counts); a word that could mean another order
is never telling on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tuika.intake.reading import another, corrects, normal
from tuika.orders.model import Order

A_PICK = 16  # characters that only say which
MOST = 60  # characters of a remark; longer stories are the engine's
_OTHER = re.compile(
    r"不是|不对|不系|唔系|错了?单|错订单|否|换[一个]|没有?[这那]|没(?:买|下|拍)过?(?:这|那|啊|$)|不认识|不记得|忘了|找不到|之前|以前|上次|早|哪|几个|都|^no$|^n$|^没有?[了啊呀吧。]*$"
)
_MATTER = re.compile(
    r"[卡码号充用试看兑登点开]|发货|没发|没到|到账|收到|截图|图|退|提示|显示|扣|付|买|拍|钱|秒|分钟|小时|天|激活|取消|商家|店|会员|过期|失效|坏|报错|急|处理|[拆刮]|开封|一样|手机|电脑|网络|重启|重装"
)
_ASKS = re.compile(
    r"[?？]|吗|么(?:$|[，,。])|(?:怎么|咋)(?!可能|会)|为啥|为什么|多久|什么时候|啥时|能不能|可不可以|转人工|人工|客服|投诉"
)
_YES_FIRST = re.compile(r"^(?:对(?!了|方|不|账)|就?是(?=[的啊呀我这它，, ]|$)|嗯+|没错)的?[，, 啊呀]*")

_NO_OTHER_WORDS = re.compile(r"没(?:有)?(?:什么|啥)?(?:别的|其他)")

_STATES = (
    (re.compile(r"(?:没|未|还没|不)(?:有)?(?:发货|发|到货|到|收到|给)(?:货)?(?:的|那|这)"), "due"),
    (re.compile(r"取消(?:了|掉)?的?(?:那|这)|取消(?:了|掉)?的"), "cancelled"),
    (re.compile(r"(?:没|未|待)付(?:款|钱)?(?:的|那|这)"), "unpaid"),
    (re.compile(r"(?:已经?)?(?:发货|收到|到)了?的(?:那|这)?|(?:发了|收到了|到了)(?:那|这)"), "delivered"),
)


def tells_on(text: str) -> bool:
    """Whether the words are about what was proposed already: a matter of goods or money, no other order, no question."""
    plain = _NO_OTHER_WORDS.sub("", normal(text))
    if not 0 < len(plain) <= MOST or another(plain) or corrects(plain) or _OTHER.search(plain):
        return False
    said_yes = _YES_FIRST.match(plain) is not None
    return said_yes or (_MATTER.search(plain) is not None and _ASKS.search(plain) is None)


def says_yes_first(text: str) -> bool:
    """Whether a yes stands before whatever else is said or asked ("对 可以退吗")."""
    plain = normal(text)
    said = _YES_FIRST.match(plain) is not None and _OTHER.search(plain) is None
    return said and len(plain) <= MOST and not another(plain)


_EXTREMES = (
    (re.compile(r"最便宜|最少|最小|便宜(?:的|点)?(?:那|这)"), min),
    (re.compile(r"最贵|最多|最大|贵(?:的|点)(?:那|这)"), max),
)


def picks(text: str) -> bool:
    """Whether the words describe one of several by its state or its price."""
    plain = normal(text)
    return any(words.search(plain) for words, _ in (*_STATES, *_EXTREMES))


def in_state(text: str, orders: Sequence[Order]) -> list[Order]:
    """The orders whose state the words describe ("没发货的那个"); none where they describe none."""
    plain = normal(text)
    for words, state in _STATES:
        if words.search(plain):
            return [order for order in orders if _is(order, state)]
    for words, of in _EXTREMES:
        if orders and words.search(plain):
            sought = of(order.amount.fen for order in orders)
            return [order for order in orders if order.amount.fen == sought]
    return []


def _is(order: Order, state: str) -> bool:
    if state == "cancelled":
        return order.cancelled_by is not None
    if state == "unpaid":
        return not order.paid
    if state == "delivered":
        return order.paid and bool(order.delivered)
    return order.paid and not order.delivered and order.cancelled_by is None
