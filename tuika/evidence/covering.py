"""A copy of a picture in which what is secret is painted over, for people who need not see it.

Invariants: painted on the decoded pixels and encoded anew, so nothing can be taken off again; lines are covered whole,
with a margin, because a box that is a little off must not leave a digit.
"""

from __future__ import annotations

import hashlib
import io

from PIL import Image, ImageDraw

from tuika.evidence.model import Blob

_MARGIN = 6
_INK = (40, 40, 40)


def covered(data: bytes, boxes: list[tuple[int, int, int, int]]) -> Blob:
    """The picture with these boxes (left, top, right, bottom) filled, as JPEG."""
    with Image.open(io.BytesIO(data)) as picture:
        shown = picture.convert("RGB")
    brush = ImageDraw.Draw(shown)
    for left, top, right, bottom in boxes:
        brush.rectangle((left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN), fill=_INK)
    out = io.BytesIO()
    shown.save(out, format="JPEG", quality=88)
    return Blob(out.getvalue(), "image/jpeg", hashlib.sha256(out.getvalue()).hexdigest())
