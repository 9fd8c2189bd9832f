"""A release: the source at HEAD and its trained model in one archive, with a digest beside it.

Promises: nothing that is not committed goes into it (a tree with changes is refused); the model in it is the one of
that source; two runs over one commit and one model give the same bytes.
"""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path
from typing import IO

from tuika.shipping import FOLDER, digest_file, digest_of, pack
from tuika.training import model_path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    changed = git("status", "--porcelain").decode()
    if changed:
        print(f"not released: these files are not committed\n{changed}", file=sys.stderr)
        return 1
    model = model_path(os.environ)
    if not model.is_file():
        print("not released: the model is not trained; run make train", file=sys.stderr)
        return 1
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    made = build(ROOT / "dist", f"tuika-{version}", model)
    digest = digest_of(made)
    digest_file(made).write_text(f"{digest}  {made.name}\n", "ascii")
    print(f"{made}\n{made.stat().st_size / 1e6:.1f} MB, sha256 {digest}")
    return 0


def build(folder: Path, name: str, model: Path) -> Path:
    """``folder/name.tar.gz``: everything below ``name/``."""
    folder.mkdir(exist_ok=True)
    target = folder / f"{name}.tar.gz"
    when = int(git("log", "-1", "--format=%ct").decode())
    shipped = pack(model, folder / FOLDER)
    source = io.BytesIO(git("archive", "--format=tar", f"--prefix={name}/", "HEAD"))
    half = target.with_suffix(".half")
    with half.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=when) as packed:
        fill(packed, source, [shipped, digest_file(shipped)], f"{name}/{FOLDER}", when)
    os.replace(half, target)
    return target


def fill(packed: IO[bytes], source: IO[bytes], models: list[Path], folder: str, when: int) -> None:
    """Write the members of ``source`` and the model's files as one tar."""
    with tarfile.open(fileobj=source) as tree, tarfile.open(fileobj=packed, mode="w") as archive:
        for member in tree:
            archive.addfile(member, tree.extractfile(member) if member.isfile() else None)
        for path in models:
            entry = tarfile.TarInfo(f"{folder}/{path.name}")
            entry.size, entry.mtime, entry.mode = path.stat().st_size, when, 0o644
            with path.open("rb") as file:
                archive.addfile(entry, file)


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


if __name__ == "__main__":
    sys.exit(main())
