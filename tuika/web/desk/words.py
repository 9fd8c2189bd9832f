"""Names, times and amounts as the desk writes them. Pure; times are Beijing time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from tuika.clock import shanghai
from tuika.conversations.model import Owner, Role
from tuika.desks.model import DeskRole
from tuika.handoff.board import BoardList
from tuika.handoff.model import HandoffState, Presence
from tuika.intake.texts import PRODUCT_TYPES, order_status
from tuika.jobs.model import JobKind
from tuika.links import without_links
from tuika.money import Money
from tuika.orders.model import KeyCheck, KeyState
from tuika.policy.show import OUTCOMES
from tuika.refunds.model import Wait
from tuika.refunds.wording import CHANNELS, EVIDENCE, REASONS, STATES
from tuika.web.desk.event_names import EVENTS

_DOTS = re.compile("•{4,}")
LISTS = {
    BoardList.HUMAN: "会话中",
    BoardList.QUEUED: "排队中",
    BoardList.ATTENTION: "待干预",
    BoardList.BOT: "机器人接待",
    BoardList.ENDED: "已结束",
}
OWNERS = {
    Owner.BOT: "机器人接待",
    Owner.QUEUED: "排队中",
    Owner.HUMAN: "人工接待",
    Owner.CLOSED: "已结束",
}
SPEAKERS = {Role.BUYER: "买家", Role.BOT: "机器人", Role.AGENT: "客服", Role.SYSTEM: "系统"}
ROLES = {DeskRole.AGENT: "客服", DeskRole.SUPERVISOR: "主管", DeskRole.OPERATOR: "管理员"}
PRESENCES = {Presence.ONLINE: "在线", Presence.BUSY: "忙碌", Presence.AWAY: "离开"}
HANDOFF_STATES = {
    HandoffState.WAITING: "等待中",
    HandoffState.ACTIVE: "接待中",
    HandoffState.CLOSED: "已关闭",
}
WAITS = {
    Wait.EVIDENCE: "补材料",
    Wait.MERCHANT: "商家答复",
    Wait.REVIEW: "平台审核",
    Wait.NEGOTIATION: "买家答复方案",
    Wait.PAYOUT: "打款",
    Wait.ARRIVAL: "到账",
    Wait.APPEAL: "申诉复核",
}
KEY_STATES = {
    KeyState.UNSEEN: "未查看",
    KeyState.REVEALED: "已查看",
    KeyState.REDEEMED: "已兑换",
    KeyState.UNKNOWN: "无记录",
}
KEY_CHECKS = {
    KeyCheck.VALID: "可用",
    KeyCheck.USED: "已被使用",
    KeyCheck.EXPIRED: "已过期",
    KeyCheck.UNKNOWN: "查不到",
}
JOB_KINDS = {JobKind.BACKTEST: "规则回测", JobKind.IMPORT: "导入订单"}
_NAMES: tuple[dict[Any, str], ...] = (
    LISTS,
    OWNERS,
    SPEAKERS,
    ROLES,
    PRESENCES,
    HANDOFF_STATES,
    WAITS,
    KEY_STATES,
    KEY_CHECKS,
    STATES,
    REASONS,
    EVIDENCE,
    CHANNELS,
    OUTCOMES,
    PRODUCT_TYPES,
    JOB_KINDS,
)


def name(value: Any) -> str:
    """The Chinese name of an enum's member; for anything else the value itself."""
    for names in _NAMES:
        if value in names and any(value is key for key in names):
            return names[value]
    return str(getattr(value, "value", value))


def when(moment: datetime | None) -> str:
    """``11月24日 18:00``."""
    if moment is None:
        return "—"
    local = shanghai(moment)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def clock_time(moment: datetime, now: datetime) -> str:
    """``18:00`` today, ``昨天 18:00``, else the date."""
    local, today = shanghai(moment), shanghai(now).date()
    days = (today - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    return f"昨天 {local:%H:%M}" if days == 1 else f"{local.month}-{local.day} {local:%H:%M}"


def span(seconds: int | None) -> str:
    """``45 秒``, ``3 分 20 秒``, ``2 小时 5 分``, ``3 天 4 小时``."""
    if seconds is None:
        return "—"
    if seconds < 60:
        return f"{seconds} 秒"
    if seconds < 3600:
        return f"{seconds // 60} 分 {seconds % 60} 秒" if seconds < 600 else f"{seconds // 60} 分"
    if seconds < 86_400:
        return f"{seconds // 3600} 小时 {seconds % 3600 // 60} 分"
    return f"{seconds // 86_400} 天 {seconds % 86_400 // 3600} 小时"


def until(moment: datetime, now: datetime) -> str:
    """``还有 2 小时 5 分`` or ``已超时 10 分``."""
    left = int((moment - now).total_seconds())
    return f"还有 {span(left)}" if left >= 0 else f"已超时 {span(-left)}"


def urgency(moment: datetime | None, now: datetime) -> str:
    """``late``, ``soon`` (within an hour) or nothing."""
    if moment is None:
        return ""
    if moment <= now:
        return "late"
    return "soon" if moment - now <= timedelta(hours=1) else ""


def yuan(amount: Money | int | None) -> str:
    """``¥98.00``."""
    if amount is None:
        return "—"
    money = amount if isinstance(amount, Money) else Money(amount)
    return f"¥{money.yuan}"


def percent(share: float | None) -> str:
    return "—" if share is None else f"{share * 100:.1f}%"


def event_name(kind: str) -> str:
    return EVENTS.get(kind, kind)


def short_mask(masked: str) -> str:
    """``••••5678``: the same four dots however long the key is."""
    return _DOTS.sub("••••", masked)


CHANNELS_OF_TALKS = {
    "widget": "网页对话",
    "cli": "命令行",
    "wechat": "微信公众号",
    "wecom": "企业微信",
    "telegram": "Telegram",
    "webhook": "接口",
}


def channel(value: str) -> str:
    """How the buyer writes to us."""
    return CHANNELS_OF_TALKS.get(value.partition(":")[0], value)


FILTERS = {
    "channel": channel,
    "short_mask": short_mask,
    "no_links": without_links,
    "name": name,
    "when": when,
    "clock_time": clock_time,
    "span": span,
    "until": until,
    "urgency": urgency,
    "yuan": yuan,
    "percent": percent,
    "event_name": event_name,
    "order_status": order_status,
}
