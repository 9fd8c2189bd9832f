"""What simulated buyers say is not what the model learnt: equal sentences would measure memory."""

from __future__ import annotations

import re
import unicodedata

from benchmarks.buyers.load import load_all
from tests.architecture.test_rasa_project import examples

SHORT = 8  # "转人工", "人呢", "收到了" are what everybody says
MOST_EQUAL = 0.02
MOST_NEAR = 0.10


def plain(text: str) -> str:
    """Words alone: no numbers, marks or places to fill in."""
    folded = unicodedata.normalize("NFKC", re.sub(r"\{\w+\}", "", text)).lower()
    return re.sub(r"\[([^\]]*)\]\([^)]*\)|[^\u4e00-\u9fffa-z]", r"\1", folded)


def spoken() -> set[str]:
    """Everything that the scenarios' buyers say of their own accord and is long enough to be anybody's own."""
    said: set[str] = set()
    for scenario in load_all():
        for act in scenario.acts:
            said.update((act.say or []) + (act.only or []) + (act.split or []))
        said.update(text for texts in scenario.asides.values() for text in texts)
    return {p for p in map(plain, said) if len(p) >= SHORT}


def pieces(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 3] for i in range(len(text) - 2))


def test_hardly_a_wording_is_in_the_training_data() -> None:
    trained = {plain(message) for messages in examples().values() for message in messages}
    said = spoken()
    equal = sorted(said & trained)
    assert len(equal) <= MOST_EQUAL * len(said), equal


def test_few_wordings_are_nearly_in_it() -> None:
    """Near: four of five three-character pieces shared with one training message."""
    trained = [pieces(plain(m)) for messages in examples().values() for m in messages]
    by_piece: dict[str, list[frozenset[str]]] = {}
    for each in trained:
        for piece in each:
            by_piece.setdefault(piece, []).append(each)
    said = spoken()
    near = []
    for text in said:
        own = pieces(text)
        candidates = {other for piece in own for other in by_piece.get(piece, ())}
        if any(len(own & other) >= 0.8 * max(len(own), len(other)) for other in candidates):
            near.append(text)
    assert len(near) <= MOST_NEAR * len(said), near
