"""Where messages are drawn, from the loop that reads lines and from the thread that follows events.

Invariants: each ``seq`` is drawn once; the buyer's own messages are not drawn again; the quick replies that a
number presses are those of the last message that had any, and none once something newer was said without.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from tuika.terminal.drawing import draw
from tuika.terminal.wire import Reply, WireMessage

PROMPT = "你> "


class Screen:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._drawn: set[int] = set()
        self._replies: tuple[int, tuple[Reply, ...]] = (0, ())
        self._asking = False

    @property
    def last_seq(self) -> int:
        with self._lock:
            return max(self._drawn, default=0)

    def show(self, messages: Iterable[WireMessage], *, own: bool = False) -> None:
        """Draw what has not been drawn. ``own``: the buyer's messages too (a conversation taken up again)."""
        with self._lock:
            fresh = [m for m in messages if m.seq not in self._drawn]
            for message in sorted(fresh, key=lambda m: m.seq):
                self._drawn.add(message.seq)
                if message.role == "buyer":
                    if own:
                        self._draw(message)
                    continue
                if message.seq > self._replies[0]:
                    self._replies = (message.seq, message.replies)
                self._draw(message)
            if fresh and self._asking and any(m.role != "buyer" for m in fresh):
                self._console.print(PROMPT, end="")

    def tell(self, text: str) -> None:
        """A line of the terminal program itself."""
        with self._lock:
            self._console.print(Text(f"! {text}", style="red"))

    def note(self, text: str) -> None:
        with self._lock:
            self._console.print(Text(text, style="dim"))

    def echo(self, text: str) -> None:
        """A line that a script typed."""
        with self._lock:
            self._console.print(Text(f"{PROMPT}{text}", style="bold white"))

    def ask(self, *, waiting: bool) -> None:
        """Show the prompt, or say that a line has come."""
        with self._lock:
            self._asking = waiting
            if waiting:
                self._console.print(PROMPT, end="")

    def reply(self, number: int) -> Reply | None:
        """The quick reply under a number, or None."""
        with self._lock:
            replies = self._replies[1]
        return replies[number - 1] if 1 <= number <= len(replies) else None

    def _draw(self, message: WireMessage) -> None:
        if self._asking:
            self._console.print()
        self._console.print(draw(message, self._console.width), soft_wrap=True)
