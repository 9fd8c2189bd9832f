"""Which orders were bought when the buyer says he bought: ``上个礼拜三晚上八点多买的那个``, ``不是昨天，是前天拍的``.

Invariants: pure; a time counts only where the words tie it to a purchase, or where it is all that is said; a time that is
taken back does not count. The narrowest reading that fits some order wins: the hour, then the day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from tuika.orders.model import Order
from tuika.orders.moments import Moment, Precision, moments_in, plain_of

_AFTER = re.compile(
    r"[^，。,.!！？?]{0,9}?(?:买|下[的单]|拍|付|充|订|交易|消费)|[^，。,.!！？?]{0,4}?[的那这](?:一|1)?(?:单|笔|个|张|件)"
)
_BEFORE = re.compile(
    r"(?:(?:下单|购买|付款|支付|付钱|拍下|买|交易|充值)(?:的)?(?:时间|日期)?|时间)(?:应该|好像|大概)?(?:是|为|在|于|[:：])?$"
)
_FILLING = re.compile(r"[,，。.!！~～的是在那吧呢啊呀哦嗯应该好像大概可能左右我应当就对不]")
_SLACK = timedelta(minutes=15)  # people's clocks


def bought_at(text: str, now: datetime) -> tuple[Moment, ...]:
    """The times of a purchase that ``text`` names and does not take back."""
    plain = plain_of(text)
    found = moments_in(text, now)
    alone = not _FILLING.sub("", _without(plain, found))
    return tuple(
        moment
        for moment in found
        if not moment.denied and (alone or _tied(plain, moment)) and moment.start <= now
    )


def bought_then(orders: Sequence[Order], text: str, now: datetime) -> list[Order]:
    """Those of ``orders`` that were paid for (or made) at a time that the text names."""
    moments = bought_at(text, now)
    dated = [(order.paid_at or order.created_at, order) for order in orders]
    for wanted in ([_loose(moment) for moment in moments], [moment.days() for moment in moments]):
        fitting = [
            order for at, order in dated if at is not None and any(moment.holds(at) for moment in wanted)
        ]
        if fitting:
            return fitting
    return []


def takes_back(text: str, now: datetime) -> bool:
    """Whether the words take one time back and name another."""
    return any(moment.denied for moment in moments_in(text, now)) and bool(bought_at(text, now))


def _tied(plain: str, moment: Moment) -> bool:
    return _AFTER.match(plain[moment.until :]) is not None or _BEFORE.search(plain[: moment.at]) is not None


def _without(plain: str, found: Sequence[Moment]) -> str:
    for moment in reversed(found):
        plain = plain[: moment.at] + plain[moment.until :]
    return plain


def _loose(moment: Moment) -> Moment:
    if moment.precision not in (Precision.MINUTE, Precision.HOUR):
        return moment
    return Moment(
        moment.start - _SLACK, moment.end + _SLACK, moment.precision, moment.at, moment.until, moment.denied
    )


__all__ = ["bought_at", "bought_then", "takes_back"]
