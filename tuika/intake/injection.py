"""Words that would give the bot another part to play. It never takes one: they are answered as what has nothing to do with it.

Invariants: pure; what the bot may do is decided by rows and rules in any case, so that a miss here costs nothing but a strange
answer.
"""

from __future__ import annotations

import re

from tuika.intake.reading import normal

_COMMANDS = re.compile(
    r"(?:忽略|无视|忘记|忘掉|跳过|绕过|覆盖)[^，。,]{0,10}(?:指令|提示词?|规则|设定|限制|指示|prompt)|(?:你现在|从现在(?:起|开始)你?|假装你?|扮演|请?你?作为)[^，。,]{0,6}(?:是|成|为)?[^，。,]{0,4}(?:管理员|系统|开发者?|dan|root|超级|没有限制)"
    r"|(?:开发者?|管理员|调试|上帝|debug|developer|admin)(?:模式|权限|mode)|system\s?prompt|系统提示词|(?:ignore|disregard|forget)\s+(?:all|any|the|your|previous|above)|jailbreak"
)


def commands_bot(text: str) -> bool:
    """Whether the words try to give the bot another part to play, which it never takes."""
    return _COMMANDS.search(normal(text)) is not None
