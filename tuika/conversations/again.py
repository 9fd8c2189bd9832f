"""Nobody hears the same text twice in one conversation: what must be said again says that it is said again.

Invariants: the meaning is untouched, the words that come before it differ each time; a question is led back to, a statement is
repeated as one.
"""

from __future__ import annotations

_QUESTION = ("回到刚才的问题：", "接着刚才的：", "还是刚才这一步：", "还停在这一步：")
_NOTICE = ("提醒一下：", "再提醒一次：", "还是这件事：", "仍在等您：")
_STATEMENT = ("和刚才说的一样：", "目前没有变化：", "再说一次：", "还是这个答复：")


def said_again(text: str, *, asks: bool, times: int, unasked: bool = False) -> str:
    """``text`` as it is said for the ``times`` + first time; ``unasked``: nobody has just written."""
    leads = _NOTICE if unasked else (_QUESTION if asks else _STATEMENT)
    if times <= len(leads):
        return leads[times - 1] + text
    return f"第 {times + 1} 次说明：{text}"


__all__ = ["said_again"]
