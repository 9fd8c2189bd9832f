"""Case numbers can be said, told apart, and never read as a word."""

from __future__ import annotations

import re

from tuika.ids import RandomIds
from tuika.safety.redaction import redact


def test_a_case_number_has_no_word_in_it() -> None:
    """Found by the crash suite: RFTMQQPWD（Q币 100）was taken for a password and its notice was garbled."""
    made = [RandomIds().case_no() for _ in range(2000)]
    assert all(re.fullmatch(r"RF[2-9A-HJ-NP-Z]{8}", number) for number in made)
    assert not any(re.search("[A-Z]{3}", number[2:]) for number in made)
    assert len(set(made)) == len(made)
    texts = [f"申请 {number}（Q币 100）的 98.00 元" for number in made[:300]]
    assert [redact(text, known=lambda value: False).text for text in texts] == texts
