"""The one library that the stock Rasa needs and Tuika's engine lacks, in a folder of its own.

Invariants: neither environment of the project is changed; the version and its hash are named in
``benchmarks/stock/requirements.txt``; the folder appears by rename, whole or not at all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tuika.settings import ROOT
from turnbench.errors import BenchmarkFailed
from turnbench.machine import ENGINE_PYTHON

REQUIREMENTS = ROOT / "benchmarks" / "stock" / "requirements.txt"
LIMIT_S = 600


def ensure_jieba(store: Path, tell: Callable[[str], None]) -> Path:
    """A folder for PYTHONPATH. Raises BenchmarkFailed when the package index cannot be reached."""
    folder = store / "jieba-0.42.1"
    if folder.exists():
        return folder
    tell("getting jieba for the stock Rasa (once)")
    workshop = store / ".jieba"
    shutil.rmtree(workshop, ignore_errors=True)
    uv = _run([sys.executable, "-B", str(ROOT / "scripts" / "bring_uv.py")]).strip()
    install = [uv, "pip", "install", "--quiet", "--python", str(ENGINE_PYTHON), "--target", str(workshop)]
    _run([*install, "--no-deps", "--require-hashes", "--requirements", str(REQUIREMENTS)])
    os.replace(workshop, folder)
    return folder


def _run(command: list[str]) -> str:
    """What it printed. Raises BenchmarkFailed with its last lines."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BenchmarkFailed(f"{command[0]}: {error}") from None
    if done.returncode != 0:
        said = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise BenchmarkFailed(
            f"jieba could not be brought for the stock Rasa:\n{said}\nOne side alone needs none of it: --only tuika"
        )
    return done.stdout
