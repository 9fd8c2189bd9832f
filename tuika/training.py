"""The model is a function of what it is trained on: same inputs, same name, no training.

Invariants: ``models/<hash>.tar.gz`` appears by rename, so it is whole or absent; two trainings never run at
once (a lock that dies with its holder); the three most recently used models are kept; Rasa's telemetry is
off. ``TUIKA_MODELS`` names another folder. A release ships its model (:mod:`tuika.shipping`): where the hash agrees it is
taken instead of training.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tuika.errors import TuikaError
from tuika.settings import ROOT
from tuika.shipping import take_shipped

KEPT = 3
NAME = re.compile(r"[0-9a-f]{16}\.tar\.gz")
Tell = Callable[[str], None]
Trainer = Callable[[Path, str, Tell], None]
"""Trains into a folder, as ``<name>.tar.gz``; raises TrainingFailed."""

_FILES = ("config.yml", "domain.yml", "engine/uv.lock")
_FOLDERS = ("domain", "data", "engine/tuika_nlu")
_SERVING = frozenset(
    {
        "channel.py",
        "lock_store.py",
        "reload.py",
        "serve.py",
        "tracker_rows.py",
        "tracker_store.py",
        "turn_actions.py",
    }
)  # no part of a model, nor is ...
_SERVING_FOLDER = ("tuika_nlu", "speed")


class TrainingFailed(TuikaError):
    title = "The model could not be trained"


def inputs(root: Path = ROOT) -> list[Path]:
    """Every file that decides what the model is, in a fixed order. Raises TrainingFailed if one is missing."""
    missing = [name for name in _FILES if not (root / name).is_file()]
    if missing:
        raise TrainingFailed(f"The model cannot be trained: {', '.join(missing)} missing in {root}")
    found = [root / name for name in _FILES]
    for folder in _FOLDERS:
        found += [path for path in (root / folder).rglob("*") if path.is_file() and _counts(path)]
    return sorted(found, key=lambda path: path.relative_to(root).as_posix())


def _counts(path: Path) -> bool:
    if path.parent.name == "tuika_nlu" and path.name in _SERVING:
        return False
    if path.parts[-3:-1] == _SERVING_FOLDER:
        return False
    return "__pycache__" not in path.parts and not path.name.startswith(".") and not path.name.endswith("~")


def content_hash(root: Path = ROOT) -> str:
    """Sixteen hexadecimal digits over names and contents of :func:`inputs`."""
    digest = hashlib.sha256()
    for path in inputs(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def models_folder(environ: Mapping[str, str], root: Path = ROOT) -> Path:
    return Path(environ.get("TUIKA_MODELS") or root / "models").resolve()


def model_path(environ: Mapping[str, str], root: Path = ROOT) -> Path:
    """Where the model of the present inputs is, or will be."""
    return models_folder(environ, root) / f"{content_hash(root)}.tar.gz"


def ensure_model(
    environ: Mapping[str, str], tell: Tell, train: Trainer, *, root: Path = ROOT, force: bool = False
) -> Path:
    """The model of the present inputs, trained now if it is missing. Raises TrainingFailed."""
    path = model_path(environ, root)
    if force or not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.parent, tell):
            if not force and not path.exists():
                take_shipped(path, root, tell)
            if force or not path.exists():  # another training may have made it while we waited
                _train_into(path, tell, train)
    os.utime(path)
    _forget_old(path)
    return path


def _train_into(path: Path, tell: Tell, train: Trainer) -> None:
    name = path.name.removesuffix(".tar.gz")
    workshop = path.parent / f".training-{name}"
    for left in path.parent.glob(".training-*"):  # a killed training left it; we hold the lock
        shutil.rmtree(left, ignore_errors=True)
    workshop.mkdir()
    began = time.monotonic()
    tell(f"training the model {name} (its inputs changed); this takes a few minutes")
    try:
        train(workshop, name, tell)
        made = workshop / path.name
        if not made.is_file() or not tarfile.is_tarfile(made):
            raise TrainingFailed(f"Rasa ended without an error but made no usable model in {workshop}")
        os.replace(made, path)  # the same folder, hence the same file system
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    tell(f"model ready: {path.name}, {path.stat().st_size / 1e6:.1f} MB, {time.monotonic() - began:.0f} s")


@contextmanager
def _alone(folder: Path, tell: Tell) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("another training is under way; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _forget_old(current: Path) -> None:
    """Remove all but the newest; never the current one, never a file that is not named like ours."""
    ours = [path for path in current.parent.iterdir() if NAME.fullmatch(path.name) and path != current]
    ours.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in ours[KEPT - 1 :]:
        path.unlink(missing_ok=True)
