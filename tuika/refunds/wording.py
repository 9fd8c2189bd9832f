"""Names and times as buyers read them.

Invariants: pure; times are Beijing time; a state's name never says more than the state: only ``paid`` is
called refunded.
"""

from __future__ import annotations

from datetime import datetime

from tuika.clock import shanghai
from tuika.conversations.model import Payload, QuickReply
from tuika.orders.model import PayChannel
from tuika.policy.model import EvidenceKind, Reason
from tuika.refunds.model import Deadline, RefundCase
from tuika.refunds.states import CaseState

STATES: dict[CaseState, str] = {
    CaseState.SUBMITTED: "已提交",
    CaseState.NEEDS_EVIDENCE: "待补材料",
    CaseState.MERCHANT_REVIEW: "等商家答复",
    CaseState.PLATFORM_REVIEW: "平台审核中",
    CaseState.NEGOTIATING: "协商中",
    CaseState.APPROVED: "已通过，等待打款",
    CaseState.PAYING: "打款中",
    CaseState.PAID: "已退款",
    CaseState.SETTLED: "已协商解决",
    CaseState.REJECTED: "未通过",
    CaseState.APPEALED: "申诉复核中",
    CaseState.WITHDRAWN: "已撤销",
}

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
    EvidenceKind.KEY_ERROR: "兑换失败的提示截图",
    EvidenceKind.ORDER_PAGE: "订单详情页截图",
    EvidenceKind.LISTING: "下单时的商品页截图",
    EvidenceKind.RECEIVED: "实际收到内容的截图",
    EvidenceKind.UNUSED_PROOF: "能看出未使用的截图",
    EvidenceKind.PAYMENT_RECORD: "支付记录截图（看得到流水号、金额、时间）",
    EvidenceKind.CHAT: "和商家的聊天记录截图",
    EvidenceKind.OTHER: "其他能说明情况的截图",
}

CHANNELS: dict[PayChannel, str] = {
    PayChannel.ALIPAY: "支付宝",
    PayChannel.WECHAT: "微信支付",
    PayChannel.QQ: "QQ 钱包",
    PayChannel.BANK_CARD: "银行卡",
    PayChannel.BALANCE: "账户余额",
    PayChannel.USDT: "USDT 付款地址",
    PayChannel.OTHER: "原支付方式",
}


def when(moment: datetime) -> str:
    """``11月24日 18:00``."""
    local = shanghai(moment)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def by_when(deadline: Deadline | None) -> str:
    """``11月24日 18:00 前``; says so where the day is only an estimate; empty without a deadline."""
    if deadline is None:
        return ""
    guess = "预计 " if deadline.estimate else ""
    return f"{guess}{when(deadline.at)} 前"


def where_to(case: RefundCase) -> str:
    """Where the money goes."""
    if case.to_balance or case.order.pay_channel is PayChannel.BALANCE:
        return "您的账户余额"
    return f"原付款方式（{CHANNELS[case.order.pay_channel]}）"


def joined(parts: list[str]) -> str:
    return "、".join(parts[:-1]) + "和" + parts[-1] if len(parts) > 1 else "".join(parts)


def wish(title: str, intent: str) -> QuickReply:
    """A quick reply that says an intent."""
    return QuickReply(title, Payload("intent", {"intent": intent}))


def press(title: str, kind: str, **data: str) -> QuickReply:
    return QuickReply(title, Payload(kind, data))


HUMAN = wish("转人工", "request_human")
PROGRESS = wish("查退款进度", "ask_refund_progress")
EVIDENCE_NOW = wish("补交材料", "submit_evidence")
APPEAL = wish("申诉", "appeal_rejection")
WITHDRAW = wish("撤销申请", "cancel_refund")
