"""Wordings of frauds by people who had not seen the patterns."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]


def lines(name: str) -> list[str]:
    """A set of ``tests/safety`` without its comments."""
    read = (ROOT / "tests" / "safety" / name).read_text("utf-8").splitlines()
    return [line for line in read if line and not line.startswith("#")]


def strangers() -> list[str]:
    """What is told of frauds: the sets by tactic, and the training messages of the intent."""
    told = [line.split("\t")[1] for line in lines("heard_of_scams.tsv")]
    blocks = yaml.safe_load((ROOT / "data/safety/nlu.yml").read_text("utf-8"))["nlu"]
    for block in blocks:
        if block["intent"] == "report_scam":
            told += [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
    return told
