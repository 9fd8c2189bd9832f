"""How well messages are understood, held to thresholds; measured with the components' own code.

Neither ``dev.tsv`` nor ``strangers.tsv`` is trained on. Random folds mix the authors; the strangers' author saw none of
the training messages, and the few that both wrote (“嗯”, “退钱”) are left out here. ``benchmarks/nlu.py`` measures more and writes docs/nlu.md.
"""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.test_rasa_project import examples

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "engine" / ".venv" / "bin" / "python"
CHECK = Path(__file__).with_name("dev.tsv")
STRANGERS = Path(__file__).with_name("strangers.tsv")


def evaluated(out: Path, *arguments: str) -> dict[str, Any]:
    command = [str(PYTHON), "engine/tools/evaluate.py", *arguments, "--json", str(out)]
    environ = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=environ)
    loaded: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return loaded


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("nlu")
    unseen = folder / STRANGERS.name
    unseen.write_text("".join(f"{line}\n" for line in _lines(STRANGERS) if not _is_trained(line)), "utf-8")
    checks = ("--check", str(CHECK), "--check", str(unseen))
    return evaluated(folder / "report.json", "data", *checks, "--quick", "--folds", "5")


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if line]


def _is_trained(line: str) -> bool:
    return line.split("\t")[0] in _trained()


@cache
def _trained() -> frozenset[str]:
    return frozenset(message for messages in examples().values() for message in messages)


def test_the_check_set(report: dict[str, Any]) -> None:
    assert report["sets"]["dev"]["messages"] == 132
    assert report["sets"]["dev"]["accuracy"] >= 0.95


def test_strangers(report: dict[str, Any]) -> None:
    assert report["sets"]["strangers"]["messages"] >= 800
    assert report["sets"]["strangers"]["accuracy"] >= 0.92
    assert report["sets"]["strangers"]["among_first_three"] >= 0.975


def test_cross_validation(report: dict[str, Any]) -> None:
    assert report["cross_validation"]["accuracy"] >= 0.88
    assert report["cross_validation"]["macro_f1"] >= 0.88


def test_what_is_out_of_scope_is_seen_to_be(report: dict[str, Any]) -> None:
    assert report["sets"]["dev"]["out_of_scope_recall"] >= 0.6
    for part in (report["sets"]["strangers"], report["cross_validation"]):
        assert part["selective"]["in_scope_accuracy"] >= 0.95
        assert part["selective"]["out_of_scope_recall"] >= 0.85
        assert part["selective"]["in_scope_accepted"] >= 0.75


def test_confidence_means_what_it_says(report: dict[str, Any]) -> None:
    assert report["cross_validation"]["calibration_error"] <= 0.06


def test_no_message_of_the_check_set_is_trained_on() -> None:
    assert not [line for line in _lines(CHECK) if _is_trained(line)]


@pytest.mark.skipif(
    not os.environ.get("TUIKA_SMP_DATA"), reason="TUIKA_SMP_DATA names no folder with the SMP2017-ECDT split"
)
def test_the_public_split(tmp_path: Path) -> None:
    found = evaluated(tmp_path / "smp.json")["smp"]
    assert found["sizes"] == {"train": 2299, "develop": 770, "test": 667}
    assert found["macro_f1"] >= 0.945
