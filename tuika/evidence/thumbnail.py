"""A small copy of a stored picture, for lists.

Invariants: made from bytes that were checked before; never larger than the original; a picture that cannot be
made smaller is given as it is.
"""

from __future__ import annotations

import io

from PIL import Image

EDGE = 480


def thumbnail(data: bytes) -> bytes:
    """WebP bytes, at most :data:`EDGE` pixels wide and high."""
    with Image.open(io.BytesIO(data)) as picture:
        small = picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
        small.thumbnail((EDGE, EDGE))
        out = io.BytesIO()
        small.save(out, format="WEBP", quality=80)
    return out.getvalue()
