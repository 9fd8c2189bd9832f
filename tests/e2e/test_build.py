"""The committed build is what the sources give, and the sources are sound."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from . import chromium, node
from .conftest import not_here


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    try:
        node.modules()
    except chromium.Missing as missing:
        not_here(missing)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    found = shutil.which(command[0])
    assert found is not None
    return subprocess.run(
        [found, *command[1:]], cwd=node.FRONTEND, capture_output=True, text=True, timeout=300, check=False
    )


def test_the_committed_build_is_the_sources_build() -> None:
    ran = run("node", "build.mjs", "--check")
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_build_of_other_sources_would_be_noticed(tmp_path: object) -> None:
    ran = subprocess.run(
        [str(shutil.which("node")), "build.mjs", "--check"],
        cwd=node.FRONTEND,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={"PATH": "/usr/bin:/bin", "TUIKA_STATIC": str(tmp_path)},
    )
    assert ran.returncode == 1
    assert "npm run build" in ran.stderr


def test_types_and_lint() -> None:
    ran = run("npm", "run", "--silent", "check")
    assert ran.returncode == 0, ran.stdout + ran.stderr
