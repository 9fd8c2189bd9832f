"""The statement drafted for the buyer: what I did, what happened, which rule says so, what I ask.

Invariant: every part comes from the records, the draft or the pack; the buyer's own words are quoted,
shortened and already redacted.
"""

from __future__ import annotations

from tuika.intake.scene import Scene
from tuika.intake.texts import when
from tuika.orders.model import Order, ProductType
from tuika.policy.model import Decision, Reason
from tuika.safety.demands import has_demand

_HAPPENED = {
    Reason.NO_DELIVERY: "到现在没有收到货",
    Reason.INVALID_CARD_KEY: "收到的卡密无法兑换",
    Reason.WRONG_RECHARGE: "充值没有进到正确的账号",
    Reason.NOT_AS_DESCRIBED: "收到的内容和商品页写的不一样",
    Reason.DUPLICATE_CHARGE: "同一笔订单被重复扣款或重复充值",
    Reason.ORDER_CANCELLED: "订单被取消，款项还没有退回",
    Reason.UNRECORDED_PAYMENT: "款项已经扣掉，订单却没有付款记录",
    Reason.CHANGED_MIND: "买错了或不再需要，商品还没有使用",
}


def statement(scene: Scene, order: Order, decision: Decision) -> str:
    """Four parts in two or three sentences."""
    did = (
        f"{when(order.paid_at)} 付款购买“{order.product.name}”"
        if order.paid_at
        else f"下单购买“{order.product.name}”"
    )
    keys = f"（涉及第 {'、'.join(map(str, scene.draft.keys))} 张）" if scene.draft.keys else ""
    words = scene.draft.words.strip().replace("\n", " ")
    words = "" if has_demand(words) else words  # talk of paying more is not passed on in the platform's name
    quoted = f"；买家描述：“{words[:80]}{'…' if len(words) > 80 else ''}”" if words else ""
    rule = f"依据：{decision.clauses[0].text.rstrip('。')}" if decision.clauses else "依据平台退款规则"
    if scene.draft.wish == "exchange":
        ask = "希望换一张可用的"
    elif scene.draft.wish == "partial" and scene.draft.wish_fen:
        ask = f"希望退还 {scene.draft.wish_fen // 100}.{scene.draft.wish_fen % 100:02d} 元"
    else:
        ask = f"请求退款 {decision.amount}" if decision.amount else "请求核实后退款"
    happened = _HAPPENED[decision.reason]
    if decision.reason is Reason.NO_DELIVERY and order.product.type is ProductType.CUSTOM_SERVICE:
        happened = "超过承诺的时间，服务还没有完成"
    elif decision.reason is Reason.CHANGED_MIND and order.activated:
        happened = "买错了或不再需要，商品已经激活"
    return f"{did}，{happened}{keys}{quoted}。{rule}。{ask}。"
