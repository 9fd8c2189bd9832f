"""Pictures and videos at the door: what is kept is not what was sent, and the same screenshot is known again."""

from __future__ import annotations

import errno
import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import av
import numpy
import pytest
from PIL import Image

from tuika.clock import FixedClock
from tuika.conversations.model import Conversation, Owner
from tuika.errors import NotFound, TooLarge, Unsupported
from tuika.evidence.check import UploadCheck
from tuika.evidence.covering import covered
from tuika.evidence.fingerprint import fingerprint
from tuika.evidence.likeness import NEAR, alike, bands, distance, tells
from tuika.evidence.model import Blob
from tuika.evidence.service import EvidenceService
from tuika.evidence.store import FileBlobStore
from tuika.policy.model import EvidenceKind
from tuika.storage.uow import UnitOfWorkFactory
from tuika.web.evidence_links import EvidenceLinks, Link, Look

PICTURES = Path(__file__).parents[2] / "pictures"
CHECK = UploadCheck(picture_bytes=2_000_000, video_bytes=1_000_000)
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def video(folder: Path, *, seconds: int = 2, form: str = "mp4", side: int = 64) -> bytes:
    path = folder / f"made.{form}"
    with av.open(str(path), "w", format=form) as made:
        made.metadata.update({"title": "SECRET-PLACE", "comment": "SECRET-PLACE"})
        stream = made.add_stream("libx264", rate=5)
        stream.width = stream.height = side
        stream.pix_fmt = "yuv420p"
        for number in range(seconds * 5):
            shade = numpy.full((side, side, 3), number * 4 % 255, numpy.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")):
                made.mux(packet)
        for packet in stream.encode():
            made.mux(packet)
    return path.read_bytes()


@pytest.mark.parametrize("form", ["mp4", "mov"])
def test_a_short_video_is_kept_bare_with_a_still(tmp_path: Path, form: str) -> None:
    sent = video(tmp_path, form=form)
    assert b"SECRET-PLACE" in sent
    kept = CHECK(sent + b"APPENDED-BYTES")
    assert kept.media_type == "video/mp4" and kept.duration_ms == 2000
    assert b"SECRET-PLACE" not in kept.data and b"APPENDED-BYTES" not in kept.data
    assert kept.still is not None and kept.still.media_type == "image/jpeg"
    with Image.open(io.BytesIO(kept.still.data)) as still:
        assert still.size == (64, 64)


def test_a_long_video_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="60 秒"):
        CHECK(video(tmp_path, seconds=62, side=16))


@pytest.mark.parametrize("body", [b"", b"\0" * 200, bytes(range(256)) * 40, b"moov" * 500])
def test_what_only_claims_to_be_a_video_is_refused(body: bytes) -> None:
    with pytest.raises(Unsupported):
        CHECK(b"\0\0\0\x18ftypmp42" + b"\0" * 24 + body)


def test_each_kind_has_its_own_limit(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="视频"):
        CHECK(b"\0\0\0\x18ftypmp42" + b"\0" * 1_000_001)
    with pytest.raises(TooLarge, match="图片"):
        CHECK(b"\x89PNG" + b"\0" * 2_000_001)


def picture(name: str) -> Image.Image:
    return Image.open(PICTURES / name).convert("RGB")


def sent(image: Image.Image, form: str = "JPEG", **options: int) -> bytes:
    out = io.BytesIO()
    image.save(out, format=form, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("form", "quality", "scale"), [("JPEG", 60, 1.0), ("JPEG", 35, 0.5), ("WEBP", 60, 0.8)]
)
def test_the_same_screenshot_is_known_in_another_quality_and_size(
    form: str, quality: int, scale: float
) -> None:
    one = picture("key_used.png")
    again = one.resize((int(one.width * scale), int(one.height * scale)))
    first, second = fingerprint(sent(one, "PNG")), fingerprint(sent(again, form, quality=quality))
    assert alike(first, second)
    assert set(enumerate(bands(first))) & set(enumerate(bands(second))), "an index finds it"


def test_other_screenshots_are_not_taken_for_it() -> None:
    names = ("alipay_bill.png", "other_bill.png", "key_used.png", "key_ok.png")
    prints = [fingerprint(sent(picture(name), "PNG")) for name in names]
    pairs = [(a, b) for n, a in enumerate(prints) for b in prints[n + 1 :]]
    assert all(distance(a, b) > NEAR for a, b in pairs)


def test_a_blank_picture_resembles_nothing() -> None:
    assert not tells(fingerprint(sent(Image.new("RGB", (300, 300), "white"), "PNG")))


def test_twins_are_found_in_other_conversations_only(
    clock: FixedClock, units: UnitOfWorkFactory, tmp_path: Path
) -> None:
    service = EvidenceService(
        clock=clock, store=FileBlobStore(tmp_path), check=CHECK, per_case=9, look=fingerprint
    )
    one = picture("key_used.png")
    looks = {
        "cv_1": sent(one, "PNG"),
        "cv_2": sent(one, "JPEG", quality=50),
        "cv_3": sent(picture("key_ok.png")),
    }
    with units() as uow:
        for conversation_id in looks:
            _conversation(uow, conversation_id)
    for conversation_id, data in looks.items():
        for client_id in ("a", "b"):
            service.accept(
                units,
                conversation_id=conversation_id,
                client_id=client_id,
                data=data,
                kind=EvidenceKind.OTHER,
            )
    with units.reading() as uow:
        mine = uow.evidence.of_conversation("cv_1")[0]
        assert {twin.conversation_id for twin in service.twins(uow, mine)} == {"cv_2"}
        alone = uow.evidence.of_conversation("cv_3")[0]
        assert service.twins(uow, alone) == []


def _conversation(uow: Any, conversation_id: str) -> None:
    uow.conversations.add(Conversation(conversation_id, "generic", "widget", Owner.BOT, 0, 1, NOW))


def test_what_is_painted_over_is_gone() -> None:
    marked = Image.new("RGB", (100, 50), "white")
    marked.putpixel((40, 20), (255, 0, 0))
    blob = covered(sent(marked, "PNG"), [(30, 10, 60, 30)])
    with Image.open(io.BytesIO(blob.data)) as shown:
        assert max(shown.getpixel((40, 20))) < 90


LINKS = EvidenceLinks("s" * 32)
LINK = Link("ev_1", Look.VIEW, "ann")


def test_a_link_opens_until_its_time() -> None:
    token = LINKS.make(LINK, NOW)
    assert LINKS.read(token, NOW + timedelta(minutes=4, seconds=59)) == LINK
    with pytest.raises(NotFound):
        LINKS.read(token, NOW + timedelta(minutes=5))


@pytest.mark.parametrize("forged", ["", ".", "a.b", "ä.b", "x" * 4000, "e30.e30", "..", "a.b.c"])
def test_a_forged_link_opens_nothing(forged: str) -> None:
    with pytest.raises(NotFound):
        LINKS.read(forged, NOW)


def test_no_part_of_a_link_can_be_changed() -> None:
    token = LINKS.make(LINK, NOW)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        try:
            assert LINKS.read(changed, NOW) == LINK, "only bits that base64 does not read may differ"
        except NotFound:
            continue
    with pytest.raises(NotFound):
        EvidenceLinks("t" * 32).read(token, NOW)


def test_a_disk_that_is_full_keeps_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store, blob = FileBlobStore(tmp_path), Blob(b"x" * 99, "image/png", "ab" * 32)
    with monkeypatch.context() as patched, pytest.raises(OSError, match="No space"):
        patched.setattr(os, "fsync", full)
        store.put(blob)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    store.put(blob)
    assert store.read(blob.sha256) == blob.data
