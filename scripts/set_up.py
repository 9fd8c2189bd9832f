#!/usr/bin/env python3
"""Make both environments from their locks: .venv (Tuika) and engine/.venv (Rasa). Python 3.6 or later.

Promises: a second run with unchanged locks does nothing and ends at once (stamps in .tools/stamps); what uv
says is shown as it says it; a failure names the step and what to do; with a package index of one's own
(mirrors.env, UV_DEFAULT_INDEX, PIP_INDEX_URL) nothing is asked of pypi.org, and the hashes of the lock still count.
Set TUIKA_SETUP_FORCE=1 to do it again.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

import bring_uv  # noqa: E402  (its folder has just been put on the path)
import mirrors  # noqa: E402

ROOT = bring_uv.ROOT
STAMPS = os.path.join(bring_uv.TOOLS, "stamps")
NEEDED_GB = 5


class Environment:
    """One environment: its folder, its Python, what it is for, and the program that proves it is there."""

    def __init__(self, name, folder, python, purpose, proof):
        self.name = name
        self.folder = folder
        self.python = python
        self.purpose = purpose
        self.proof = proof

    def path(self, *parts):
        return os.path.join(ROOT, self.folder, *parts)

    def digest(self):
        """What decides whether it must be made again: the lock, the project file, the Python, the place."""
        digest = hashlib.sha256(ROOT.encode("utf-8"))
        for name in ("uv.lock", "pyproject.toml", ".python-version"):
            with open(self.path(name), "rb") as file:
                digest.update(file.read())
        return digest.hexdigest()

    def is_made(self):
        try:
            with open(os.path.join(STAMPS, self.name), encoding="ascii") as file:
                stamped = file.read()
        except (OSError, UnicodeDecodeError):
            return False
        return stamped == self.digest() and os.path.exists(self.path(".venv", "bin", self.proof))

    def stamp(self):
        os.makedirs(STAMPS, exist_ok=True)
        with open(os.path.join(STAMPS, self.name), "w", encoding="ascii") as file:
            file.write(self.digest())


ENVIRONMENTS = (
    Environment("root", "", "3.12", "Tuika itself", "tuika"),
    Environment("engine", "engine", "3.10", "Rasa, about 2.6 GB", "rasa"),
)


def main():
    forced = bool(os.environ.get("TUIKA_SETUP_FORCE"))
    todo = [env for env in ENVIRONMENTS if forced or not env.is_made()]
    if not todo:
        return 0
    try:
        mirrors.load(os.environ)
        uv = bring_uv.bring(bring_uv.TOOLS)
    except (bring_uv.Failed, mirrors.Wrong) as failure:
        sys.stderr.write(str(failure) + "\n")
        return 1
    link(uv)
    enough_disk()
    for number, env in enumerate(todo, 1):
        say(
            "[setup %d/%d] %s (Python %s) -> %s"
            % (number, len(todo), env.purpose, env.python, env.path(".venv"))
        )
        if not sync(uv, env):
            return 1
    return 0


def sync(uv, env):
    """Bring one environment to its lock. Returns whether that worked."""
    began = time.time()
    index = mirrors.index_of(os.environ)
    way = sync_from_mirror if index else sync_from_lock
    if index:
        say("[setup] packages come from %s" % mirrors.shown(index))
    code = way(uv, env)
    if code != 0:
        say("[setup] uv sync failed for %s (exit %d). What to do:" % (env.path(), code))
        say(
            "  - no Python %s found? Install it (python%s, pyenv, or let uv download it),"
            % (env.python, env.python)
        )
        say("    or name one: UV_PYTHON=/path/to/python%s make setup" % env.python)
        say(
            "  - the network? `make setup` goes on where it stopped; for mirrors, proxies, slow lines: mirrors.env.example"
        )
        say("  - the disk? this step needs room for %s" % env.purpose)
        return False
    env.stamp()
    say("[setup] %s: ready in %d s" % (env.purpose, round(time.time() - began)))
    return True


def sync_from_lock(uv, env):
    command = [uv, "sync", "--frozen", "--all-extras", "--project", env.path()]
    return subprocess.call(command, cwd=env.path(), env=clean_environment(env.python))


def sync_from_mirror(uv, env):
    """`uv sync` fetches from the addresses written in the lock, whatever the index: so its versions and hashes
    are given to `uv pip`, which asks the index."""
    wanted = env.path(".venv", "from-lock.txt")
    around = clean_environment(env.python)
    around["VIRTUAL_ENV"] = env.path(".venv")
    steps = (
        [uv, "venv", "--quiet", "--allow-existing", "--python", env.python, env.path(".venv")],
        [uv, "export", "--quiet", "--frozen", "--all-extras", "--no-emit-project", "--output-file", wanted],
        [uv, "pip", "sync", "--require-hashes", wanted],
        [uv, "pip", "install", "--no-deps", "--editable", env.path()],
    )
    for step in steps:
        code = subprocess.call(step, cwd=env.path(), env=around)
        if code != 0:
            return code
    return 0


def clean_environment(python):
    """Ours without what would send uv to another environment than the project's own.

    pyenv's own interpreters go before its shims: a shim refuses to run where .python-version names another.
    """
    dropped = (
        "VIRTUAL_ENV",
        "UV_PROJECT_ENVIRONMENT",
        "PYTHONHOME",
        "PYTHONPATH",
        "CONDA_PREFIX",
        "PYENV_VERSION",
    )
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    home = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    found = sorted(glob.glob(os.path.join(home, "versions", python + ".*", "bin")))
    kept["PATH"] = os.pathsep.join(found + [os.environ.get("PATH", os.defpath)])
    return kept


def link(uv):
    """.tools/bin/uv, whichever uv that is: what the documentation can name."""
    path = os.path.join(bring_uv.TOOLS, "bin", "uv")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.lexists(path):
        os.remove(path)
    os.symlink(uv, path)


def enough_disk():
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < NEEDED_GB:
        say("[setup] only %.1f GB free here; both environments take about 3 GB plus uv's cache" % free)


def say(text):
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
