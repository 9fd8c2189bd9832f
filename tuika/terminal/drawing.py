"""A message as a terminal shows it: who speaks, the words, boxes for its card, numbered quick replies.

Invariant: pure; colour adds nothing that the words do not say; no line is wider than asked.
"""

from __future__ import annotations

import re

from rich.text import Text

from tuika.terminal.cards import Box, boxes
from tuika.terminal.wire import Reply, WireMessage
from tuika.terminal.wrapping import columns, wrapped

SPEAKERS = {
    "bot": ("◆ 退卡", "bold cyan"),
    "agent": ("● 人工客服", "bold green"),
    "system": ("▪ 系统", "bold yellow"),
    "buyer": ("› 我", "bold"),
}
HINTS = {
    "order_no": "发订单号或支付流水号",
    "evidence": "上传截图：/upload 文件路径",
    "proof": "发下单时的联系方式或查询密码",
    "account": "发要充值的账号",
    "confirm": "回复“确认”或按编号",
    "rating": "打 1–5 分",
}
MARGIN = "  "
WIDEST = 78
_LABELLED = re.compile(r"\S{2,3} {2,4}(?=\S)")


def draw(message: WireMessage, width: int) -> Text:
    """Everything of one message, and an empty line after it."""
    name, style = SPEAKERS.get(message.role, (message.role, "bold"))
    inner = min(width, WIDEST) - len(MARGIN)
    text = Text(name + "\n", style="", end="")
    text.stylize(style)
    _add(text, wrapped(message.text, inner) if message.text else [])
    if message.attachments:
        _add(text, [f"[图片：{'、'.join(message.attachments)}]"], "dim")
    for box in boxes(message.card):
        _add(text, boxed(box, inner))
    _add(text, reply_lines(message.replies, inner), "magenta")
    if message.awaiting in HINTS:
        _add(text, [f"↳ {HINTS[message.awaiting]}"], "dim")
    return text.append("\n")


def _add(text: Text, lines: list[str], style: str = "") -> None:
    for line in lines:
        text.append(f"{MARGIN}{line}\n", style=style)


def boxed(box: Box, width: int) -> list[str]:
    """A box with its title in the upper edge, no wider than its longest line."""
    lines = [part for line in box.lines for part in wrapped(line, width - 4, indent=_hanging(line))]
    title = wrapped(box.title, width - 6)[0]
    inner = max(columns(title) + 1, *(columns(line) for line in lines))
    top = f"╭─ {title} {'─' * (inner - columns(title) - 1)}╮"
    middle = [f"│ {line}{' ' * (inner - columns(line))} │" for line in lines]
    return [top, *middle, f"╰{'─' * (inner + 2)}╯"]


def _hanging(line: str) -> int:
    """Where a labelled line goes on: under its value."""
    label = _LABELLED.match(line)
    return columns(label.group()) if label else 2


def reply_lines(replies: tuple[Reply, ...], width: int) -> list[str]:
    """``[1] 确认提交   [2] 先不提交``, whole replies to a line."""
    lines: list[str] = []
    for number, reply in enumerate(replies, 1):
        shown = f"[{number}] {reply.title}"
        if lines and columns(lines[-1]) + 3 + columns(shown) <= width:
            lines[-1] += f"   {shown}"
        else:
            lines += wrapped(shown, width, indent=4)
    return lines
