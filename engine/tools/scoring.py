"""What is said about answers: accuracy, F1 by intent, confusion, calibration, and what a threshold buys.

Invariants: pure; an answer is a list of (intent, confidence), the likeliest first; shares are of 1.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

OUT_OF_SCOPE = "out_of_scope"
WANTED_AMONG_ACCEPTED = 0.95
BINS = 10
Answers = Sequence[Sequence[Tuple[str, float]]]


def score(wanted: Sequence[str], answers: Answers, threshold: float) -> Dict[str, Any]:
    """`accuracy` ignores the threshold; `accepted` and what follows says what it does."""
    names, confidences = [a[0][0] for a in answers], np.array([a[0][1] for a in answers])
    hits = np.array([want == name for want, name in zip(wanted, names)])
    sure = confidences >= threshold
    outside = np.array([want == OUT_OF_SCOPE for want in wanted])
    caught = ~sure | np.array([name == OUT_OF_SCOPE for name in names])
    by_intent = per_intent(wanted, names)
    return {
        "messages": len(hits),
        "accuracy": float(hits.mean()),
        "macro_f1": float(np.mean([row["f1"] for row in by_intent.values()])),
        "among_first_three": float(
            np.mean([want in [n for n, _ in a[:3]] for want, a in zip(wanted, answers)])
        ),
        "accepted": float(sure.mean()),
        "right_among_accepted": float(hits[sure].mean()) if sure.any() else 0.0,
        "out_of_scope_recall": float(caught[outside].mean()) if outside.any() else None,
        "calibration_error": calibration_error(hits, confidences),
        "selective": selective(wanted, names, confidences),
        "reliability": reliability(hits, confidences),
        "thresholds": thresholds(hits, confidences, answers),
        "by_intent": by_intent,
        "confused": [[a, b, n] for (a, b), n in _wrong(wanted, names).most_common(30)],
        "confusion": confusion(wanted, names),
    }


def per_intent(wanted: Sequence[str], given: Sequence[str]) -> Dict[str, Dict[str, float]]:
    right = Counter(w for w, g in zip(wanted, given) if w == g)
    want, gave = Counter(wanted), Counter(given)
    return {
        name: {
            "messages": want[name],
            "precision": right[name] / gave[name] if gave[name] else 0.0,
            "recall": right[name] / want[name],
            "f1": 2 * right[name] / (want[name] + gave[name]),
        }
        for name in sorted(want)
    }


def confusion(wanted: Sequence[str], given: Sequence[str]) -> Dict[str, Any]:
    names = sorted(set(wanted) | set(given))
    place = {name: row for row, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)), dtype=int)
    for want, name in zip(wanted, given):
        counts[place[want], place[name]] += 1
    return {"names": names, "counts": counts.tolist()}


def selective(
    wanted: Sequence[str], given: Sequence[str], confidences: np.ndarray
) -> Optional[Dict[str, float]]:
    """The lowest threshold at which 95 % of the accepted in-scope messages are right, and what it catches.

    None without messages out of scope, or where no threshold is enough.
    """
    inside = np.array([want != OUT_OF_SCOPE for want in wanted])
    if inside.all():
        return None
    hits = np.array([want == name for want, name in zip(wanted, given)])
    foreign = np.array([name == OUT_OF_SCOPE for name in given])
    for threshold in np.arange(0.0, 1.0, 0.01):
        taken = (confidences >= threshold) & ~foreign
        if (taken & inside).any() and hits[taken & inside].mean() >= WANTED_AMONG_ACCEPTED:
            return {
                "threshold": round(float(threshold), 2),
                "in_scope_accepted": float(taken[inside].mean()),
                "in_scope_accuracy": float(hits[taken & inside].mean()),
                "out_of_scope_recall": float((~taken)[~inside].mean()),
            }
    return None


def reliability(hits: np.ndarray, confidences: np.ndarray) -> List[List[float]]:
    """[mean confidence, share right, messages] by tenth of confidence."""
    bins = np.minimum((confidences * BINS).astype(int), BINS - 1)
    return [
        [float(confidences[bins == b].mean()), float(hits[bins == b].mean()), int((bins == b).sum())]
        for b in range(BINS)
        if (bins == b).any()
    ]


def calibration_error(hits: np.ndarray, confidences: np.ndarray) -> float:
    """Mean gap between confidence and accuracy over ten bins, weighted by their messages."""
    rows = reliability(hits, confidences)
    return float(sum(abs(said - was) * n for said, was, n in rows) / len(hits))


def thresholds(hits: np.ndarray, confidences: np.ndarray, answers: Answers) -> List[List[float]]:
    """[threshold, share accepted, right among them, rivals]: `rivals` are accepted ones whose runner-up has half as much."""
    close = np.array([len(a) > 1 and a[1][1] >= 0.5 * a[0][1] for a in answers])
    rows = []
    for threshold in np.arange(0.1, 0.75, 0.05):
        sure = confidences >= threshold
        rows.append(
            [
                round(float(threshold), 2),
                float(sure.mean()),
                float(hits[sure].mean()) if sure.any() else 0.0,
                float((sure & close).mean()),
            ]
        )
    return rows


def _wrong(wanted: Sequence[str], given: Sequence[str]) -> "Counter[Tuple[str, str]]":
    return Counter((want, name) for want, name in zip(wanted, given) if want != name)
