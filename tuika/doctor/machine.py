"""The machine: interpreter, Rasa's environment, disk, memory, clock, the reader of pictures."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from tuika.doctor.model import Finding, fail, note, ok, warn
from tuika.settings import ROOT, Settings

LOW_DISK_GB = 1.0
SHORT_DISK_GB = 5.0
NEEDED_MEMORY_GB = 2.0  # a guess: benchmarks/footprint.py measures it
_UNSYNCHRONISED = 5  # adjtimex(2): TIME_ERROR


def machine(settings: Settings | None) -> Iterator[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield ok(f"Python {version}")
    rasa = ROOT / "engine" / ".venv" / "bin" / "rasa"
    yield ok("Rasa 的环境") if rasa.exists() else fail("没有 Rasa 的环境（engine/.venv）", "make setup")
    yield _disk(settings.data if settings else ROOT)
    yield from _memory()
    yield _clock()
    if find_spec("rapidocr_onnxruntime") is not None:
        yield ok("图片识别（ocr）已安装")
    else:
        yield warn("没有图片识别（ocr）：截图里的字读不出来", "uv sync --extra ocr，或 make setup")


def _disk(folder: Path) -> Finding:
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    said = f"磁盘剩余 {free:.1f} GB（{folder}）"
    if free < LOW_DISK_GB:
        return fail(said, "马上腾出空间：数据库写不进去就什么都停了")
    if free < SHORT_DISK_GB:
        return warn(said, "备份要放两份数据库的空间；腾一些，或把备份放到别处（tuika backup --to）")
    return ok(said)


def _memory() -> Iterator[Finding]:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (ValueError, OSError):
        return
    said = f"内存 {total:.1f} GB"
    if total < NEEDED_MEMORY_GB:
        yield warn(said, f"全部进程约需 {NEEDED_MEMORY_GB:g} GB（docs/operating.md），加内存或交换空间")
    else:
        yield ok(said)


def _clock() -> Finding:
    """What the kernel says about its clock; elsewhere than on Linux nothing is said."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))  # all zeros: only asks
    except (AttributeError, OSError):
        state = -1
    if state == _UNSYNCHRONISED:
        return note(
            "系统时钟没有和时间服务器对时", "timedatectl set-ntp true，或装 chrony；签名和期限都靠时钟"
        )
    return ok("系统时钟") if state >= 0 else note("系统没有说时钟是否对过时")
