"""What a screenshot says beside what the order's records say.

Invariants: pure; a contradiction is a note for the person who decides and never keeps a case from being filed; what the
picture does not show contradicts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tuika.clock import shanghai
from tuika.evidence.reading import Found
from tuika.orders.model import Order
from tuika.policy.model import EvidenceKind

TOLERANCE = timedelta(minutes=15)
_ABOUT_THE_ORDER = frozenset({EvidenceKind.ORDER_PAGE, EvidenceKind.KEY_ERROR, EvidenceKind.RECEIVED})


class FlagKind(StrEnum):
    OTHER_ORDER = "other_order"
    OTHER_AMOUNT = "other_amount"
    OTHER_TIME = "other_time"
    BEFORE_DELIVERY = "before_delivery"
    NO_FAILURE = "no_failure"
    SEEN_ELSEWHERE = "seen_elsewhere"


@dataclass(frozen=True, slots=True)
class Flag:
    """``text`` is Chinese, for the desk."""

    kind: FlagKind
    text: str


def contradictions(found: Found, order: Order, kind: EvidenceKind) -> tuple[Flag, ...]:
    """Where picture and records differ."""
    checks = (
        _order(found, order),
        _amount(found, order, kind),
        _time(found, order, kind),
        _state(found, order, kind),
    )
    return tuple(flag for flag in checks if flag is not None)


def _order(found: Found, order: Order) -> Flag | None:
    shown = {n.upper() for n in (*found.references, *found.merchant_nos)}
    own = {order.order_no.upper(), *(p.trade_no.upper() for p in order.payments)}
    certain = {n for n in shown if n.startswith(("KM", "DJ"))}
    serials = {s for s in found.serials if order.payments}
    if certain and not certain & own:
        return Flag(FlagKind.OTHER_ORDER, f"图上的订单号是 {'、'.join(sorted(certain))}，不是这笔订单")
    if serials and not certain & own and not serials & own:
        return Flag(
            FlagKind.OTHER_ORDER, f"图上的流水号 {'、'.join(sorted(serials))} 不在这笔订单的付款记录里"
        )
    return None


def _amount(found: Found, order: Order, kind: EvidenceKind) -> Flag | None:
    if kind not in (EvidenceKind.PAYMENT_RECORD, EvidenceKind.ORDER_PAGE) or not found.amounts_fen:
        return None
    own = {order.amount.fen, *(p.amount.fen for p in order.payments)}
    if own & set(found.amounts_fen):
        return None
    shown = "、".join(f"{fen // 100}.{fen % 100:02d}" for fen in found.amounts_fen)
    return Flag(FlagKind.OTHER_AMOUNT, f"图上的金额是 {shown} 元，订单是 {order.amount.yuan} 元")


def _time(found: Found, order: Order, kind: EvidenceKind) -> Flag | None:
    if kind is not EvidenceKind.PAYMENT_RECORD or not found.times:
        return None
    own = [at for at in (*(p.at for p in order.payments), order.paid_at) if at is not None]
    if not own or any(abs(shown - each) <= TOLERANCE for shown in found.times for each in own):
        return None
    return Flag(FlagKind.OTHER_TIME, f"图上的时间是 {_shown(found.times[0])}，记录里付款在 {_shown(own[0])}")


def _state(found: Found, order: Order, kind: EvidenceKind) -> Flag | None:
    if kind is EvidenceKind.KEY_ERROR and found.successes and not found.failures:
        return Flag(FlagKind.NO_FAILURE, f"图上写着“{found.successes[0]}”，没有看到失败提示")
    delivered = order.delivered_at
    if kind in _ABOUT_THE_ORDER and found.failures and found.times and delivered is not None:
        if max(found.times) < delivered - TOLERANCE:
            return Flag(
                FlagKind.BEFORE_DELIVERY,
                f"失败截图的时间 {_shown(max(found.times))} 早于发货时间 {_shown(delivered)}",
            )
    return None


def _shown(moment: datetime) -> str:
    return f"{shanghai(moment):%Y-%m-%d %H:%M}"
