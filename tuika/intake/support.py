"""Whether words really speak of a reason: a wide net, cast before a reason that was already told is given up.

Invariants: pure; made to refuse what only resembles a reason ("我回家再拍" is no "拍错了"), not to find reasons:
that is :func:`tuika.intake.reading.reason_in_words`.
"""

from __future__ import annotations

import re

from tuika.intake.reading import normal, regrets
from tuika.policy.model import Reason

_SPEAKS: dict[Reason, re.Pattern[str]] = {
    Reason.NO_DELIVERY: re.compile(
        r"(?:没|未|不|木有|冇)(?:有)?(?:给我|给|见|看)?(?:收|拿|发|出[货卡]|到|货|来|开通|充|动静|影|打|fa ?huo)|迟迟|啥[也都]没|什么[也都]没|空的|等了|还在等|超时"
    ),
    Reason.INVALID_CARD_KEY: re.compile(
        r"卡密|卡号|兑|激活|密码错|失效|无效|过期|不存在|用不了|不能用|没法用|没用|用不成|打不开|输.{0,4}(?:不|错)|报错|坏的|废|"
        r"(?:被|给|俾|让)(?:人|别人|他人)?.{0,3}(?:用|充|领|兑|绑)|已(?:经)?(?:被)?(?:使用|用|兑|充|绑)|二手|redeem|invalid|expired|used"
    ),
    Reason.WRONG_RECHARGE: re.compile(
        r"(?:充|冲|打|填|输|写|转|弄|发)错|(?:充|冲)到|别人(?:的)?(?:号|账|帐|手机|qq)|号(?:码)?.{0,4}(?:错|不对)|不是我的?(?:号|账|帐|手机|qq)"
    ),
    Reason.NOT_AS_DESCRIBED: re.compile(
        r"不一样|不符|不对|货不对板|缩水|面值|时长|版本|等级|独享|少了?|只(?:有|给|开|到)|才(?:有|给|开|到)|说好|写的|标的|宣传|页面|描述|介绍|假的|冒充|变成"
    ),
    Reason.DUPLICATE_CHARGE: re.compile(
        r"两次|俩次|两笔|两遍|双份|重复|多(?:扣|付|收|刷|充)|[扣付充刷](?:了)?(?:我)?(?:两|2|三|3|重)|付重|扣重"
    ),
    Reason.ORDER_CANCELLED: re.compile(
        r"取消|关闭|关了|关掉|缺货|没货|断货|砍单|退单|撤单|拒单|作废|closed|cancel"
    ),
    Reason.UNRECORDED_PAYMENT: re.compile(r"扣|付|转|掉单|待付|未付|没付|流水"),
}


def speaks_of(reason: Reason, text: str) -> bool:
    """Whether ``text`` has words that go with ``reason``."""
    if reason is Reason.CHANGED_MIND:
        return regrets(text)
    return _SPEAKS[reason].search(normal(text)) is not None


__all__ = ["speaks_of"]
