"""The brief that an agent reads first.

Invariants: plain Chinese lines in a fixed order, at most :data:`MAX_BRIEF` characters; a line without content
is left out; the caller passes texts that were redacted before.
"""

from __future__ import annotations

from collections.abc import Sequence

MAX_BRIEF = 2_000
MAX_LINE = 300
MAX_WORDS = 6


def compose(
    *,
    wants: str,
    order: str | None = None,
    problem: str | None = None,
    outcome: str | None = None,
    why: Sequence[str] = (),
    evidence: Sequence[str] = (),
    bot: str = "",
    last_words: Sequence[str] = (),
) -> str:
    """What the buyer wants, which order, what was decided and why, evidence, what the bot said last, the last words."""
    lines = [
        _line("买家想要", wants),
        _line("订单", order),
        _line("买家所述问题", problem),
        _line("机器人结论", outcome),
        _line("依据", "；".join(_clean(item) for item in why)),
        _line("已传材料", "、".join(_clean(item) for item in evidence) or "无"),
        _line("机器人最后说", bot[:MAX_LINE]),
        _line("最近对话", " / ".join(_clean(item)[:60] for item in last_words[-MAX_WORDS:])),
    ]
    return "\n".join(line for line in lines if line)[:MAX_BRIEF]


def _line(title: str, content: str | None) -> str:
    text = _clean(content or "")
    return f"{title}：{text[:MAX_LINE]}" if text else ""


def _clean(text: str) -> str:
    return " ".join(text.split())
