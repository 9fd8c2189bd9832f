"""A message as a terminal shows it: who speaks, the words, boxes for its card, numbered quick replies.

Invariant: pure; colour adds nothing that the words do not say.
"""

from __future__ import annotations

from rich.box import ROUNDED
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from tuika.terminal.cards import boxes
from tuika.terminal.wire import WireMessage

SPEAKERS = {
    "bot": ("◆ 退卡", "bold cyan"),
    "agent": ("● 人工客服", "bold green"),
    "system": ("▪ 系统", "bold yellow"),
    "buyer": ("› 我", "bold white"),
}
HINTS = {
    "order_no": "发订单号或支付流水号",
    "evidence": "上传截图：/upload 文件路径",
    "proof": "发下单时的联系方式或查询密码",
    "account": "发要充值的账号",
    "confirm": "回复“确认”或按编号",
    "rating": "打 1–5 分",
}


def draw(message: WireMessage) -> RenderableType:
    """Everything of one message."""
    name, style = SPEAKERS.get(message.role, (message.role, "bold"))
    parts: list[RenderableType] = [Text(name, style=style), Padding(Text(message.text), (0, 0, 0, 2))]
    if message.attachments:
        parts.append(Padding(Text(f"[图片：{'、'.join(message.attachments)}]", style="dim"), (0, 0, 0, 2)))
    for box in boxes(message.card):
        panel = Panel(
            Text("\n".join(box.lines)),
            title=box.title,
            title_align="left",
            box=ROUNDED,
            expand=False,
            padding=(0, 1),
        )
        parts.append(Padding(panel, (0, 0, 0, 2), expand=False))
    if message.replies:
        parts.append(Padding(replies(message), (0, 0, 0, 2)))
    hint = HINTS.get(message.awaiting or "")
    if hint:
        parts.append(Padding(Text(f"↳ {hint}", style="dim"), (0, 0, 0, 2)))
    return Group(*parts, Text())


def replies(message: WireMessage) -> Text:
    """``[1] 确认提交  [2] 先不提交``."""
    text = Text()
    for number, reply in enumerate(message.replies, 1):
        text.append(f"[{number}]", style="bold magenta").append(f" {reply.title}   ")
    text.rstrip()
    return text
