"""How well messages are understood, held to thresholds; measured with the components' own code.

Neither ``dev.tsv`` nor ``strangers.tsv`` is trained on. Random folds mix the authors; the strangers' author saw none of
the training messages. ``benchmarks/nlu.py`` measures more and writes docs/nlu.md.
"""

from __future__ import annotations

import json
import os
import subprocess
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
    checks = ("--check", str(CHECK), "--check", str(STRANGERS))
    return evaluated(
        tmp_path_factory.mktemp("nlu") / "report.json", "data", *checks, "--quick", "--folds", "5"
    )


def test_the_check_set(report: dict[str, Any]) -> None:
    assert report["sets"]["dev"]["messages"] == 132
    assert report["sets"]["dev"]["accuracy"] >= 0.95


def test_strangers(report: dict[str, Any]) -> None:
    assert report["sets"]["strangers"]["messages"] == 902
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


@pytest.mark.parametrize("path", [CHECK, STRANGERS], ids=lambda path: path.stem)
def test_no_message_of_a_check_set_is_trained_on(path: Path) -> None:
    checked = {line.split("\t")[0] for line in path.read_text("utf-8").splitlines() if line}
    trained = {message for messages in examples().values() for message in messages}
    assert checked & trained == set()


@pytest.mark.skipif(
    not os.environ.get("TUIKA_SMP_DATA"), reason="TUIKA_SMP_DATA names no folder with the SMP2017-ECDT split"
)
def test_the_public_split(tmp_path: Path) -> None:
    found = evaluated(tmp_path / "smp.json")["smp"]
    assert found["sizes"] == {"train": 2299, "develop": 770, "test": 667}
    assert found["macro_f1"] >= 0.945
