"""Chinese text in columns: broken between any two characters, never inside a Latin word or before a full stop.

Invariants: pure; a character of East Asian width takes two columns; nothing is lost but spaces at a break.
"""

from __future__ import annotations

import re
from unicodedata import east_asian_width

_PIECES = re.compile(r"[!-~]+|\s+|.")
_NEVER_FIRST = "，。、；：！？）】》〉”’…·%〕］"


def columns(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def wrapped(text: str, width: int, *, indent: int = 0) -> list[str]:
    """The lines of ``text`` within ``width``; lines that continue one begin with ``indent`` spaces."""
    return [line for paragraph in text.split("\n") for line in _paragraph(paragraph, max(width, 8), indent)]


def _paragraph(text: str, width: int, indent: int) -> list[str]:
    lines, line = [], ""
    for piece in _pieces(text, width - indent):
        if columns(line) + columns(piece.rstrip()) <= width:
            line += piece
            continue
        lines.append(line.rstrip())
        line = " " * indent + piece.lstrip()
    return [*lines, line.rstrip()]


def _pieces(text: str, most: int) -> list[str]:
    """What must stay together: a Latin word, a character with the punctuation that follows it."""
    pieces: list[str] = []
    for piece in _PIECES.findall(text):
        if pieces and piece in _NEVER_FIRST and columns(pieces[-1]) + 2 <= most:
            pieces[-1] += piece
        else:
            pieces += [piece[at : at + most] for at in range(0, len(piece), most)]
    return pieces
