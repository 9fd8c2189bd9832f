"""How well messages are understood: measured with the components' own code, without starting Rasa.

    engine/.venv/bin/python engine/tools/evaluate.py data --check tests/nlu/dev.tsv --json report.json

Reads every `nlu.yml` (Rasa's form, `metadata: {voice: x}` beside an intent) below the folders given, or TSV files
(message TAB intent; the file's name is the voice). Judge changes by leave-one-voice-out: it is the one number
that tells how authors not in the training data will be understood. Never train on the check set.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from tuika_nlu.embedding import encode
from tuika_nlu.model import IntentModel, Settings, held_out_folds
from tuika_nlu.normalize import normalize

OUT_OF_SCOPE = "out_of_scope"


class Corpus:
    """Messages with features taken once; rows are picked by index."""

    def __init__(self, rows: Sequence[Tuple[str, str, str]]) -> None:
        self.messages = [row[0] for row in rows]
        self.labels = np.array([row[1] for row in rows], dtype=object)
        self.voices = np.array([row[2] for row in rows], dtype=object)
        self.texts = np.array([normalize(message) for message in self.messages], dtype=object)
        self.vectors = encode(list(self.texts))

    def fit(self, rows: np.ndarray, settings: Settings, temperature: Optional[float] = None) -> IntentModel:
        return IntentModel.fit(list(self.texts[rows]), self.vectors[rows], self.labels[rows].tolist(),
                               self.voices[rows].tolist(), settings, temperature=temperature)  # fmt: skip

    def ask(self, model: IntentModel, rows: np.ndarray) -> List[Tuple[str, float]]:
        return [model.rank(self.texts[row], self.vectors[row])[0] for row in rows]


def read_tsv(path: Path) -> List[Tuple[str, str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [(*line.split("\t")[:2], path.stem) for line in lines if line.count("\t") == 1]  # type: ignore[misc]


def read_yaml(path: Path) -> List[Tuple[str, str, str]]:
    from ruamel.yaml import YAML

    rows = []
    for block in (YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}).get("nlu") or []:
        voice = str((block.get("metadata") or {}).get("voice", ""))
        for line in (block.get("examples") or "").splitlines() if block.get("intent") else ():
            if line.strip().startswith("- "):
                rows.append((line.strip()[2:].strip(), block["intent"], voice))
    return rows


def read_all(sources: Sequence[Path]) -> List[Tuple[str, str, str]]:
    rows: List[Tuple[str, str, str]] = []
    for source in sources:
        if source.is_dir():
            for path in sorted(source.rglob("nlu.yml")):
                rows += read_yaml(path)
        else:
            rows += read_yaml(source) if source.suffix in (".yml", ".yaml") else read_tsv(source)
    return list(dict.fromkeys(rows))


def score(wanted: Sequence[str], answers: Sequence[Tuple[str, float]], threshold: float) -> Dict[str, Any]:
    """`accuracy` ignores the threshold; the rest says what it does."""
    hits = [want == name for want, (name, _) in zip(wanted, answers)]
    sure = [confidence >= threshold for _, confidence in answers]
    outside = [row for row, want in enumerate(wanted) if want == OUT_OF_SCOPE]
    caught = [row for row in outside if not sure[row] or answers[row][0] == OUT_OF_SCOPE]
    return {
        "messages": len(hits),
        "accuracy": _share(hits),
        "macro_f1": _macro_f1(wanted, [name for name, _ in answers]),
        "accepted": _share(sure),
        "right_among_accepted": _share([hit for hit, ok in zip(hits, sure) if ok]),
        "out_of_scope_recall": len(caught) / len(outside) if outside else None,
        "calibration_error": _calibration_error(hits, [confidence for _, confidence in answers]),
    }


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _macro_f1(wanted: Sequence[str], given: Sequence[str]) -> float:
    right, want, gave = Counter(w for w, g in zip(wanted, given) if w == g), Counter(wanted), Counter(given)
    return float(np.mean([2 * right[name] / (want[name] + gave[name]) for name in want]))


def _calibration_error(hits: Sequence[bool], confidences: Sequence[float]) -> float:
    """Mean gap between confidence and accuracy over ten bins, weighted by their messages."""
    bins = np.minimum((np.array(confidences) * 10).astype(int), 9)
    gaps = [
        abs(np.array(hits)[bins == b].mean() - np.array(confidences)[bins == b].mean()) * (bins == b).sum()
        for b in set(bins)
    ]
    return float(sum(gaps) / len(hits))


def held_out(
    corpus: Corpus, fold_of: np.ndarray, settings: Settings, temperature: Optional[float]
) -> List[Tuple[str, float]]:
    """Each message answered by a model trained without its fold; the temperature is that of the whole."""
    answers: List[Optional[Tuple[str, float]]] = [None] * len(corpus.messages)
    for fold in np.unique(fold_of):
        rows = np.flatnonzero(fold_of == fold)
        model = corpus.fit(np.flatnonzero(fold_of != fold), settings, temperature)
        for row, answer in zip(rows, corpus.ask(model, rows)):
            answers[row] = answer
        print(
            f"  fold {fold}: {_share([corpus.labels[r] == answers[r][0] for r in rows]):.3f}",
            file=sys.stderr,
            flush=True,
        )  # type: ignore[index]
    return answers  # type: ignore[return-value]


def detail(corpus: Corpus, answers: Sequence[Tuple[str, float]], top: int = 12) -> Dict[str, Any]:
    wrong = Counter((want, name) for want, (name, _) in zip(corpus.labels, answers) if want != name)
    total, right = Counter(corpus.labels), Counter(w for w, (n, _) in zip(corpus.labels, answers) if w == n)
    worst = sorted((right[name] / total[name], name) for name in total)
    return {
        "worst_intents": [[name, round(recall, 3), total[name]] for recall, name in worst[:top]],
        "confused": [[want, name, count] for (want, name), count in wrong.most_common(top * 2)],
    }


def thresholds(wanted: Sequence[str], answers: Sequence[Tuple[str, float]]) -> List[List[float]]:
    """[threshold, share accepted, right among them] to choose the fallback's threshold by."""
    rows = []
    for threshold in np.arange(0.1, 0.75, 0.05):
        found = score(wanted, answers, float(threshold))
        rows.append([round(float(threshold), 2), found["accepted"], found["right_among_accepted"]])
    return rows


def evaluate(options: argparse.Namespace) -> Dict[str, Any]:
    settings = Settings()
    corpus = Corpus(read_all(options.sources))
    every = np.arange(len(corpus.messages))
    report: Dict[str, Any] = {
        "messages": len(every),
        "intents": len(set(corpus.labels)),
        "threshold": options.threshold,
    }
    if options.check:
        check = Corpus(read_tsv(options.check))
        started = time.perf_counter()
        model = corpus.fit(every, settings)
        report["train_seconds"] = round(time.perf_counter() - started, 1)
        report["temperature"] = model.temperature
        report["check_set"] = score(
            check.labels, check.ask(model, np.arange(len(check.messages))), options.threshold
        )
    if len(set(corpus.voices)) >= 2 and not options.quick:
        folds = np.unique(corpus.voices, return_inverse=True)[1]
        answers = held_out(corpus, folds, settings, report.get("temperature"))
        report["leave_one_voice_out"] = score(corpus.labels, answers, options.threshold)
        report["by_voice"] = {
            voice: _share([corpus.labels[r] == answers[r][0] for r in np.flatnonzero(corpus.voices == voice)])
            for voice in sorted(set(corpus.voices))
        }
        report["thresholds"] = thresholds(corpus.labels, answers)
        report.update(detail(corpus, answers))
    if options.folds:
        target = np.unique(corpus.labels, return_inverse=True)[1]
        answers = held_out(
            corpus, held_out_folds(target, None, options.folds), settings, report.get("temperature")
        )
        report["cross_validation"] = score(corpus.labels, answers, options.threshold)
        report.setdefault("confused", detail(corpus, answers)["confused"])
    return report


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "sources", nargs="+", type=Path, help="folders with nlu.yml files, nlu.yml files or TSV files"
    )
    parser.add_argument("--check", type=Path, help="TSV that is never trained on")
    parser.add_argument(
        "--threshold", type=float, default=0.3, help="of the fallback in config.yml (%(default)s)"
    )
    parser.add_argument(
        "--folds", type=int, default=0, help="also cross-validate in this many parts, voices mixed"
    )
    parser.add_argument("--quick", action="store_true", help="skip leave-one-voice-out")
    parser.add_argument("--json", type=Path, help="write the report here too")
    options = parser.parse_args()
    text = json.dumps(evaluate(options), ensure_ascii=False, indent=1, default=float)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
