"""The intent model: character n-grams and lifted sentence vectors into one ridge regression, confidence calibrated.

Invariants: no Rasa import; `fit` is deterministic; what is saved is numpy arrays and JSON, loaded without pickle;
`rank` sorts by confidence, then by name; confidences of all intents add up to 1.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import List, Optional, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix

from .lexical import CharNgrams
from .lifting import Lift
from .solver import Weights, solve

DEFAULT_TEMPERATURE = 0.2  # of an uncalibrated model
CALIBRATING = 2  # folds that set the temperature
ROUGHLY = 0.1  # residual that is good enough for the temperature
WEIGHTS_FILE, FACTS_FILE = "intents.npz", "intents.json"


@dataclass(frozen=True)
class Settings:
    """What can be tuned; defaults were chosen by leave-one-voice-out (see docs of tools/evaluate.py)."""

    low: int = 1
    high: int = 3
    min_count: int = 1
    encoder_weight: float = 1.0
    lifted: int = 1536
    width: float = 1.0
    ridge: float = 0.3
    folds: int = 5  # for the temperature, where the training data names no voices


class IntentModel:
    """Fitted on normalised texts and their sentence vectors, row by row."""

    def __init__(
        self,
        settings: Settings,
        labels: Sequence[str],
        ngrams: CharNgrams,
        lift: Lift,
        weights: Weights,
        temperature: float,
    ) -> None:
        self.settings, self.labels, self.ngrams, self.lift = settings, list(labels), ngrams, lift
        self.weights, self.temperature = weights, float(temperature)

    @classmethod
    def fit(cls, texts: Sequence[str], vectors: np.ndarray, labels: Sequence[str],
            groups: Optional[Sequence[str]] = None, settings: Optional[Settings] = None, *,
            calibrate: bool = True, temperature: Optional[float] = None) -> "IntentModel":  # fmt: skip
        """`groups` names the author of each message, so that confidence is calibrated for authors not seen.

        A `temperature` that is given is taken as it is.

        Raises ValueError when there are fewer than two intents.
        """
        settings = settings or Settings()
        names, target = np.unique(np.asarray(labels), return_inverse=True)
        if len(names) < 2:
            raise ValueError("an intent model needs messages of two intents or more")
        ngrams = CharNgrams.fit(texts, low=settings.low, high=settings.high, min_count=settings.min_count)
        lift = Lift.fit(vectors, size=settings.lifted, width=settings.width, weight=settings.encoder_weight)
        lexical, dense = ngrams.matrix(texts), lift.apply(vectors)
        wanted = np.eye(len(names), dtype=np.float32)[target] * 2 - 1
        if temperature is None:
            temperature = DEFAULT_TEMPERATURE
            if calibrate:
                fold_of = held_out_folds(target, groups, settings.folds)
                temperature = _calibrated(lexical, dense, wanted, target, fold_of, settings)
        found = solve(lexical, dense, wanted, ridge=settings.ridge)
        weights = Weights(found.lexical, lift.fold(found.dense), found.bias)
        return cls(settings, names.tolist(), ngrams, lift, weights, temperature)

    def scores(self, text: str, vector: np.ndarray) -> np.ndarray:
        columns, values = self.ngrams.row(text)
        dense = self.lift.raw(vector) @ self.weights.dense
        return values @ self.weights.lexical[columns] + dense + self.weights.bias

    def probabilities(self, text: str, vector: np.ndarray) -> np.ndarray:
        return softmax(self.scores(text, vector) / self.temperature)

    def rank(self, text: str, vector: np.ndarray) -> List[Tuple[str, float]]:
        found = self.probabilities(text, vector)
        return sorted(zip(self.labels, found.tolist()), key=lambda row: (-row[1], row[0]))

    def save(self, folder: Path) -> None:
        np.savez_compressed(
            folder / WEIGHTS_FILE, idf=self.ngrams.idf, bias=self.weights.bias, mean=self.lift.mean,
            dense=self.weights.dense, landmarks=self.lift.landmarks.astype(np.float16),
            lexical=self.weights.lexical.astype(np.float16),  # half the archive, no measurable loss
        )  # fmt: skip
        facts = {
            "settings": asdict(self.settings),
            "labels": self.labels,
            "terms": self.ngrams.terms,
            "temperature": self.temperature,
        }
        (folder / FACTS_FILE).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "IntentModel":
        facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
        settings = Settings(**facts["settings"])
        with np.load(folder / WEIGHTS_FILE, allow_pickle=False) as arrays:
            ngrams = CharNgrams(facts["terms"], arrays["idf"], settings.low, settings.high)
            lift = Lift(arrays["mean"], arrays["landmarks"], settings.width, settings.encoder_weight)
            weights = Weights(arrays["lexical"].astype(np.float32), arrays["dense"], arrays["bias"])
            return cls(settings, facts["labels"], ngrams, lift, weights, facts["temperature"])


def softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


def held_out_folds(target: np.ndarray, groups: Optional[Sequence[str]], count: int) -> np.ndarray:
    """One fold a voice where there are three voices or more; else stratified by counting, without random numbers."""
    if groups is not None and len(set(groups)) >= 3:
        return np.unique(np.asarray(groups), return_inverse=True)[1]
    fold_of = np.empty(len(target), dtype=np.int64)
    for label in np.unique(target):
        rows = np.flatnonzero(target == label)
        fold_of[rows] = (np.arange(len(rows)) + int(label)) % count
    return fold_of


def _calibrated(lexical: csr_matrix, dense: np.ndarray, wanted: np.ndarray, target: np.ndarray,
                fold_of: np.ndarray, settings: Settings) -> float:  # fmt: skip
    """The temperature for messages of folds that the weights have not seen.

    `CALIBRATING` folds are enough for one number, and each costs a whole fit. (The vocabulary has seen them: mild.)
    """
    folds = np.unique(fold_of)
    chosen = folds if len(folds) <= CALIBRATING else folds[:: len(folds) // CALIBRATING][:CALIBRATING]
    scores, targets = [], []
    for fold in chosen:
        held = fold_of == fold
        weights = solve(lexical[~held], dense[~held], wanted[~held], ridge=settings.ridge, tolerance=ROUGHLY)
        scores.append(weights.scores(lexical[held], dense[held]))
        targets.append(target[held])
    return _temperature(np.concatenate(scores), np.concatenate(targets))


def _temperature(scores: np.ndarray, target: np.ndarray) -> float:
    """The one number that makes held-out confidences as likely as possible."""
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        found = softmax(scores / np.exp(log_temperature))
        return -float(np.log(found[np.arange(len(target)), target] + 1e-12).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 2.0), method="bounded").x))
