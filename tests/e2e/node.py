"""The npm packages of ``frontend/`` for tests: present, brought by ``npm ci``, or asked for.

Invariants: packages come from the committed lock alone and run no install script; an unchanged lock is not
installed again.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from tuika.settings import ROOT

from .chromium import Missing

FRONTEND = ROOT / "frontend"
MODULES = FRONTEND / "node_modules"
ADVICE = "needs the packages of frontend/: install Node.js 20 or later, then `npm ci --ignore-scripts` in frontend/"


def modules() -> Path:
    """``frontend/node_modules`` as the lock says. Raises Missing."""
    lock = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    stamp = MODULES / ".lock.sha256"
    if stamp.exists() and stamp.read_text("ascii") == lock:
        return MODULES
    npm = shutil.which("npm")
    if npm is None:
        raise Missing(f"this test {ADVICE}")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    ran = subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, timeout=600, check=False)
    if ran.returncode != 0:
        raise Missing(f"`npm ci` failed, and this test {ADVICE}\n{ran.stderr[-800:]}")
    stamp.write_text(lock, "ascii")
    return MODULES


def axe_source() -> str:
    """The accessibility engine as one script."""
    return (modules() / "axe-core" / "axe.min.js").read_text("utf-8")
