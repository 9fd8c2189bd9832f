"""What a buyer is told about his money: on its way, arrived, failed, late.

Invariants: as in :mod:`tuika.refunds.telling`; only :func:`paid` calls money refunded.
"""

from __future__ import annotations

from datetime import datetime

from tuika.conversations.model import Awaiting, QuickReply, Say
from tuika.policy.schema import Pack
from tuika.refunds.deadlines import channel_of
from tuika.refunds.model import RefundCase
from tuika.refunds.progress import status_card
from tuika.refunds.wording import HUMAN, PROGRESS, by_when, press, when, where_to


def say_of(case: RefundCase, text: str, *more: QuickReply, awaiting: Awaiting | None = None) -> Say:
    return Say(text, card=status_card(case), quick_replies=(*more, HUMAN), awaiting=awaiting)


def named(case: RefundCase) -> str:
    return f"申请 {case.case_no}（{case.order.product}）"


def paying(case: RefundCase, pack: Pack, *, arrives_at: datetime | None) -> Say:
    guess = f"预计 {when(arrives_at)} 到账，" if arrives_at else ""
    arrival = pack.arrival[channel_of(case)].text
    return say_of(
        case,
        f"{named(case)}的退款 {case.due_amount} 已发起打款，退到{where_to(case)}（一般{arrival}），{guess}"
        f"最迟 {by_when(case.deadline)}。到账后我会通知您，现在不用做什么。",
        PROGRESS,
    )


def paid(case: RefundCase) -> Say:
    """The only text that calls money refunded; asks whether it arrived."""
    amount = case.paid_amount or case.due_amount
    serial = f"，流水号 {case.trade_no}" if case.trade_no else ""
    short = case.due_amount - amount
    less = f"这比核准的 {case.due_amount} 少 {short}，已经开了加急工单补齐差额。" if short.fen > 0 else ""
    return Say(
        f"已退款：{named(case)}的 {amount} 已退到{where_to(case)}{serial}。{less}"
        "请看一下账户，到账了点“到账了”；没收到或金额不对点“没收到”，我马上加急核对。",
        card=status_card(case),
        quick_replies=(
            press("到账了", "arrived", case_no=case.case_no),
            press("没收到", "not_arrived", case_no=case.case_no),
        ),
        awaiting=Awaiting.CHOICE,
    )


def payout_failed(case: RefundCase) -> Say:
    return say_of(
        case,
        f"{named(case)}的打款这次没有成功，款项还没有退出。已经加急转给工作人员处理，打出后马上告诉您；现在不用做什么，也不用付任何费用。",
        PROGRESS,
    )


def payout_delayed(case: RefundCase) -> Say:
    return say_of(
        case,
        f"{named(case)}的打款还没有得到店铺系统的确认，正在继续核实，也已经通知工作人员。确认后马上告诉您，现在不用做什么。",
        PROGRESS,
    )


def payee_asked(case: RefundCase, link: str) -> Say:
    """There is no way back for the money: the account is asked for in a sealed form, never in the chat."""
    return say_of(
        case,
        f"{named(case)}的 {case.due_amount} 没有可以原路退回的支付方式。请打开这个页面填写收款账户：{link}\n"
        "账户加密保存，只有打款的工作人员能看到；请不要把账号发在聊天里，也没有人会向您要密码或验证码。",
        PROGRESS,
    )
