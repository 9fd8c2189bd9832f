"""The stock Rasa project: copied from ``benchmarks/stock``, given Tuika's own messages, trained once per content.

Invariants: what is trained is a function of the files copied, of the messages chosen and of the engine's
lock; a trained project appears by rename, whole or not at all; the words of the benchmark are among its
examples, since speed is compared here and not understanding.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

from tuika.settings import ROOT
from tuika.supervisor.engine import engine_program, quiet_environment
from turnbench.errors import BenchmarkFailed
from turnbench.jieba import ensure_jieba
from turnbench.world import CYCLE

SOURCE = ROOT / "benchmarks" / "stock"
TRAINING_LIMIT_S = 1800
KEPT = 3


@dataclass(frozen=True, slots=True)
class Effort:
    """How much the stock models learn. Fewer examples and epochs train faster and serve about as fast."""

    examples: int
    epochs: int


FULL = Effort(examples=20, epochs=100)
QUICK = Effort(examples=6, epochs=30)


@dataclass(frozen=True, slots=True)
class Project:
    folder: Path
    libraries: Path
    train_s: float

    @property
    def model(self) -> Path:
        return self.folder / "models" / "stock.tar.gz"


def ensure_project(store: Path, effort: Effort, tell: Callable[[str], None]) -> Project:
    """The trained project of the present content. Raises BenchmarkFailed."""
    store.mkdir(parents=True, exist_ok=True)
    libraries = ensure_jieba(store.parent, tell)
    files = _files(effort)
    folder = store / _name(files)
    if not (folder / "trained.json").exists():
        _build(folder, files, libraries, tell)
    os.utime(folder)
    _forget_old(store, folder)
    return Project(
        folder, libraries, float(json.loads((folder / "trained.json").read_text("utf-8"))["seconds"])
    )


def _files(effort: Effort) -> dict[str, bytes]:
    """Every file of the project by its path."""
    files = {
        path.relative_to(SOURCE).as_posix(): path.read_bytes()
        for path in sorted(SOURCE.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    chosen = chosen_messages(effort.examples)
    files["config.yml"] = files["config.yml"].replace(b"epochs: 100", f"epochs: {effort.epochs}".encode())
    files["domain/intents.yml"] = _yaml({"version": "3.1", "intents": list(chosen)})
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in chosen.items()
    ]
    files["data/nlu.yml"] = _yaml({"version": "3.1", "nlu": nlu})
    return files


def chosen_messages(most: int) -> dict[str, list[str]]:
    """The benchmark's own words, then each author's first messages in turn, ``most`` an intent."""
    blocks: dict[str, list[list[str]]] = defaultdict(list)
    for path in sorted((ROOT / "data").rglob("nlu.yml")):
        for block in yaml.safe_load(path.read_text("utf-8")).get("nlu", []):
            if "intent" in block and "examples" in block:
                blocks[block["intent"]].append(_lines(block["examples"]))
    own = {kind.intent: kind.words for kind in CYCLE}
    if missing := sorted(set(own) - set(blocks)):
        raise BenchmarkFailed(f"data/ has no messages for {', '.join(missing)}")
    chosen = {}
    for intent in sorted(blocks):
        mixed = [text for row in zip_longest(*blocks[intent]) for text in row if text]
        first = [own[intent]] if intent in own else []
        chosen[intent] = list(dict.fromkeys(first + mixed))[:most]
    return chosen


def _lines(examples: str) -> list[str]:
    return [line[2:].strip() for line in examples.splitlines() if line.startswith("- ")]


def _yaml(document: dict[str, Any]) -> bytes:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=10_000).encode()


def _name(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256((ROOT / "engine" / "uv.lock").read_bytes())
    for path, content in sorted(files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def _build(folder: Path, files: dict[str, bytes], libraries: Path, tell: Callable[[str], None]) -> None:
    workshop = folder.with_name(f".building-{folder.name}")
    shutil.rmtree(workshop, ignore_errors=True)
    for path, content in files.items():
        place = workshop / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    tell("training the stock models (DIET and TED; once, then kept): several minutes")
    began = time.monotonic()
    try:
        _train(workshop, libraries)
        seconds = round(time.monotonic() - began, 1)
        (workshop / "trained.json").write_text(json.dumps({"seconds": seconds}), "utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(workshop, folder)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    tell(f"stock models ready after {seconds:.0f} s")


def _train(workshop: Path, libraries: Path) -> None:
    command = [engine_program(), "train", "--domain", "domain", "--data", "data"]
    command += ["--out", "models", "--fixed-model-name", "stock"]
    environ = {**quiet_environment(os.environ), "PYTHONPATH": str(libraries)}
    environ |= {"STOCK_ACTION_URL": "", "STOCK_TRACKER_DB": ""}
    del environ["OMP_NUM_THREADS"], environ["OPENBLAS_NUM_THREADS"]  # while training, all cores
    try:
        done = subprocess.run(
            command,
            cwd=workshop,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TRAINING_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BenchmarkFailed(f"training the stock models took over {TRAINING_LIMIT_S} s") from None
    if done.returncode != 0 or not (workshop / "models" / "stock.tar.gz").exists():
        said = "\n".join(done.stdout.decode("utf-8", "replace").splitlines()[-12:])
        raise BenchmarkFailed(f"the stock models could not be trained (exit {done.returncode}):\n{said}")
    shutil.rmtree(workshop / ".rasa", ignore_errors=True)


def _forget_old(store: Path, current: Path) -> None:
    """All but the newest trained projects; a half-built one that a kill left goes too."""
    others = [path for path in store.iterdir() if path.is_dir() and path != current]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)
