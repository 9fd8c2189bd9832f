"""How a picture looks, in 256 bits that survive another size, format or quality."""

from __future__ import annotations

import io

import imagehash
from PIL import Image

_SIDE = 16
_WORK_EDGE = 1024


def fingerprint(data: bytes) -> str:
    """64 hexadecimal digits (perceptual hash) of a picture that was checked before."""
    with Image.open(io.BytesIO(data)) as picture:
        small = picture.convert("L")
        small.thumbnail((_WORK_EDGE, _WORK_EDGE))
        return str(imagehash.phash(small, hash_size=_SIDE))
