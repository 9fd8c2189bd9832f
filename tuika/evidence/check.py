"""One check for every upload: a picture, or a short video where it says that it is one.

Invariants: which of the two it is comes from the bytes; each has its own limit of size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from tuika.errors import TooLarge, Unsupported
from tuika.evidence.model import Blob
from tuika.evidence.store import check_picture
from tuika.evidence.video import BadVideo, check_in_child, is_video


class UploadCheck:
    """The :class:`~tuika.evidence.ports.PictureCheck` of uploads."""

    def __init__(
        self,
        *,
        picture_bytes: int,
        video_bytes: int,
        video: Callable[[bytes], tuple[bytes, bytes, int]] = check_in_child,
    ) -> None:
        self._picture_bytes = picture_bytes
        self._video_bytes = video_bytes
        self._video = video

    def __call__(self, data: bytes) -> Blob:
        """Raises TooLarge or Unsupported with a Chinese detail."""
        if not is_video(data):
            _bound(data, self._picture_bytes, "图片")
            return check_picture(data)
        _bound(data, self._video_bytes, "视频")
        try:
            remuxed, still, length = self._video(data)
        except BadVideo as bad:
            raise Unsupported(str(bad)) from None
        return Blob(remuxed, "video/mp4", _hash(remuxed), check_picture(still), length)


def _bound(data: bytes, limit: int, what: str) -> None:
    if len(data) > limit:
        raise TooLarge(f"{what}超过 {max(1, limit // (1024 * 1024))} MB，请压缩或剪短后再传")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
