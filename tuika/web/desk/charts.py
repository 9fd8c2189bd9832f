"""Charts as SVG, drawn here: no script, no inline style, colours by class.

Invariants: every chart has a title that says what it shows; the same numbers stand in a table beside it; sizes are
in the chart's own units, so that it scales with its column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH = 640
HEIGHT = 180
LEFT, BOTTOM, TOP = 34, 22, 10


@dataclass(frozen=True, slots=True)
class Series:
    """``tone``: a class of the style sheet."""

    name: str
    tone: str
    values: Sequence[int]


def bars(title: str, labels: Sequence[str], series: Sequence[Series], *, whole: int = WIDTH) -> Markup:
    """Columns side by side, one group a label. ``whole``: its width; a chart in a narrow column is drawn narrow."""
    top = _ceiling(max((value for each in series for value in each.values), default=0))
    step = (whole - LEFT) / max(1, len(labels))
    width = max(2.0, step * 0.72 / max(1, len(series)))
    parts = [_grid(top, whole)]
    for place, each in enumerate(series):
        for index, value in enumerate(each.values):
            height = (HEIGHT - BOTTOM - TOP) * value / top
            x = LEFT + index * step + step * 0.14 + place * width
            tip = f"{labels[index]} {each.name} {value}"
            parts.append(
                Markup(
                    '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1.5">'
                ).format(each.tone, x, HEIGHT - BOTTOM - height, width, height)
                + Markup("<title>{}</title></rect>").format(tip)
            )
    parts.append(_labels(labels, step, whole))
    return _svg(title, parts, whole, HEIGHT)


def stacked(
    title: str, rows: Sequence[tuple[str, Sequence[int]]], tones: Sequence[tuple[str, str]]
) -> Markup:
    """Horizontal bars of parts; ``tones``: (name, class) of each part."""
    most = max((sum(values) for _label, values in rows), default=0) or 1
    height = 26 * max(1, len(rows)) + 4
    parts: list[Markup] = []
    for index, (label, values) in enumerate(rows):
        y, x = 4 + index * 26, 150.0
        parts.append(
            Markup('<text class="label" x="144" y="{}" text-anchor="end">{}</text>').format(y + 14, label)
        )
        for (name, tone), value in zip(tones, values, strict=True):
            width = (WIDTH - 190) * value / most
            if value:
                parts.append(
                    Markup('<rect class="{}" x="{:.1f}" y="{}" width="{:.1f}" height="18" rx="2">').format(
                        tone, x, y, max(1.5, width)
                    )
                    + Markup("<title>{} {} {}</title></rect>").format(label, name, value)
                )
            x += width
        parts.append(
            Markup('<text class="label" x="{:.1f}" y="{}">{}</text>').format(x + 6, y + 14, sum(values))
        )
    return _svg(title, parts, WIDTH, height)


def _svg(title: str, parts: Sequence[Markup], width: int, height: int) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg>'
    ).format(width, height, title, title, Markup("").join(parts))


def _grid(top: int, whole: int) -> Markup:
    """Three lines with their numbers."""
    lines = []
    for share in (0.0, 0.5, 1.0):
        y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share
        lines.append(
            Markup('<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>').format(LEFT, whole, y, y)
            + Markup('<text class="axis" x="{}" y="{:.1f}" text-anchor="end">{:g}</text>').format(
                LEFT - 5, y + 4, top * share
            )
        )
    return Markup("").join(lines)


def _labels(labels: Sequence[str], step: float, whole: int) -> Markup:
    """As many as have room."""
    every = max(1, -(-len(labels) * 46 // (whole - LEFT)))
    return Markup("").join(
        Markup('<text class="axis" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
            LEFT + index * step + step / 2, HEIGHT - 6, escape(label)
        )
        for index, label in enumerate(labels)
        if index % every == 0
    )


def _ceiling(most: int) -> int:
    """The next round even number, at least 4."""
    for step in (4, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000):
        if most <= step:
            return step
    return most + most % 2
