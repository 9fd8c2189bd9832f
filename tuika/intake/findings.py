"""What the records show, in one sentence for the buyer; a clause adds why that decides it.

Invariant: only facts of the order itself, and only to a buyer who may see it.
"""

from __future__ import annotations

from collections.abc import Callable

from tuika.intake.texts import when
from tuika.orders.model import CancelledBy, KeyState, Order, ProductType
from tuika.policy.model import Decision, Outcome

_WHERE = {
    ProductType.CARD_KEY: "在订单详情页点“查看卡密”就能看到",
    ProductType.DIRECT_TOPUP: "可以到充值的账号里核对",
    ProductType.MEMBERSHIP: "登录开通的账号，在会员页面可以看到",
    ProductType.PHYSICAL_CARD: "请查看包裹的签收记录",
    ProductType.CUSTOM_SERVICE: "请在订单页查看完成情况",
}
_CANCELLERS = {CancelledBy.MERCHANT: "商家", CancelledBy.PLATFORM: "平台", CancelledBy.BUYER: "您"}


def _delivered(order: Order) -> str:
    at = order.delivered_at or order.opened_at
    opened = ""
    if order.keys and any(k.state is KeyState.REVEALED for k in order.keys):
        opened = "，卡密已被查看过"
    stamp = f"{when(at)} " if at else ""
    return f"记录显示这笔订单{stamp}已经发货{opened}，{_WHERE[order.product.type]}。"


def _valid(order: Order) -> str:
    return (
        "向发卡方查验，这张卡密有效、未使用。请核对兑换入口和区服是否正确，手动输入时注意 0/O、1/I，"
        "不要多带空格；提示错误时换浏览器或稍后再试。"
    )


def _cancelled(order: Order) -> str:
    who = _CANCELLERS.get(order.cancelled_by, "") if order.cancelled_by else ""
    return f"记录显示这笔订单已由{who}取消。" if who else "记录显示这笔订单已取消，查不到由谁取消。"


def _credited(order: Order) -> str:
    account = order.topup.requested_account if order.topup else None
    name = f" {account[:2]}****{account[-2:]}" if account and len(account) > 4 else ""
    return f"记录显示充值进了下单时填写的账号{name}，与订单一致。"


_SENTENCES: dict[str, Callable[[Order], str]] = {
    "unpaid": lambda o: "系统里这笔订单没有成功的付款记录。",
    "payment_recorded": lambda o: "记录显示这笔订单的付款是成功的，不属于掉单。",
    "nothing_left": lambda o: "这笔订单付的钱已经全部退回或正在退回，没有可退的余额了。",
    "cancelled_by_shop": _cancelled,
    "cancelled_by_buyer": _cancelled,
    "cancelled_late": _cancelled,
    "cancelled_unknown": _cancelled,
    "not_cancelled": lambda o: "记录显示这笔订单没有被取消。",
    "consumed": lambda o: "记录显示商品已经使用或激活。",
    "delivered": _delivered,
    "key_valid": _valid,
    "credited_requested": _credited,
    "credited_twice": lambda o: "记录显示只付了一次款、充值到账两次，没有多扣您的钱。",
    "service_done": lambda o: "记录显示服务已经完成。",
    "activated": lambda o: "记录显示这张卡已经激活。",
}


def finding(order: Order, decision: Decision) -> str:
    """The sentence, or an empty one where the clause says it all."""
    if decision.outcome is Outcome.WAIT:
        paid = f"您 {when(order.paid_at)} 付的款，" if order.paid_at else ""
        return f"{paid}商家承诺的发货时间是 {when(decision.retry_at)} 前，还没到时间。"
    sentence = _SENTENCES.get(decision.finding)
    return sentence(order) if sentence else ""
