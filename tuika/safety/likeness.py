"""How close two strings are to the eye and to the ear.

Invariants: pure functions; ``skeleton`` maps letters that look alike to one, so equal skeletons of different
strings mean a homoglyph; ``distance`` counts insertions, deletions, substitutions and swaps of neighbours.
"""

from __future__ import annotations

import unicodedata

_LOOKS = {
    **dict.fromkeys("оοօ0", "o"),
    **dict.fromkeys("аαɑ", "a"),
    **dict.fromkeys("еєε", "e"),
    **dict.fromkeys("сϲ", "c"),
    **dict.fromkeys("рρ", "p"),
    **dict.fromkeys("хχ", "x"),
    **dict.fromkeys("уγ", "y"),
    **dict.fromkeys("іιıl1|!ⅼ", "i"),
    **dict.fromkeys("ѕ5", "s"),
    **dict.fromkeys("ո", "n"),
    **dict.fromkeys("ԁ", "d"),
    **dict.fromkeys("ɡ9", "g"),
    **dict.fromkeys("һ", "h"),
    **dict.fromkeys("8", "b"),
    **dict.fromkeys("2", "z"),
}


def skeleton(text: str) -> str:
    """The text with look-alike letters made one; accents dropped."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    mapped = "".join(_LOOKS.get(c, c) for c in bare)
    return mapped.replace("rn", "m").replace("vv", "w").replace("ci", "d")


def distance(one: str, other: str, *, most: int = 3) -> int:
    """Edits between the two, or ``most`` if there are that many or more."""
    if abs(len(one) - len(other)) >= most:
        return most
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return min(row[-1], most)
