"""Look every locked dependency up in an advisory database, and say plainly where that could not be done.

Invariants: a known vulnerability fails; a lock without digests, or an environment that differs from it, fails; a database
that cannot be reached fails only with ``--strict`` and is otherwise said in so many words, never passed off as a clean result.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
UV = ROOT / ".tools" / "bin" / "uv"
LOCKS = (ROOT / "uv.lock", ROOT / "engine" / "uv.lock")
WAIT_S = 240


def main(arguments: list[str]) -> int:
    problems = [problem for lock in LOCKS for problem in unlocked(lock)]
    problems += drifted()
    found, asked, total = advisories()
    problems += found
    for problem in problems:
        print(f"audit: {problem}")
    if asked == 0:
        print(f"audit: the advisory database could NOT be reached: {total} dependencies were not looked up")
    else:
        print(f"audit: {asked} of {total} dependencies looked up, {len(found)} with known vulnerabilities")
    return 1 if problems or (asked == 0 and "--strict" in arguments) else 0


def unlocked(lock: Path) -> list[str]:
    """Packages from a registry whose files the lock does not pin by digest."""
    bad = []
    for block in lock.read_text("utf-8").split("[[package]]")[1:]:
        named = re.search(r'^name = "(.+)"', block, re.MULTILINE)
        if "registry = " in block and 'hash = "sha256:' not in block:
            bad.append(
                f"{lock.relative_to(ROOT)}: {named.group(1) if named else '?'} is not pinned by digest"
            )
    return bad


def drifted() -> list[str]:
    """Whether the environment is what the lock says."""
    own = ("--inexact", "--no-install-project")  # ours is installed from its folder
    command = [
        str(UV),
        "sync",
        "--frozen",
        "--all-extras",
        "--check",
        "--offline",
        *own,
        "--project",
        str(ROOT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else ["the environment is not what uv.lock says: run make setup"]


def advisories() -> tuple[list[str], int, int]:
    """Known vulnerabilities, how many dependencies were answered for, and how many there are."""
    command = [
        str(BIN / "pip-audit"),
        "--format",
        "json",
        "--progress-spinner",
        "off",
        "--local",
        "--timeout",
        "10",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S, check=False)
        listed = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return [], 0, len(re.findall(r"^\[\[package\]\]", LOCKS[0].read_text("utf-8"), re.MULTILINE))
    looked = [each for each in listed if "skip_reason" not in each]
    bad = [
        f"{each['name']} {each['version']}: {vulnerability['id']}, mended in {vulnerability['fix_versions'] or 'no release'}"
        for each in looked
        for vulnerability in each["vulns"]
    ]
    return bad, len(looked), len(listed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
