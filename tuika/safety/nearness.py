"""Whether things found in a text stand close together, in any order."""

from __future__ import annotations

Span = tuple[int, int]


def together(lists: list[list[Span]], *, reach: int, taken: tuple[Span, ...] = ()) -> Span | None:
    """The stretch of at most ``reach`` characters that holds one span of each list, without overlap; None where none."""
    if not lists:
        return min(start for start, _ in taken), max(end for _, end in taken)
    for start, end in lists[0]:
        if any(start < e and s < end for s, e in taken):
            continue
        chosen = (*taken, (start, end))
        if max(e for _, e in chosen) - min(s for s, _ in chosen) > reach:
            continue
        whole = together(lists[1:], reach=reach, taken=chosen)
        if whole:
            return whole
    return None
