"""Checking pictures and keeping them as files named by their hash.

Invariants: decoding is bounded in pixels before it starts (no decompression bomb); a file is written to a
temporary name, flushed to the disk and moved, so a crash leaves no half file under a hash and no row without its file.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from tuika.errors import NotFound, TooLarge, Unsupported
from tuika.evidence.model import Blob

MAX_PIXELS = 40_000_000
_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
MEDIA_TYPES = tuple(_FORMATS.values())
_SAVE_OPTIONS: dict[str, dict[str, int]] = {"JPEG": {"quality": 90}, "WEBP": {"quality": 90}, "PNG": {}}
_HINT = "请上传 JPG、PNG、WebP 或 GIF 格式的截图（手机截屏原图即可）"


def check_picture(data: bytes) -> Blob:
    """Sniff, bound, decode and re-encode a picture. Raises Unsupported or TooLarge."""
    if not data:
        raise Unsupported("文件是空的，" + _HINT)
    try:
        with Image.open(io.BytesIO(data), formats=list(_FORMATS)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise TooLarge(f"图片超过 {MAX_PIXELS // 1_000_000} 百万像素，请裁剪或直接截屏后再传")
            kind = picture.format or ""
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            encoded, media_type = _encode(upright, kind)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise Unsupported("这个文件不是能识别的图片，" + _HINT) from None
    except Image.DecompressionBombError:
        raise TooLarge("图片像素过大，请裁剪或直接截屏后再传") from None
    return Blob(encoded, media_type, hashlib.sha256(encoded).hexdigest())


def _encode(picture: Image.Image, kind: str) -> tuple[bytes, str]:
    target = "PNG" if kind == "GIF" else kind
    mode = "RGB" if target == "JPEG" else ("RGBA" if "A" in picture.getbands() else "RGB")
    clean = picture.convert(mode)
    out = io.BytesIO()
    Image.frombytes(clean.mode, clean.size, clean.tobytes()).save(out, format=target, **_SAVE_OPTIONS[target])
    return out.getvalue(), _FORMATS[target]


class FileBlobStore:
    """Blobs under ``folder/ab/abcd…``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, blob: Blob) -> None:
        path = self._path(blob.sha256)
        if path.exists():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(blob.data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:  # a full disk keeps no half file either
            Path(temporary).unlink(missing_ok=True)
            raise

    def drop(self, sha256: str) -> None:
        """Delete the bytes; what is not there is no error."""
        self._path(sha256).unlink(missing_ok=True)

    def read(self, sha256: str) -> bytes:
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise NotFound("没有这份材料") from None

    def _path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
            raise NotFound("没有这份材料")
        return self._folder / sha256[:2] / sha256
