"""What a buyer is told when something happened to his case: what, what follows, by when, what to do now.

Invariants: said from the stored case after the change, nothing else; money is called refunded only in state
``paid``; every text stands without its card.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tuika.conversations.model import Awaiting, Card, QuickReply, Say
from tuika.orders.model import Order
from tuika.policy.model import Alternative, Reason
from tuika.policy.schema import Pack
from tuika.refunds.deadlines import channel_of
from tuika.refunds.events import CaseEventType
from tuika.refunds.model import RefundCase, Wait
from tuika.refunds.offers import Offer, OfferKind
from tuika.refunds.progress import missing_names, offer_replies, progress
from tuika.refunds.shown import case_json
from tuika.refunds.telling_money import named, paid, paying, payout_delayed, payout_failed, say_of
from tuika.refunds.wording import (
    APPEAL,
    EVIDENCE_NOW,
    HUMAN,
    PROGRESS,
    by_when,
    press,
    when,
    where_to,
    wish,
)

__all__ = [
    "approved",
    "case_json",
    "delivered_meanwhile",
    "delivered_now",
    "evidence_wanted",
    "key_ready",
    "offer_made",
    "overdue",
    "paid",
    "paying",
    "payout_delayed",
    "payout_failed",
    "progress",
    "promise_passed",
    "rejected",
    "review_begun",
    "state_told",
]

KeyLink = Callable[[RefundCase], str]
_WHY_APPROVED = {
    "merchant": "商家同意退款",
    "silence": "商家没有按时答复，记录能证明您说的情况，按规则通过",
    "rules": "付款后到现在仍未发货，按规则自动通过",
    "review": "审核通过",
}
_WHY_REVIEW = {
    "declined": "商家没有同意",
    "silence": "商家没有按时答复",
    "unreachable": "一直没能取得商家的答复",
    "lapsed": "协商方案到期没有答复",
    "no_key": "商家没有按时补发新的卡密",
    "limit": "这笔退款按规则要由人确认",
}
_OVERDUE = {
    Wait.REVIEW: "审核超过了约定的时间，很抱歉。已经转给主管加急处理，结果出来马上告诉您",
    Wait.APPEAL: "申诉复核超过了约定的时间，很抱歉。已经转给主管加急处理，结果出来马上告诉您",
    Wait.PAYOUT: "款项还没有打出，超过了约定的时间，很抱歉。已经加急催办，打出后马上告诉您",
    Wait.ARRIVAL: "打款已经超过到账期限，店铺还没有确认到账，很抱歉。已经开了加急工单，工作人员会向支付渠道核对",
}


def state_told(case: RefundCase, now: datetime, *, key_link: KeyLink | None = None) -> Say:
    """How the case stands after the buyer's own step; an exchange that is settled shows where the key is."""
    last = case.events[-1] if case.events else None
    if (
        last is not None
        and last.type == CaseEventType.SETTLED
        and last.detail.get("kind") == OfferKind.EXCHANGE
    ):
        return key_ready(case, key_link)
    return progress(case, now)


def approved(case: RefundCase, pack: Pack, *, by: str = "review") -> Say:
    """The payout follows; nothing is refunded yet."""
    part = ""
    if case.due_amount < case.amount:
        part = f"（申请 {case.amount}，核定 {case.due_amount}）"
    arrival = pack.arrival[channel_of(case)].text
    if case.by_hand:
        return say_of(
            case,
            f"{named(case)}：{_WHY_APPROVED[by]}，同意退款 {case.due_amount}{part}。"
            f"由工作人员打款，最迟 {by_when(case.deadline)}打出；打款结果会通知您，不用付任何费用。",
            PROGRESS,
        )
    return say_of(
        case,
        f"{named(case)}：{_WHY_APPROVED[by]}，同意退款 {case.due_amount}{part}。"
        f"正在发起打款，退到{where_to(case)}，打出后一般{arrival}；打款结果会通知您，现在不用做什么。",
        PROGRESS,
    )


def rejected(case: RefundCase, pack: Pack, *, by: str) -> Say:
    """The reason, and what remains."""
    ways: list[QuickReply] = []
    rest: list[str] = []
    if not case.appealed and pack.values.appeals.value > 0:
        rest.append("有之前没交过的新材料，可以申诉一次，由另一位审核员复核")
        ways.append(APPEAL)
    if by == "evidence" and pack.values.refilings.value > 0:
        rest.append("补上缺的材料，可以重新申请一次")
        ways.append(wish("重新申请退款", "request_refund"))
    if by == "consent":
        if Alternative.EXCHANGE in case.decision.alternatives:
            rest.append("也可以问商家能不能换货")
            ways.append(wish("申请换货", "request_exchange"))
        rest.append("也可以和商家协商退一部分")
        ways.append(wish("协商退一部分", "request_partial_refund"))
    rest.append("对结果有疑问可以转人工")
    return say_of(
        case,
        f"{named(case)}没有通过：{case.reject_reason.rstrip('。')}。您还可以：{'；'.join(rest)}。",
        *ways,
    )


def evidence_wanted(case: RefundCase) -> Say:
    return say_of(
        case,
        f"{named(case)}需要您补充：{missing_names(case)}。请在 {by_when(case.deadline)}把截图直接发到这里（卡密请打码），"
        "收齐后马上继续审核；到期没有补齐会因材料不足结束。",
        EVIDENCE_NOW,
        awaiting=Awaiting.EVIDENCE,
    )


def review_begun(case: RefundCase, *, why: str) -> Say:
    return say_of(
        case,
        f"{named(case)}：{_WHY_REVIEW[why]}，已转平台审核，最迟 {by_when(case.deadline)}给结果（按工作日算）。"
        "结果会主动通知您，期间可能会请您补充材料，现在不用做什么。",
        PROGRESS,
    )


def offer_made(case: RefundCase, offer: Offer) -> Say:
    """The offer with everything it costs the buyer, before he agrees."""
    if offer.kind is OfferKind.PARTIAL and offer.amount is not None:
        less = case.amount - offer.amount
        deducts = f"，比您申请的 {case.amount} 少 {less}" if less.fen > 0 else ""
        what = f"退款 {offer.amount}{deducts}，退到{where_to(case)}"
    elif offer.kind is OfferKind.EXCHANGE:
        what = "换一张新的卡密，不再退款"
    else:
        what = "延长使用期限，不再退款"
    words = f"对方说明：{offer.text}。" if offer.text else ""
    return Say(
        f"{named(case)}收到协商方案：{what}。{words}请在 {by_when(case.deadline)}答复。接受就按方案办理；"
        "不接受或到期没答复，会转平台审核，不影响您的申请。接受方案不需要您支付任何费用。",
        card=Card(
            "offer",
            {
                "case_no": case.case_no,
                "kind": offer.kind.value,
                "amount_fen": offer.amount.fen if offer.amount else None,
                "asked_fen": case.amount.fen,
                "text": offer.text,
                "deadline": case.deadline.at.isoformat() if case.deadline else None,
            },
        ),
        quick_replies=(*offer_replies(case.case_no), HUMAN),
        awaiting=Awaiting.CHOICE,
    )


def key_ready(case: RefundCase, key_link: KeyLink | None = None) -> Say:
    """A replacement key waits behind a logged link that opens once; it is never written into the chat.

    Where there is a page to show it, the card does, as often as its buyer asks.
    """
    ready = f"{named(case)}：新的卡密已经备好。为了安全不在聊天里显示"
    check = "打开后请马上核对能否使用；有问题随时告诉我。"
    by_card = f"{ready}，请在这张卡片里点“查看新卡密”打开（打开会留记录），{check}"
    by_link = (
        f"{ready}，请打开这个页面查看（只能打开一次，会留记录）：{key_link(case)}\n{check}"
        if key_link
        else ""
    )
    data = {"case_no": case.case_no, "conversation_id": case.conversation_id, "lead": by_card}
    return Say(by_link or by_card, card=Card("replacement_key", data), quick_replies=(HUMAN,))


def overdue(case: RefundCase, wait: Wait) -> Say:
    return say_of(case, f"{named(case)}：{_OVERDUE[wait]}。现在不用做什么。", PROGRESS)


def delivered_meanwhile(case: RefundCase, order: Order) -> Say:
    """The second look found the goods delivered; the case stays with whoever has it."""
    due = f"，最迟 {by_when(case.deadline)}有答复" if case.deadline else ""
    return say_of(
        case,
        f"{named(case)}：记录显示这笔订单{_delivered_at(order)}，请到订单详情页查看。收到且没问题的话可以撤销申请；"
        f"没收到或用不了，直接告诉我情况。申请仍在处理{due}。",
        wish("撤销申请", "cancel_refund"),
    )


def promise_passed(order: Order, reason: Reason) -> Say:
    return Say(
        f"您问的“{order.product.name}”（订单 {order.order_no}）：承诺的发货时间已经过了，记录里还没有发货。"
        "现在就可以申请退款，点下面的按钮，我马上帮您办；已经收到的话不用理会。",
        quick_replies=(
            press("申请退款", "refile_order", order_no=order.order_no, reason=reason.value),
            HUMAN,
        ),
    )


def delivered_now(order: Order) -> Say:
    return Say(
        f"您问的“{order.product.name}”（订单 {order.order_no}）：记录显示{_delivered_at(order)}，请到订单详情页查看。"
        "收到就不用理会；没收到或用不了，直接告诉我。",
        quick_replies=(HUMAN,),
    )


def _delivered_at(order: Order) -> str:
    at = order.delivered_at or order.opened_at
    return f"已经在 {when(at)} 发货" if at else "已经发货"
