"""A Chromium and a Chinese font for the browser tests: found, brought, or asked for in so many words.

Invariants: nothing is installed where a working browser is on the path; a browser counts only when it starts
and says its version; what could not be had is told with the command that brings it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")
ADVICE = (
    "the browser tests need Chromium and a Chinese font: on Debian or Ubuntu `apt-get install chromium "
    "fonts-noto-cjk`, elsewhere `python -m playwright install chromium`, or name a browser: TUIKA_CHROMIUM=/path"
)


class Missing(Exception):
    """Not to be had here; the text says what to install."""


def find() -> str | None:
    """The path of a browser; None for the one that Playwright downloaded itself. Raises Missing."""
    named = os.environ.get("TUIKA_CHROMIUM")
    if named:
        if not _starts(named):
            raise Missing(f"TUIKA_CHROMIUM names {named}, which does not start. {ADVICE}")
        return named
    found = _on_path()
    if found is None and _apt():
        found = _on_path()
    if found is None and not _download():
        raise Missing(ADVICE)
    if not _has_chinese_font() and not (_apt() and _has_chinese_font()):
        raise Missing(f"no Chinese font is installed. {ADVICE}")
    return found


def _on_path() -> str | None:
    paths = (shutil.which(name) for name in NAMES)
    return next((path for path in paths if path and _starts(path)), None)


def _starts(path: str) -> bool:
    """A stub that only names a package to install is on some paths."""
    try:
        ran = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0 and b"hrom" in ran.stdout


def _apt() -> bool:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES]
    print(f"bringing {' and '.join(PACKAGES)} by apt", file=sys.stderr, flush=True)
    return all(_runs(command, environ) for command in (["apt-get", "update", "-q"], install))


def _download() -> bool:
    """Playwright's own browser, where its host can be reached."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return _runs(command, dict(os.environ))


def _runs(command: list[str], environ: dict[str, str]) -> bool:
    try:
        ran = subprocess.run(
            command,
            env=environ,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            timeout=600,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0


def _has_chinese_font() -> bool:
    """Where there is no fontconfig (macOS, Windows) the system brings its own."""
    if shutil.which("fc-list") is None:
        return not Path("/usr/share/fonts").exists()
    listed = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, timeout=60, check=False)
    return bool(listed.stdout.strip())
