"""What the numbers were measured on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tuika.settings import ROOT
from tuika.supervisor.engine import quiet_environment

ENGINE_PYTHON = ROOT / "engine" / ".venv" / "bin" / "python"
_ROOT_PACKAGES = ("fastapi", "uvicorn", "sqlalchemy", "pydantic", "rasa-sdk")
_ENGINE_PACKAGES = ("rasa", "rasa-sdk", "sanic", "sqlalchemy", "tensorflow", "numpy")
_ASK = (
    "import json, platform, sys; from importlib.metadata import version; "
    "print(json.dumps([platform.python_version(), {n: version(n) for n in sys.argv[1:]}]))"
)


def describe() -> dict[str, Any]:
    """Cores, memory and versions; the load average is that before the benchmark began."""
    engine_python, engine_packages = _engine()
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _ROOT_PACKAGES},
        "engine_python": engine_python,
        "engine_packages": engine_packages,
        "commit": _commit(),
    }


def lines(machine: dict[str, Any]) -> list[str]:
    return [
        f"{machine['cores']} cores ({machine['cpu']}), {machine['memory_gb']} GB, {machine['system']}",
        f"load {machine['load_before']} before the start, commit {machine['commit']}",
        f"hub: Python {machine['python']}, {_named(machine['packages'])}",
        f"both Rasas: Python {machine['engine_python']}, {_named(machine['engine_packages'])}",
    ]


def _named(packages: dict[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in packages.items())


def _engine() -> tuple[str, dict[str, str]]:
    done = subprocess.run(
        [str(ENGINE_PYTHON), "-c", _ASK, *_ENGINE_PACKAGES],
        env=quiet_environment(os.environ),
        capture_output=True,
        timeout=60,
        check=True,
    )
    python, packages = json.loads(done.stdout)
    return str(python), dict(packages)


def _cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)


def _commit() -> str:
    """With a plus sign where the working tree differs from it."""
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--dirty=+"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return said.stdout.strip()
