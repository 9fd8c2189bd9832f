"""The model is named after its inputs; it appears whole or not at all; old ones go."""

from __future__ import annotations

import fcntl
import io
import os
import tarfile
import threading
from pathlib import Path

import pytest

from tuika.supervisor.rasa_training import in_plain_words
from tuika.training import Tell, TrainingFailed, content_hash, ensure_model, inputs


class Trainer:
    """Writes a small archive; counts its calls."""

    def __init__(self, fails: bool = False, makes_rubbish: bool = False) -> None:
        self.calls = 0
        self._fails = fails
        self._rubbish = makes_rubbish

    def __call__(self, workshop: Path, name: str, tell: Tell) -> None:
        self.calls += 1
        if self._fails:
            (workshop / "half").write_text("x")
            raise TrainingFailed("data/faq/nlu.yml, line 3")
        path = workshop / f"{name}.tar.gz"
        if self._rubbish:
            path.write_bytes(b"not an archive")
            return
        with tarfile.open(path, "w:gz") as archive:
            archive.addfile(tarfile.TarInfo("metadata.json"), io.BytesIO())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in {
        "config.yml": "pipeline: []",
        "domain.yml": "intents: []",
        "engine/uv.lock": "version = 1",
        "engine/tuika_nlu/model.py": "x = 1",
        "data/faq/nlu.yml": "nlu: []",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def quiet(_text: str) -> None:
    return


def models(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "models").iterdir() if path.name != ".lock")


@pytest.mark.parametrize(
    "name", ["config.yml", "domain.yml", "engine/uv.lock", "engine/tuika_nlu/model.py", "data/faq/nlu.yml"]
)
def test_every_input_decides(project: Path, name: str) -> None:
    before = content_hash(project)
    (project / name).write_text("changed", "utf-8")
    assert content_hash(project) != before


def test_a_new_or_moved_file_decides_too(project: Path) -> None:
    before = content_hash(project)
    (project / "data/faq/nlu.yml").rename(project / "data/faq/rules.yml")
    assert content_hash(project) != before


@pytest.mark.parametrize(
    "name",
    [
        "engine/tuika_nlu/__pycache__/m.pyc",
        "engine/tuika_nlu/tracker_store.py",
        "engine/tuika_nlu/speed/rules.py",
        "data/.swp",
        "data/nlu.yml~",
        "README.md",
    ],
)
def test_what_editors_and_python_leave_behind_decides_nothing(project: Path, name: str) -> None:
    before = content_hash(project)
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("x", "utf-8")
    assert content_hash(project) == before


def test_a_missing_input_is_named(project: Path) -> None:
    (project / "domain.yml").unlink()
    with pytest.raises(TrainingFailed, match=r"domain\.yml missing"):
        inputs(project)


def test_the_second_time_nothing_is_trained(project: Path) -> None:
    trainer = Trainer()
    first = ensure_model({}, quiet, trainer, root=project)
    assert ensure_model({}, quiet, trainer, root=project) == first
    assert trainer.calls == 1
    assert first == project / "models" / f"{content_hash(project)}.tar.gz"


def test_force_trains_again(project: Path) -> None:
    trainer = Trainer()
    ensure_model({}, quiet, trainer, root=project)
    ensure_model({}, quiet, trainer, root=project, force=True)
    assert trainer.calls == 2


def test_another_folder_may_be_named(project: Path, tmp_path: Path) -> None:
    path = ensure_model({"TUIKA_MODELS": str(tmp_path / "elsewhere")}, quiet, Trainer(), root=project)
    assert path.parent == tmp_path / "elsewhere"


def test_a_failed_training_leaves_nothing_behind(project: Path) -> None:
    with pytest.raises(TrainingFailed, match="line 3"):
        ensure_model({}, quiet, Trainer(fails=True), root=project)
    assert models(project) == []


def test_what_is_no_archive_does_not_become_a_model(project: Path) -> None:
    with pytest.raises(TrainingFailed, match="no usable model"):
        ensure_model({}, quiet, Trainer(makes_rubbish=True), root=project)
    assert models(project) == []


def test_a_workshop_that_a_killed_training_left_is_cleared(project: Path) -> None:
    left = project / "models" / ".training-0000000000000000"
    left.mkdir(parents=True)
    ensure_model({}, quiet, Trainer(), root=project)
    assert not left.exists()


def test_the_three_newest_are_kept_and_foreign_files_are_not_touched(project: Path) -> None:
    folder = project / "models"
    folder.mkdir()
    for age in range(1, 6):
        old = folder / f"{age:016x}.tar.gz"
        old.write_bytes(b"")
        os.utime(old, (10_000 - age, 10_000 - age))
    (folder / "mine.tar.gz").write_bytes(b"")
    current = ensure_model({}, quiet, Trainer(), root=project)
    assert models(project) == sorted([f"{1:016x}.tar.gz", f"{2:016x}.tar.gz", current.name, "mine.tar.gz"])


def test_who_comes_second_waits_and_takes_the_first_ones_model(project: Path) -> None:
    told: list[str] = []
    trainer = Trainer()
    folder = project / "models"
    folder.mkdir()
    waits = threading.Event()

    def tell(text: str) -> None:
        told.append(text)
        waits.set()

    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = threading.Thread(target=lambda: ensure_model({}, tell, trainer, root=project))
        second.start()
        assert waits.wait(10)
        made = folder / f"{content_hash(project)}.tar.gz"
        with tarfile.open(made, "w:gz"):
            pass
        fcntl.flock(lock, fcntl.LOCK_UN)
        second.join()
    assert told == ["another training is under way; waiting for it"]
    assert trainer.calls == 0


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "INFO rasa.engine.training.hooks - Starting to train component 'RulePolicy'.",
            "learning: RulePolicy",
        ),
        (
            "INFO - Restored component 'TextNormalizer' from cache.",
            "unchanged, taken from the cache: TextNormalizer",
        ),
        ("rasa.shared.exceptions.YamlException: Bad", "Rasa says: rasa.shared.exceptions.YamlException: Bad"),
        ("Processed rules: 100%|####| 10/10", None),
    ],
)
def test_rasas_log_in_plain_words(line: str, words: str | None) -> None:
    assert in_plain_words(line) == words
