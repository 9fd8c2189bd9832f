"""Text in pictures, by RapidOCR (extra ``ocr``); its models come with the package.

Invariants: nothing is loaded before the first picture; a picture is made no larger than the engine needs; where the
extra is not installed :func:`installed` says so and nobody promises a reading.
"""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import Any

MAX_EDGE = 2200
MAX_LINES = 400
LEAST_SCORE = 0.5


@dataclass(frozen=True, slots=True)
class Line:
    """``box``: left, top, right, bottom in pixels of the stored picture."""

    text: str
    box: tuple[int, int, int, int]


def installed() -> bool:
    return find_spec("rapidocr_onnxruntime") is not None


class RapidOcr:
    """One engine a process; it works one picture at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @cached_property
    def _engine(self) -> Any:
        from rapidocr_onnxruntime import RapidOCR

        return RapidOCR(intra_op_num_threads=1, inter_op_num_threads=1)

    def __call__(self, data: bytes) -> list[Line]:
        """The lines from top to bottom; empty where the picture holds no text."""
        import numpy
        from PIL import Image

        with Image.open(io.BytesIO(data)) as picture:
            shown = picture.convert("RGB")
        scale = min(1.0, MAX_EDGE / max(shown.size))
        if scale < 1:
            shown = shown.resize((max(1, round(shown.width * scale)), max(1, round(shown.height * scale))))
        with self._lock:
            found, _ = self._engine(numpy.asarray(shown))
        lines = [_line(each, scale) for each in found or () if float(each[2]) >= LEAST_SCORE]
        return sorted(lines, key=lambda line: (line.box[1], line.box[0]))[:MAX_LINES]


def _line(found: Any, scale: float) -> Line:
    points, text = found[0], str(found[1])
    xs, ys = [float(p[0]) / scale for p in points], [float(p[1]) / scale for p in points]
    return Line(text, (int(min(xs)), int(min(ys)), int(max(xs)) + 1, int(max(ys)) + 1))
