"""The picture of a run: a bar a class for pass^1 and, over it, a mark for the highest pass^k measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

ROW, LEFT, WIDTH = 24, 190, 420


class Bar(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def scenarios(self) -> int: ...
    @property
    def powers(self) -> dict[int, float]: ...


def picture(bars: Sequence[Bar]) -> str:
    """An SVG document, readable on light and dark ground."""
    height = ROW * len(bars) + 60
    most = max(bars[-1].powers)
    size = f'width="{LEFT + WIDTH + 110}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{LEFT}" y="20">pass^1 (bar) and pass^{most} (mark) by class</text>',
    ]
    for index, bar in enumerate(bars):
        parts += _row(bar, 34 + index * ROW, most)
    return "\n".join([*parts, "</svg>", ""])


def _row(bar: Bar, top: int, most: int) -> list[str]:
    first, last = bar.powers[1], bar.powers[most]
    colour = "#2f6f4f" if bar.name == "all" else "#6aa884"
    mark = LEFT + last * WIDTH
    return [
        f'<text x="{LEFT - 8}" y="{top + 14}" text-anchor="end">{bar.name} ({bar.scenarios})</text>',
        f'<rect x="{LEFT}" y="{top}" width="{WIDTH}" height="18" fill="#eee"/>',
        f'<rect x="{LEFT}" y="{top}" width="{first * WIDTH:.1f}" height="18" fill="{colour}"/>',
        f'<line x1="{mark:.1f}" x2="{mark:.1f}" y1="{top - 2}" y2="{top + 20}" stroke="#222" stroke-width="2"/>',
        f'<text x="{LEFT + WIDTH + 8}" y="{top + 14}">{first:.2f} · {last:.2f}</text>',
    ]
