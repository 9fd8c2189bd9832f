"""A trained model on its way: into a release, and out of it.

Invariants: a shipped model is named after the content hash of what it was trained on and lies beside its SHA-256;
it is taken only when both agree with what is here, and appears in the models folder by rename, whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

from tuika.errors import InputError

FOLDER = "shipped"
Tell = Callable[[str], None]


class ModelRefused(InputError):
    title = "这个模型文件不能用"


def pack(model: Path, folder: Path) -> Path:
    """Put a model and its digest into ``folder``, in place of what was shipped before; the copy's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.tar.gz*"):
        if not old.name.startswith(model.name):
            old.unlink()
    target = folder / model.name
    _place(model, target)
    digest_file(target).write_text(f"{digest_of(target)}  {target.name}\n", "ascii")
    return target


def take_shipped(path: Path, root: Path, tell: Tell) -> bool:
    """Fill ``path`` with the model that came with the release, if it is of the present inputs and whole."""
    shipped = root / FOLDER / path.name
    if not shipped.is_file():
        others = sorted(each.name for each in (root / FOLDER).glob("*.tar.gz"))
        if others:
            tell(f"the shipped model ({others[0]}) is of other inputs than these ({path.name})")
        return False
    try:
        take(shipped, path)
    except ModelRefused as refusal:
        tell(refusal.detail)
        return False
    tell(f"the model came with the release: {path.name}")
    return True


def take(source: Path, path: Path) -> None:
    """Copy a model with its digest beside it to ``path``. Raises ModelRefused and changes nothing."""
    if source.name != path.name:
        raise ModelRefused(
            f"{source.name} 不是按现在的训练数据训练的（需要 {path.name}）；请重新训练：tuika train"
        )
    named = digest_file(source)
    if not named.is_file():
        raise ModelRefused(f"{source} 旁边没有校验文件 {named.name}，请一起复制过来")
    if named.read_text("ascii", "replace").split()[:1] != [digest_of(source)] or not tarfile.is_tarfile(
        source
    ):
        raise ModelRefused(f"{source} 和它的校验文件对不上，文件不完整或被改过；请重新复制")
    path.parent.mkdir(parents=True, exist_ok=True)
    _place(source, path)


def digest_file(model: Path) -> Path:
    return model.with_name(model.name + ".sha256")


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _place(source: Path, target: Path) -> None:
    half = target.with_name(f".{target.name}.half")
    shutil.copyfile(source, half)
    os.replace(half, target)
