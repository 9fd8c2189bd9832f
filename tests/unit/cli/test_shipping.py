"""The model that comes with a release is taken when it is of the same inputs and whole, else one is trained."""

from __future__ import annotations

import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from tuika.shipping import ModelRefused, digest_file, pack, take
from tuika.training import content_hash, ensure_model

from .test_scripts import script
from .test_training import Trainer, models, project, quiet

__all__ = ["project"]


def release_of(project: Path) -> tuple[Trainer, Path]:
    """A project whose model was trained, packed and then lost, as on the machine that gets the release."""
    trainer = Trainer()
    model = ensure_model({}, quiet, trainer, root=project)
    shipped = pack(model, project / "shipped")
    model.unlink()
    return trainer, shipped


def test_a_shipped_model_is_taken_instead_of_training(project: Path) -> None:
    trainer, shipped = release_of(project)
    told: list[str] = []
    path = ensure_model({}, told.append, trainer, root=project)
    assert trainer.calls == 1
    assert path.read_bytes() == shipped.read_bytes()
    assert any("came with the release" in line for line in told)


def test_other_inputs_are_trained(project: Path) -> None:
    trainer, _ = release_of(project)
    (project / "data/faq/nlu.yml").write_text("nlu: [changed]", "utf-8")
    told: list[str] = []
    ensure_model({}, told.append, trainer, root=project)
    assert trainer.calls == 2
    assert any("of other inputs" in line for line in told)


@pytest.mark.parametrize("harm", ["cut", "changed", "no digest", "empty digest"])
def test_a_shipped_model_that_is_not_whole_is_not_taken(project: Path, harm: str) -> None:
    trainer, shipped = release_of(project)
    if harm == "cut":
        shipped.write_bytes(shipped.read_bytes()[:-9])
    elif harm == "changed":
        shipped.write_bytes(shipped.read_bytes() + b"x")
    elif harm == "no digest":
        digest_file(shipped).unlink()
    else:
        digest_file(shipped).write_text("")
    told: list[str] = []
    ensure_model({}, told.append, trainer, root=project)
    assert trainer.calls == 2
    assert any("校验文件" in line for line in told)


def test_force_trains_all_the_same(project: Path) -> None:
    trainer, _ = release_of(project)
    ensure_model({}, quiet, trainer, root=project, force=True)
    assert trainer.calls == 2


def test_a_newer_pack_takes_the_place_of_the_older(project: Path) -> None:
    _, first = release_of(project)
    (project / "config.yml").write_text("pipeline: [x]", "utf-8")
    second = pack(ensure_model({}, quiet, Trainer(), root=project), project / "shipped")
    assert {path.name for path in (project / "shipped").iterdir()} == {second.name, digest_file(second).name}
    assert first.name != second.name


def test_a_model_of_other_inputs_cannot_be_taken(project: Path, tmp_path: Path) -> None:
    _, shipped = release_of(project)
    with pytest.raises(ModelRefused, match="不是按现在的训练数据"):
        take(shipped, project / "models" / f"{'0' * 16}.tar.gz")
    assert models(project) == []


def test_a_release_holds_the_commit_and_its_model_and_nothing_else(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(project, "init", "-q")
    (project / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n', "utf-8")
    (project / ".gitignore").write_text("dist/\nmodels/\nsecret\n", "utf-8")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "x")
    (project / "secret").write_text("x")
    release = script("release")
    monkeypatch.setattr(release, "ROOT", project)
    model = ensure_model({}, quiet, Trainer(), root=project)
    first = release.build(project / "dist", "tuika-1.2.3", model).read_bytes()
    assert release.build(project / "dist", "tuika-1.2.3", model).read_bytes() == first
    with tarfile.open(project / "dist" / "tuika-1.2.3.tar.gz") as archive:
        archive.extractall(tmp_path / "there", filter="data")
    there = tmp_path / "there" / "tuika-1.2.3"
    assert not (there / "secret").exists()
    trainer = Trainer()
    ensure_model({}, quiet, trainer, root=there)
    assert (trainer.calls, content_hash(there)) == (0, content_hash(project))
    (project / "config.yml").write_text("changed")
    assert release.main() == 1


def git(folder: Path, *arguments: str) -> None:
    who = {f"GIT_{role}_{what}": "x@x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *arguments], cwd=folder, check=True, env={**os.environ, **who})
