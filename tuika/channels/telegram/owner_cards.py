"""What a shop's owner is told in Telegram: handoffs, cases to decide, deadlines, and what buyers write on.

Invariants: each thing is told once (a row says so); a card holds what the desk would show, no secret; what a
buyer writes is passed on only while the owner has the handoff; only what belongs to the bot's own platform.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tuika.channels.model import MenuItem
from tuika.conversations.model import Message, Role
from tuika.handoff.hours import beijing
from tuika.handoff.model import Handoff, HandoffKind, HandoffState
from tuika.refunds.model import RefundCase
from tuika.refunds.states import CaseState
from tuika.refunds.wording import REASONS, STATES

DECIDED_BY_OWNER = (CaseState.PLATFORM_REVIEW, CaseState.APPEALED)
WITH_DEADLINE = (
    *DECIDED_BY_OWNER,
    CaseState.MERCHANT_REVIEW,
    CaseState.NEEDS_EVIDENCE,
    CaseState.NEGOTIATING,
)
SOON = timedelta(hours=4)
PAGE = 50
_WAITS = {"merchant": "商家答复", "review": "审核结果", "appeal": "申诉复核", "evidence": "买家补材料"}


@dataclass(frozen=True, slots=True)
class Card:
    """``key``: what must be told once; ``answers``: what replying to the card means (``ho:…``), if anything."""

    key: str
    text: str
    buttons: tuple[MenuItem, ...] = ()
    answers: str = ""


def cards(uow: Any, platform: str, now: datetime) -> Iterator[Card]:
    """Everything that the owner should know now, told or not."""
    for handoff in uow.handoffs.list(state=HandoffState.WAITING, limit=PAGE):
        if _of(uow, handoff, platform):
            yield of_handoff(handoff, now)
    for state in WITH_DEADLINE:
        for case in uow.cases.search(state=state, platform=platform, limit=PAGE).items:
            if state in DECIDED_BY_OWNER:
                yield of_case(case, now)
            if case.deadline is not None and now >= case.deadline.at - SOON:
                yield of_deadline(case, now)


def _of(uow: Any, handoff: Handoff, platform: str) -> bool:
    if handoff.conversation_id is not None:
        conversation = uow.conversations.get(handoff.conversation_id)
        return conversation is not None and conversation.platform == platform
    case = uow.cases.get(handoff.case_no) if handoff.case_no else None
    return case is None or case.platform == platform


def of_handoff(handoff: Handoff, now: datetime) -> Card:
    what = "🙋 买家找人工" if handoff.kind is HandoffKind.HANDOFF else "📌 待办"
    urgent = "（加急）" if handoff.urgent else ""
    text = f"{what}{urgent}：{handoff.reason}\n最晚 {beijing(handoff.promised_by, now=now)} 前答复\n\n{handoff.brief}"
    buttons = [MenuItem("✅ 已处理，关闭", f"o:close:{handoff.id}")]
    if handoff.conversation_id is not None:
        buttons.insert(0, MenuItem("💬 接手回复", f"o:claim:{handoff.id}"))
    return Card(f"ho:{handoff.id}", text[:3500], tuple(buttons))


def of_case(case: RefundCase, now: datetime) -> Card:
    lines = [
        f"🧾 退款待处理 {case.case_no}（{STATES[case.state]}）",
        f"{case.order.product} · 订单 {case.order_no}",
        f"原因：{REASONS[case.reason]} · 申请 {case.amount} · 实付 {case.order.amount}",
    ]
    if case.statement:
        lines.append(f"买家说：{case.statement[:300]}")
    lines.append(f"材料：{len(case.evidence)} 份" + ("，还缺一些" if case.evidence_wanted else ""))
    lines += [f"依据：{clause.text}" for clause in case.decision.clauses[:3]]
    if case.deadline is not None:
        lines.append(f"最晚 {beijing(case.deadline.at, now=now)} 前要有结果")
    buttons = (
        MenuItem(f"✅ 同意退款 {case.amount}", f"o:ok:{case.case_no}"),
        MenuItem("❌ 驳回", f"o:no:{case.case_no}"),
    )
    key = f"case:{case.case_no}:{case.state.value}:{int(case.state_since.timestamp())}"
    return Card(key, "\n".join(lines)[:3500], buttons)


def of_deadline(case: RefundCase, now: datetime) -> Card:
    assert case.deadline is not None
    wait = str(case.deadline.what)
    late = now >= case.deadline.at
    word = "⏰ 已超时" if late else "⏰ 快到期"
    text = f"{word}：{case.case_no} {_WAITS.get(wait, STATES[case.state])}，期限 {beijing(case.deadline.at, now=now)}"
    key = f"due:{case.case_no}:{wait}:{int(case.deadline.at.timestamp())}:{'late' if late else 'soon'}"
    return Card(key, text)


def passed_on(handoff_id: str, message: Message) -> Card:
    """What a buyer wrote while the owner has his handoff; replying to it answers him."""
    what = "（图片，请在客服台查看）" if message.attachments else ""
    text = f"👤 买家：{message.text}{what}\n\n（回复这条消息即可答复买家）"
    return Card(f"msg:{handoff_id}:{message.seq}", text[:3500], answers=f"ho:{handoff_id}")


def is_buyers(message: Message) -> bool:
    return message.role is Role.BUYER
