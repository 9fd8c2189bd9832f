"""How well messages are understood: measured with the components' own code, without starting Rasa.

    engine/.venv/bin/python engine/tools/evaluate.py data --check tests/nlu/dev.tsv --json report.json

Judge changes by leave-one-voice-out: it is the one number that tells how authors not in the training data will be
understood. Never train on a check set. `benchmarks/nlu.py` runs this and writes docs/nlu.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

import numpy as np
from asking import choose, tried
from corpus import Answer, Corpus, read_all, read_smp, read_tsv
from scoring import score

from tuika_nlu.model import Settings, held_out_folds

SMP_FOLDER = "TUIKA_SMP_DATA"


def held_out(
    corpus: Corpus, fold_of: np.ndarray, settings: Settings, temperature: Optional[float]
) -> List[Answer]:
    """Each message answered by a model trained without its fold; the temperature is that of the whole."""
    answers: List[Answer] = [[]] * len(corpus)
    for fold in np.unique(fold_of):
        rows = np.flatnonzero(fold_of == fold)
        model = corpus.fit(np.flatnonzero(fold_of != fold), settings, temperature)
        for row, answer in zip(rows, corpus.ask(model, rows)):
            answers[row] = answer
        right = float(np.mean([corpus.labels[row] == answers[row][0][0] for row in rows]))
        print(f"  fold {fold}: {right:.3f}", file=sys.stderr, flush=True)
    return answers


def outside(folder: Path, settings: Settings, threshold: float) -> Dict[str, Any]:
    """The public split: trained on its training part, tested on its test part.

    `with_develop` is trained on the develop part as well: nothing is chosen by it that could not be before.
    """
    parts = read_smp(folder)
    test = Corpus(parts["test"])
    found = []
    for rows in (parts["train"], parts["train"] + parts["develop"]):
        train = Corpus(rows)
        model = train.fit(np.arange(len(train)), settings)
        found.append(score(test.labels, test.ask(model, np.arange(len(test))), threshold))
    more = {key: found[1][key] for key in ("accuracy", "macro_f1")}
    return {"sizes": {part: len(rows) for part, rows in parts.items()}, **found[0], "with_develop": more}


def evaluate(options: argparse.Namespace) -> Dict[str, Any]:
    settings, report = Settings(), {"threshold": options.threshold}
    if options.smp:
        report["smp"] = outside(options.smp, settings, options.threshold)
    if not options.sources:
        return report
    corpus = Corpus(read_all(options.sources))
    every = np.arange(len(corpus))
    report.update(messages=len(every), intents=len(set(corpus.labels)), voices=len(set(corpus.voices)))
    temperature = None
    if options.check:
        started = time.perf_counter()
        model = corpus.fit(every, settings)
        temperature = model.temperature
        report.update(fit_seconds=round(time.perf_counter() - started, 1), temperature=temperature)
        for path in options.check:
            check = Corpus(read_tsv(path))
            answers = check.ask(model, np.arange(len(check)))
            report.setdefault("sets", {})[path.stem] = score(check.labels, answers, options.threshold)
    if len(set(corpus.voices)) >= 2 and not options.quick:
        folds = np.unique(corpus.voices, return_inverse=True)[1]
        answers = held_out(corpus, folds, settings, temperature)
        report["leave_one_voice_out"] = score(corpus.labels, answers, options.threshold)
        hits = np.array([want == a[0][0] for want, a in zip(corpus.labels, answers)])
        report["by_voice"] = {
            voice: [float(hits[corpus.voices == voice].mean()), int((corpus.voices == voice).sum())]
            for voice in sorted(set(corpus.voices))
        }
    if options.folds:
        target = np.unique(corpus.labels, return_inverse=True)[1]
        answers = held_out(corpus, held_out_folds(target, None, options.folds), settings, temperature)
        report["cross_validation"] = score(corpus.labels, answers, options.threshold)
        report["asking"] = {"tried": tried(corpus.labels, answers)}
        report["asking"]["chosen"] = choose(report["asking"]["tried"])
    return report


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "sources", nargs="*", type=Path, help="folders with nlu.yml files, nlu.yml files or TSV files"
    )
    parser.add_argument(
        "--check", type=Path, action="append", help="TSV that is never trained on; repeat for more"
    )
    parser.add_argument(
        "--threshold", type=float, default=0.3, help="of the fallback in config.yml (%(default)s)"
    )
    parser.add_argument(
        "--folds", type=int, default=0, help="also cross-validate in this many parts, voices mixed"
    )
    parser.add_argument("--quick", action="store_true", help="skip leave-one-voice-out")
    parser.add_argument(
        "--smp",
        type=Path,
        default=os.environ.get(SMP_FOLDER) or None,
        help=f"folder of the public SMP2017-ECDT task 1 split (default: ${SMP_FOLDER})",
    )
    parser.add_argument("--json", type=Path, help="write the report here too")
    options = parser.parse_args()
    if not options.sources and not options.smp:
        parser.error("name folders of training messages, or the public split with --smp")
    return options


def main() -> None:
    options = _options()
    try:
        report = evaluate(options)
    except FileNotFoundError as missing:
        raise SystemExit(str(missing)) from None
    text = json.dumps(report, ensure_ascii=False, indent=1, default=float)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
