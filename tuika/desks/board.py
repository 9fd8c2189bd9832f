"""The built-in desk as an adapter of :class:`tuika.handoff.ports.Desk`: whoever has its pages open sees the change.

Invariant: what is shown is read from rows; telling only rings the bell of open pages of this process (pages also
look by themselves, so that another process's change is seen seconds later).
"""

from __future__ import annotations

from collections.abc import Callable

from tuika.conversations.model import Message
from tuika.handoff.model import Handoff

BOARD = "desk"  # the bell of everybody who looks at a list


class DeskBoard:
    def __init__(self, wake: Callable[[str], None]) -> None:
        self._wake = wake

    def changed(self, handoff: Handoff) -> None:
        self._wake(BOARD)
        if handoff.conversation_id is not None:
            self._wake(f"{BOARD}:{handoff.conversation_id}")

    def said(self, conversation_id: str, message: Message) -> None:
        self._wake(BOARD)
