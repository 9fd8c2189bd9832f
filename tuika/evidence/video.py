"""Checking short videos, in a process of its own.

Invariants: a hostile file meets FFmpeg only in a child with limits on memory, time and file size, without network
names or secrets in its environment; what is kept was remuxed from allowed streams, so no metadata (place, device),
subtitle, attachment or appended bytes survive; a video without a picture that decodes is refused.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

MAX_SECONDS = 60
MAX_EDGE = 4096
STILL_EDGE = 1280
CODECS = {"video": ("h264", "hevc", "mpeg4", "vp9", "av1"), "audio": ("aac", "mp3", "opus")}
_MEMORY = 1536 * 1024 * 1024
_CPU_S = 20
_WALL_S = 40
_FILE = 200 * 1024 * 1024


class BadVideo(ValueError):
    """Why a video is not taken, in Chinese."""


def is_video(data: bytes) -> bool:
    """Whether the bytes claim to be MP4 or MOV."""
    return data[4:8] == b"ftyp" and len(data) > 32


def check_in_child(data: bytes) -> tuple[bytes, bytes, int]:
    """The remuxed video, a still image (JPEG) and the length in ms. Raises BadVideo."""
    with tempfile.TemporaryDirectory(prefix="tuika-video-") as folder:
        place = Path(folder)
        (place / "in").write_bytes(data)
        command = [sys.executable, "-I", "-m", "tuika.evidence.video", folder]
        try:
            done = subprocess.run(
                command, env={"PATH": "/usr/bin:/bin"}, timeout=_WALL_S, capture_output=True, check=False
            )
        except subprocess.TimeoutExpired:
            raise BadVideo("视频太复杂，处理超时，请换一段短一点的录屏") from None
        answer = _answer(place)
        if done.returncode != 0 or answer is None:
            raise BadVideo("这个视频打不开，请用手机录屏的 MP4 或 MOV 原文件")
        if "problem" in answer:
            raise BadVideo(str(answer["problem"]))
        return (place / "out.mp4").read_bytes(), (place / "still.jpg").read_bytes(), int(answer["ms"])


def _answer(place: Path) -> dict[str, Any] | None:
    try:
        loaded: dict[str, Any] = json.loads((place / "answer.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return loaded


def _child(folder: str) -> None:
    """What the child does: limits first, then FFmpeg."""
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_S),
        (resource.RLIMIT_FSIZE, _FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    place = Path(folder)
    try:
        answer: dict[str, Any] = {"ms": _work(place)}
    except BadVideo as bad:
        answer = {"problem": str(bad)}
    (place / "answer.json").write_text(json.dumps(answer, ensure_ascii=False), "utf-8")


def _work(place: Path) -> int:
    import av  # only the child ever loads FFmpeg

    av.logging.set_level(av.logging.PANIC)
    try:
        with av.open(str(place / "in"), format="mp4") as source:
            length = _length(source)
            _take_still(source, place / "still.jpg")
        _remux(place)
    except (av.FFmpegError, ValueError, OSError, IndexError) as error:
        if isinstance(error, BadVideo):
            raise
        raise BadVideo("这个视频打不开，请用手机录屏的 MP4 或 MOV 原文件") from None
    return length


def _length(source: Any) -> int:
    """Milliseconds. Raises BadVideo for what is not a short video of an allowed kind."""
    if not source.streams.video:
        raise BadVideo("文件里没有画面，请上传录屏视频")
    picture = source.streams.video[0]
    if picture.codec_context.name not in CODECS["video"]:
        raise BadVideo("这种视频编码不支持，请用手机自带的录屏")
    if max(picture.codec_context.width, picture.codec_context.height) > MAX_EDGE:
        raise BadVideo(f"视频画面太大，长边最多 {MAX_EDGE} 像素")
    length = int((source.duration or 0) / 1000)
    if not 0 < length <= MAX_SECONDS * 1000:
        raise BadVideo(f"视频最长 {MAX_SECONDS} 秒，请剪短后再传")
    return length


def _take_still(source: Any, target: Path) -> None:
    """A frame from the middle where that decodes, else the first one."""
    source.seek(int((source.duration or 0) / 2), any_frame=False)
    frame = next(source.decode(video=0), None)
    if frame is None:
        source.seek(0)
        frame = next(source.decode(video=0))
    picture = frame.to_image().convert("RGB")
    picture.thumbnail((STILL_EDGE, STILL_EDGE))
    picture.save(target, format="JPEG", quality=85)


def _remux(place: Path) -> None:
    """Copy the first picture and sound streams into a new, bare MP4; stops where the length limit is passed."""
    import av

    bare = {"movflags": "faststart"}
    with (
        av.open(str(place / "in"), format="mp4") as source,
        av.open(str(place / "out.mp4"), "w", format="mp4", options=bare) as target,
    ):
        taken: list[Any] = [source.streams.video[0]]
        taken += [s for s in source.streams.audio[:1] if s.codec_context.name in CODECS["audio"]]
        copies = {stream.index: target.add_stream_from_template(stream) for stream in taken}
        for copy in copies.values():
            copy.metadata.clear()
        for packet in source.demux(taken):
            if packet.dts is None:
                continue
            if packet.dts * packet.time_base > MAX_SECONDS + 1:
                raise BadVideo(f"视频最长 {MAX_SECONDS} 秒，请剪短后再传")
            packet.stream = copies[packet.stream.index]
            target.mux(packet)


if __name__ == "__main__":
    _child(sys.argv[1])
