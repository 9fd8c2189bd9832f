"""`rasa train` as a child on a leash, its log told in plain words with the time passed.

Invariants: the child ends when this call ends, however it ends; what Rasa printed is kept and its last lines
are in the error; while Rasa is silent a sign of life is told every ten seconds.
"""

from __future__ import annotations

import os
import queue
import re
import signal
import time
from contextlib import suppress
from pathlib import Path

from tuika.settings import ROOT
from tuika.supervisor.child import Child, ChildSpec
from tuika.supervisor.engine import engine_program, quiet_environment
from tuika.training import Tell, TrainingFailed

SIGN_OF_LIFE_S = 10.0
_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"Starting to train component '(\w+)'"), "learning: {0}"),
    (re.compile(r"Finished training component '(\w+)'"), "learnt: {0}"),
    (re.compile(r"Restored component '(\w+)' from cache"), "unchanged, taken from the cache: {0}"),
    (re.compile(r"Your Rasa model is trained"), "packing the model"),
    (re.compile(r"\b(ERROR|CRITICAL)\b\s+(.*)"), "Rasa says: {1}"),
    (re.compile(r"^([\w.]*(?:Exception|Error)): (.*)"), "Rasa says: {0}: {1}"),
)


def train_with_rasa(workshop: Path, name: str, tell: Tell, *, root: Path = ROOT) -> None:
    """Train into ``workshop/<name>.tar.gz``. Raises TrainingFailed with Rasa's last lines."""
    lines: queue.Queue[str] = queue.Queue()
    spec = ChildSpec("rasa", training_command(workshop, name, root), quiet_environment(os.environ), root)
    began = time.monotonic()
    child = Child(spec, lambda _name, line: lines.put(line))
    try:
        _follow(child, lines, tell, began)
    finally:
        child.signal(signal.SIGKILL)
        while (code := child.exit_code()) is None:
            time.sleep(0.02)
    if code != 0:
        raise TrainingFailed(_failure(code, list(child.tail)))


def training_command(workshop: Path, name: str, root: Path = ROOT) -> tuple[str, ...]:
    domain = "domain.yml" if (root / "domain.yml").exists() else "domain"
    python = Path(engine_program(root)).with_name("python")
    return (
        *(str(python), "-m", "tuika_nlu.speed.train", "train"),
        "--skip-validation",  # `make test` validates by conversations
        *("--config", "config.yml", "--domain", domain, "--data", "data"),
        *("--out", str(workshop), "--fixed-model-name", name),
    )


def _follow(child: Child, lines: queue.Queue[str], tell: Tell, began: float) -> None:
    """Tell what happens until the child has ended."""
    doing, told_at = "reading the training data", time.monotonic()
    while child.exit_code() is None:
        with suppress(queue.Empty):
            if (said := in_plain_words(lines.get(timeout=0.2))) is not None:
                tell(f"{_passed(began)} {said}")
                doing, told_at = said, time.monotonic()
        if time.monotonic() - told_at >= SIGN_OF_LIFE_S:
            tell(f"{_passed(began)} ... {doing}")
            told_at = time.monotonic()


def in_plain_words(line: str) -> str | None:
    """What a line of Rasa's log means for the person who waits, or None."""
    for pattern, words in _WORDS:
        if (found := pattern.search(line)) is not None:
            return words.format(*found.groups())
    return None


def _passed(began: float) -> str:
    return f"[{time.monotonic() - began:4.0f} s]"


def _failure(code: int, tail: list[str]) -> str:
    said = "\n".join(f"    {line}" for line in tail[-15:] if line.strip()) or "    (it said nothing)"
    return (
        f"Rasa could not train the model (exit {code}). Its last lines:\n{said}\n"
        "Most often a file in data/, domain.yml or config.yml is malformed: the lines above name it. "
        "Mend it and run: make train"
    )
