"""A screenshot that opened the conversation: what was read in it, looked up, and what is said about it.

Invariants: nothing is said once the buyer has gone on, a person speaks, or the conversation is closed; an order is
named only to the buyer whose it is; whoever cannot be matched gets a ticket for a person, and hears the same
whether or not the shop knows the payment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tuika.clock import shanghai
from tuika.conversations.model import Awaiting, Conversation, Owner, Role, Say
from tuika.conversations.service import Conversations
from tuika.evidence.model import Evidence
from tuika.evidence.reading import Found, found_of
from tuika.evidence.readings import Reading
from tuika.handoff.service import Handoffs
from tuika.intake.choices import HUMAN, press
from tuika.intake.texts import order_line
from tuika.orders.model import Order
from tuika.orders.ports import OrderGateways

REASON = "截图里的付款待人工核查（只能原路退回）"
_TOPICS = (
    ("没收到货", "report_no_delivery"),
    ("卡密用不了", "report_invalid_card_key"),
    ("扣款了显示未支付", "report_unrecorded_payment"),
    ("申请退款", "request_refund"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the picture shows, and the order that the shop knows by it."""

    found: Found
    order: Order | None


class Opening:
    def __init__(
        self,
        *,
        units: Any,
        shops: OrderGateways,
        conversations: Conversations,
        handoffs: Handoffs,
        wake: Callable[[str], None],
    ) -> None:
        self._units = units
        self._shops = shops
        self._conversations = conversations
        self._handoffs = handoffs
        self._wake = wake

    def look(self, evidence: Evidence, reading: Reading) -> Seen | None:
        """Ask the shop, outside any transaction. Raises ShopUnavailable."""
        found = found_of(dict(reading.found))
        names = (*found.references, *found.merchant_nos, *found.serials)
        if not names and not found.is_payment:
            return None
        with self._units() as uow:
            conversation = self._conversations.get(uow, evidence.conversation_id)
        shop = self._shops[conversation.platform]
        buyer = conversation.buyer.id if conversation.buyer is not None else None
        asked = (shop.find(name, buyer_id=buyer) for name in names[:6])
        order = next((o for o in asked if o is not None), None)
        if order is None and found.serials:
            order = shop.find_payment(
                serial=found.serials[0],
                amount_fen=found.amounts_fen[0] if found.amounts_fen else None,
                at=found.times[0] if found.times else None,
            )
        return Seen(found, order)

    def tell(self, uow: Any, evidence: Evidence, reading: Reading, seen: Seen) -> None:
        conversation = self._conversations.get(uow, evidence.conversation_id)
        if not _is_still_open(uow, conversation, reading):
            return
        order = seen.order if _is_his(seen.order, conversation) else None
        if order is not None:
            say = _his(order)
        elif seen.found.is_payment:
            self._ticket(uow, conversation, seen)
            say = _unmatched(seen.found)
        else:
            say = _ask_whose(seen.found)
        self._conversations.post(uow, conversation.id, Role.BOT, say)
        uow.after_commit(lambda: self._wake(conversation.id))

    def _ticket(self, uow: Any, conversation: Conversation, seen: Seen) -> None:
        match = seen.order
        same = match is not None and match.platform == conversation.platform
        known = f"系统中匹配的订单：{match.order_no}" if match and same else "系统中没有匹配的付款记录"
        self._handoffs.open_ticket(
            uow,
            conversation_id=conversation.id,
            reason=REASON,
            brief=f"买家发来付款截图，未能核对身份。读到：{_read(seen.found)}。{known}。",
        )


def _is_still_open(uow: Any, conversation: Conversation, reading: Reading) -> bool:
    """Whether the upload is still the last thing the buyer did, and the bot speaks."""
    if conversation.owner is not Owner.BOT:
        return False
    heard = [m for m in uow.messages.last(conversation.id, 20) if m.role is Role.BUYER]
    return bool(heard) and any(a.id == reading.evidence_id for a in heard[-1].attachments)


def _is_his(order: Order | None, conversation: Conversation) -> bool:
    if order is None or conversation.buyer is None:
        return False
    return order.platform == conversation.platform and order.buyer_id == conversation.buyer.id


def _topics(order_no: str | None) -> tuple[Any, ...]:
    about = {"order_no": order_no} if order_no else {}
    return (*(press(title, "intent", intent=intent, **about) for title, intent in _TOPICS), HUMAN)


def _his(order: Order) -> Say:
    return Say(
        f"从截图里看到的是这笔订单：\n{order_line(order)}\n是什么问题？选一个或直接说，我接着处理。",
        quick_replies=_topics(order.order_no),
        awaiting=Awaiting.REASON,
    )


def _unmatched(found: Found) -> Say:
    return Say(
        f"从截图里读到：{_read(found)}。这笔付款还没能和您的订单对上，我已登记给工作人员去支付渠道核查；"
        "核实后如需退款，只会原路退回付款账户。手上有订单号的话发给我，核对下单手机号或查询密码后马上可以继续。",
        quick_replies=_topics(None),
        awaiting=Awaiting.ORDER_NO,
    )


def _ask_whose(found: Found) -> Say:
    number = next(iter(found.references or found.merchant_nos), None)
    return Say(
        f"从截图里读到订单号 {number}。是什么问题？选一个或直接说；查看订单之前会先核对您的身份。",
        quick_replies=_topics(number),
        awaiting=Awaiting.REASON,
    )


def _read(found: Found) -> str:
    parts = [f"流水号 {serial}" for serial in found.serials[:1]]
    parts += [f"商户单号 {number}" for number in found.merchant_nos[:1]]
    parts += [f"金额 {fen // 100}.{fen % 100:02d} 元" for fen in found.amounts_fen[:1]]
    parts += [f"时间 {shanghai(moment):%Y-%m-%d %H:%M}" for moment in found.times[:1]]
    return "，".join(parts) or "没有可用的付款信息"
