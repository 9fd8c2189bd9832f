"""The children's lines on one screen, each with the name of who said it.

Invariant: what is hidden here (warnings of other people's packages about each other) is still in the tail that
a failure shows.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Mapping
from typing import TextIO

WIDTH = 6
COLOURS = {"rasa": "35", "hub": "36", "worker": "33", "tuika": "32"}


class PrefixedLog:
    """Writes whole lines only, from any thread; a reader that went away is not an error."""

    def __init__(self, stream: TextIO, *, colour: bool) -> None:
        self._stream = stream
        self._colour = colour
        self._lock = threading.Lock()

    def __call__(self, source: str, line: str) -> None:
        name = source.ljust(WIDTH)
        if self._colour:
            name = f"\x1b[{COLOURS.get(source, '34')}m{name}\x1b[0m"
        self.raw(f"{name} | {line}\n")

    def raw(self, text: str) -> None:
        with self._lock:
            try:
                self._stream.write(text)
                self._stream.flush()
            except (BrokenPipeError, ValueError):
                return


class WithoutWarnings:
    """Passes a source's lines on, but not the warnings of its packages: Rasa's come a dozen at each start."""

    _WARNING = re.compile(r"/site-packages/\S+:\d+: \w*Warning: ")
    _NEWS = re.compile(r"\d{4}-\d\d-\d\d |Traceback|\w*Error")
    _LINES = 4  # a warning's text and the line of code that it shows

    def __init__(self, sink: Callable[[str, str], None], source: str) -> None:
        self._sink = sink
        self._source = source
        self._hiding = 0

    def __call__(self, source: str, line: str) -> None:
        if source == self._source:
            if self._WARNING.search(line):
                self._hiding = self._LINES
                return
            if self._hiding and not self._NEWS.match(line):
                self._hiding -= 1
                return
            self._hiding = 0
        self._sink(source, line)


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """A terminal that nobody asked to be plain (https://no-color.org)."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def standard_log(environ: Mapping[str, str]) -> PrefixedLog:
    return PrefixedLog(sys.stdout, colour=wants_colour(sys.stdout, environ))
