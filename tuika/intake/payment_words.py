"""Whether words tell of money that was taken while the order counts as unpaid.

Invariants: pure functions of a text; words about what somebody else asked for are left to the watch against fraud.
"""

from __future__ import annotations

import re

from tuika.intake.reading import normal

_PAID_FOR = re.compile(
    r"(?:扣|划)(?:了|掉|走|款|钱)|(?:已经?|都|明明)[^，。,]{0,6}(?:扣|付|支付|转)|(?:付|支付|扣款|扣钱|转账)(?:款)?(?:成功|完成|过|完|好)了?|(?:钱|款)[^，。,]{0,6}(?:扣|划走|出去|没了)|付了(?:钱|款)"
)
_NOT_RECORDED = re.compile(
    r"(?:待|未|没)(?:有)?(?:支付|付款|付(?!完|给))|(?:要|让|叫)我?(?:重新|再)(?:付|支付)|(?:订单|单子|系统|页面|网[页站]|app|显示)[^，。,]{0,6}(?:要|让|叫)我?(?:去|再|重新)?(?:付|支付|交钱)|付款(?:超时|失败)|支付(?:超时|失败)|(?:订单|单子)[^，。,]{0,6}(?:超时|过期|失效|没(?:了|生成|记录))|掉单"
)
_NOT_YET = re.compile(r"(?:没|未|还没|不|怎么|如何|可以|能)[^，。,]{0,4}(?:扣|付|支付|转)")
_SOMEBODY_ELSE = re.compile(r"对方|有人|他说|她说|客服(?:让|叫|说)|自称|骗")


def tells_of_lost_payment(text: str) -> bool:
    """Whether money is said to be gone for an order that counts as unpaid."""
    plain = normal(text)
    if _SOMEBODY_ELSE.search(plain):
        return False
    return _NOT_RECORDED.search(plain) is not None and _PAID_FOR.search(plain) is not None


def says_paid(text: str) -> bool:
    """Whether the words say that money was taken, of an order that was just shown as unpaid."""
    plain = normal(text)
    return _PAID_FOR.search(plain) is not None and _NOT_YET.search(_NOT_RECORDED.sub("", plain)) is None
