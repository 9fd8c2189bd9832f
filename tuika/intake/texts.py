"""Words that several flows share: names of things, times, an order in one line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tuika.clock import shanghai
from tuika.conversations.model import Card
from tuika.orders.model import Order, OrderStatus, ProductType
from tuika.policy.model import EvidenceKind, Reason

REASONS: dict[Reason, str] = {
    Reason.NO_DELIVERY: "付了款没收到货",
    Reason.INVALID_CARD_KEY: "卡密无效",
    Reason.WRONG_RECHARGE: "充错账号",
    Reason.NOT_AS_DESCRIBED: "与描述不符",
    Reason.DUPLICATE_CHARGE: "重复扣款",
    Reason.ORDER_CANCELLED: "订单被取消",
    Reason.UNRECORDED_PAYMENT: "付了款订单没记录",
    Reason.CHANGED_MIND: "买错了/不想要了",
}

EVIDENCE: dict[EvidenceKind, str] = {
    EvidenceKind.KEY_ERROR: "卡密兑换失败的提示截图（要看得到时间和报错，卡密可以打码）",
    EvidenceKind.ORDER_PAGE: "订单详情页截图（要看得到订单号和下单时间）",
    EvidenceKind.LISTING: "下单时的商品页面截图（写明面值、时长或版本）",
    EvidenceKind.RECEIVED: "实际收到内容的截图（到账通知或会员页面）",
    EvidenceKind.UNUSED_PROOF: "能看出还没使用、没激活的截图",
    EvidenceKind.PAYMENT_RECORD: "支付记录截图（要看得到流水号、金额和时间）",
    EvidenceKind.CHAT: "和商家的聊天记录截图",
    EvidenceKind.OTHER: "其他能说明情况的截图",
}

EVIDENCE_SHORT: dict[EvidenceKind, str] = {
    EvidenceKind.KEY_ERROR: "兑换失败截图",
    EvidenceKind.ORDER_PAGE: "订单页截图",
    EvidenceKind.LISTING: "商品页截图",
    EvidenceKind.RECEIVED: "实际收到内容的截图",
    EvidenceKind.UNUSED_PROOF: "未使用证明",
    EvidenceKind.PAYMENT_RECORD: "支付记录截图",
    EvidenceKind.CHAT: "聊天记录",
    EvidenceKind.OTHER: "其他材料",
}

STATUS: dict[OrderStatus, str] = {
    OrderStatus.UNPAID: "未付款",
    OrderStatus.PAID: "已付款，未发货",
    OrderStatus.DELIVERED: "已发货",
    OrderStatus.COMPLETED: "已完成",
    OrderStatus.CANCELLED: "已取消",
}

CHANNELS = {
    "alipay": "支付宝",
    "wechat": "微信支付",
    "qq": "QQ 钱包",
    "bank_card": "银行卡",
    "balance": "账户余额",
    "usdt": "USDT",
    "other": "原支付方式",
}


def by_route(channel: str) -> str:
    """The way that the money came, with its name where it has one."""
    name = CHANNELS[channel]
    return "原支付方式" if name == "原支付方式" else f"原支付方式（{name}）"


PRODUCT_TYPES = {
    ProductType.CARD_KEY: "卡密",
    ProductType.DIRECT_TOPUP: "直充",
    ProductType.MEMBERSHIP: "会员",
    ProductType.PHYSICAL_CARD: "实体卡",
    ProductType.CUSTOM_SERVICE: "代练/定制服务",
}


# What an intent is called on a button.
INTENT_NAMES = {
    "report_no_delivery": "没收到货",
    "report_invalid_card_key": "卡密用不了",
    "report_wrong_recharge": "充错账号",
    "report_not_as_described": "与描述不符",
    "report_duplicate_charge": "重复扣款",
    "report_order_cancelled": "订单被取消",
    "request_refund_changed_mind": "买错了/不想要了",
    "request_refund": "申请退款",
    "ask_refund_progress": "查退款进度",
    "report_refund_not_received": "退款没到账",
    "request_platform_intervention": "要平台介入",
    "appeal_rejection": "对结果不服",
    "cancel_refund": "撤销退款申请",
    "submit_evidence": "补交材料",
    "request_exchange": "换货/补发",
    "request_partial_refund": "退一部分",
    "ask_refund_eligibility": "能不能退",
    "ask_how_to_refund": "怎么申请退款",
    "ask_required_evidence": "需要什么材料",
    "ask_refund_timeline": "多久到账",
    "ask_refund_fee": "收不收手续费",
    "ask_contact_channels": "官方联系方式",
    "ask_safe_purchase": "怎么买更安全",
    "ask_legal_rights": "法律怎么规定",
    "ask_order_status": "查订单",
    "ask_card_key_usage": "卡密怎么用",
    "report_scam": "遇到骗子",
    "verify_official_contact": "核对联系方式",
    "file_complaint": "投诉商家",
    "request_human": "转人工",
    "report_account_issue": "账号问题",
}


def when(moment: datetime | None) -> str:
    """``11月24日 18:00``, Beijing time."""
    if moment is None:
        return "时间不详"
    local = shanghai(moment)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def order_status(order: Order) -> str:
    """The order's state, and what the shop itself did with the money."""
    return _state(order) + _money_back(order)


def _money_back(order: Order) -> str:
    if order.refunds and not order.refunded_total:
        return "，店铺已部分退款（金额不详）"
    if order.refunds:
        whole = order.paid and order.refunded_total >= min(order.amount, order.paid_total)
        return "，店铺已退款" if whole else f"，店铺已退 {order.refunded_total}"
    return "，货款被店铺冻结" if order.frozen else ""


def _state(order: Order) -> str:
    if order.status is OrderStatus.PAID and order.delivered:
        return STATUS[OrderStatus.DELIVERED]
    return STATUS[order.status]


def order_line(order: Order) -> str:
    """One order in one line: what, how much, when, in which state."""
    bought = order.paid_at or order.created_at
    at = f"，{when(bought)}" if bought else ""
    return f"{order.product.name}（{order.amount}{at}，{order_status(order)}，订单号 {order.order_no}）"


def order_title(order: Order) -> str:
    """Short enough for a button."""
    return f"{order.product.name} · {order.amount.yuan}元 · 尾号{order.order_no[-4:]}"


def order_data(order: Order) -> dict[str, Any]:
    """An order as card data."""
    return {
        "order_no": order.order_no,
        "product": order.product.name,
        "type": order.product.type.value,
        "amount_fen": order.amount.fen,
        "status": order.status.value,
        "status_text": order_status(order),
        "paid_at": order.paid_at.isoformat() if order.paid_at else None,
        "merchant": order.merchant.name,
    }


def orders_card(orders: list[Order], lead: str) -> Card:
    """Orders to pick from; ``lead``: what to say beside the card, which shows the rest of the text."""
    return Card("orders", {"lead": lead, "orders": [order_data(o) for o in orders]})


def joined(parts: list[str]) -> str:
    """``甲、乙和丙``."""
    return parts[0] if len(parts) == 1 else "、".join(parts[:-1]) + "和" + parts[-1]
