"""The pictures of docs/nlu.md: confusion matrix and calibration plot, drawn from a report of `evaluate.py`.

    engine/.venv/bin/python engine/tools/pictures.py report.json docs/images

Matplotlib comes with Rasa. Names of intents are Latin, so that any machine has the letters.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict, List

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

DOTS = 110


def confusion(found: Dict[str, Any], title: str, path: Path) -> None:
    """Shares of each true intent; whatever is off the diagonal is written into its cell."""
    names, counts = found["names"], np.array(found["counts"])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=(13, 12))
    axes.imshow(shares, cmap="Greens", vmin=0, vmax=1)
    for row, column in zip(*np.nonzero(counts)):
        if row != column and shares[row, column] >= 0.01:
            axes.text(column, row, f"{shares[row, column] * 100:.0f}", ha="center", va="center", fontsize=6)
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=7)
    axes.set_yticks(range(len(names)), names, fontsize=7)
    axes.set_xlabel("understood as (percent of the row's messages; 1 % and more)")
    axes.set_ylabel("meant")
    axes.set_title(title, fontsize=11)
    figure.tight_layout()
    figure.savefig(path, dpi=DOTS)
    plt.close(figure)


def calibration(curves: Dict[str, List[List[float]]], path: Path) -> None:
    """Confidence against the share that was right; the area of a dot is the number of messages."""
    figure, axes = plt.subplots(figsize=(6, 5.5))
    axes.plot([0, 1], [0, 1], color="#999", linewidth=1, linestyle="--")
    for (name, rows), colour in zip(curves.items(), ("#2f6f4f", "#b3541e", "#33508f", "#8a2f6b")):
        said, was, count = np.array(rows).T
        axes.plot(said, was, color=colour, linewidth=1.2, label=name)
        axes.scatter(said, was, s=6 + 160 * count / count.sum(), color=colour, alpha=0.7)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="share right", title="Calibration")
    axes.legend(loc="upper left", fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=DOTS)
    plt.close(figure)


def main() -> None:
    report, folder = json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    parts = {"leave one voice out": "leave_one_voice_out", "random folds": "cross_validation"}
    sets = {name: report[key] for name, key in parts.items() if key in report}
    sets.update({f"set {name}": found for name, found in report.get("sets", {}).items()})
    calibration({name: found["reliability"] for name, found in sets.items()}, folder / "nlu-calibration.png")
    if "leave_one_voice_out" in report:
        title = "Authors that the training has not seen (leave one voice out)"
        confusion(report["leave_one_voice_out"]["confusion"], title, folder / "nlu-confusion.png")
    if "strangers" in report.get("sets", {}):
        title = "The blind set (strangers.tsv)"
        confusion(report["sets"]["strangers"]["confusion"], title, folder / "nlu-confusion-strangers.png")


if __name__ == "__main__":
    main()
