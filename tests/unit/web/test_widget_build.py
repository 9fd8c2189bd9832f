"""The committed build of the widget: small enough, and nothing in it that a strict page would refuse."""

from __future__ import annotations

import gzip
import re

from tuika.web.widget import SCRIPT

MOST = 30_000  # bytes as sent


def test_at_most_thirty_kilobytes_as_sent() -> None:
    packed = len(gzip.compress(SCRIPT.read_bytes(), 9, mtime=0))
    assert packed <= MOST, f"widget.js is {packed} bytes packed; what can go?"
    assert packed > 10_000, "this is not the widget"


def test_nothing_that_a_strict_policy_refuses() -> None:
    text = SCRIPT.read_text("utf-8")
    assert not re.search(r"\beval\(|new Function\b|javascript:|document\.write", text)
    assert not re.search(r"https?://(?!www\.w3\.org/)[a-z]", text), "it calls its own hub only"
    assert "sourceMappingURL" not in text
