"""How well messages are understood, held to thresholds; measured with the components' own code.

The check set ``dev.tsv`` is never trained on. Random folds mix the authors; the check set stands for strangers.
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


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("nlu") / "report.json"
    command = [
        str(PYTHON),
        "engine/tools/evaluate.py",
        "data",
        "--check",
        str(CHECK),
        "--quick",
        "--folds",
        "5",
    ]
    subprocess.run(
        [*command, "--json", str(out)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"},
    )
    loaded: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return loaded


def test_the_check_set(report: dict[str, Any]) -> None:
    assert report["check_set"]["messages"] == 132
    assert report["check_set"]["accuracy"] >= 0.93


def test_cross_validation(report: dict[str, Any]) -> None:
    assert report["cross_validation"]["accuracy"] >= 0.88
    assert report["cross_validation"]["macro_f1"] >= 0.88


def test_what_is_out_of_scope_is_seen_to_be(report: dict[str, Any]) -> None:
    assert report["check_set"]["out_of_scope_recall"] >= 0.6
    assert report["cross_validation"]["out_of_scope_recall"] >= 0.85


def test_confidence_means_what_it_says(report: dict[str, Any]) -> None:
    assert report["cross_validation"]["calibration_error"] <= 0.06


def test_no_message_of_the_check_set_is_trained_on() -> None:
    checked = {line.split("\t")[0] for line in CHECK.read_text("utf-8").splitlines() if line}
    trained = {message for messages in examples().values() for message in messages}
    assert checked & trained == set()
