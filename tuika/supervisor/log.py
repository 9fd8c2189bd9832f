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
COLOURS = {"rasa": "35", "hub": "36", "worker": "33", "tuika": "32"}  # hub2 as hub


class PrefixedLog:
    """Writes whole lines only, from any thread; a reader that went away is not an error."""

    def __init__(self, stream: TextIO, *, colour: bool, width: int = WIDTH) -> None:
        self._stream = stream
        self._colour = colour
        self._width = width
        self._lock = threading.Lock()

    def __call__(self, source: str, line: str) -> None:
        name = source.ljust(self._width)
        if self._colour:
            name = f"\x1b[{COLOURS.get(source.rstrip('0123456789'), '34')}m{name}\x1b[0m"
        self.raw(f"{name} | {line}\n")

    def raw(self, text: str) -> None:
        with self._lock:
            try:
                self._stream.write(text)
                self._stream.flush()
            except (BrokenPipeError, ValueError):
                return


class WithoutWarnings:
    """Passes all lines on, but not the warnings of a source's packages: Rasa's come a dozen at each start.

    ``source``: the name without a number, so that ``rasa`` is rasa1 and rasa2 as well.
    """

    _WARNING = re.compile(r"/site-packages/\S+:\d+: \w*Warning: ")
    _NEWS = re.compile(r"\d{4}-\d\d-\d\d |Traceback|\w*Error")
    _LINES = 4  # a warning's text and the line of code that it shows

    def __init__(self, sink: Callable[[str, str], None], source: str) -> None:
        self._sink = sink
        self._source = source
        self._hiding: dict[str, int] = {}

    def __call__(self, source: str, line: str) -> None:
        if source.rstrip("0123456789") == self._source:
            if self._WARNING.search(line):
                self._hiding[source] = self._LINES
                return
            if self._hiding.get(source) and not self._NEWS.match(line):
                self._hiding[source] -= 1
                return
            self._hiding[source] = 0
        self._sink(source, line)


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """A terminal that nobody asked to be plain (https://no-color.org)."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def standard_log(environ: Mapping[str, str], *, width: int = WIDTH) -> PrefixedLog:
    """On standard output; ``width``: of the longest name."""
    return PrefixedLog(sys.stdout, colour=wants_colour(sys.stdout, environ), width=width)
