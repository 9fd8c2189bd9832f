"""Sentence vectors lifted into more dimensions, so that a linear model may draw curved borders.

The Nystroem method (Williams and Seeger, 2001): a vector's Gaussian likenesses to some of the training messages
(landmarks), turned so that their inner products come near the kernel's. A third of the dimensions of random Fourier
features do as well here. Invariants: landmarks are drawn by a fixed seed; the vector itself is kept beside the lifted one;
a lift of size 0 changes nothing; serving needs the landmarks only, since `fold` puts the turn into the weights.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh

SEED = 7
_LEAST = 1e-5  # directions in which the landmarks do not differ are left out


class Lift:
    """`width` is the kernel's gamma: the larger, the more local."""

    def __init__(self, mean: np.ndarray, landmarks: np.ndarray, width: float, weight: float) -> None:
        self.mean, self.width, self.weight = mean.astype(np.float32), width, weight
        self.landmarks = landmarks.astype(np.float32)

    @classmethod
    def fit(cls, vectors: np.ndarray, *, size: int, width: float, weight: float) -> "Lift":
        """As many landmarks as there are messages, where there are fewer than `size`."""
        # the legacy generator: its numbers are the same in every release
        drawn = np.random.RandomState(SEED).permutation(len(vectors))[:size]
        mean = vectors.mean(axis=0)
        made = cls(mean, np.empty((0, vectors.shape[1])), width, weight)
        landmarks = made._centred(vectors[np.sort(drawn)]) if size else made.landmarks
        # as they are kept in the model, so that what is fitted is what is served
        return cls(mean, landmarks.astype(np.float16), width, weight)

    def turn(self) -> np.ndarray:
        """Likenesses times this are the lifted vector."""
        likeness = self._likeness(self.landmarks).astype(np.float64)
        values, directions = eigh(likeness)
        kept = np.where(values > _LEAST, 1 / np.sqrt(np.maximum(values, _LEAST)), 0)
        return ((directions * kept) @ directions.T).astype(np.float32)

    def raw(self, vectors: np.ndarray) -> np.ndarray:
        """(n, d) or (d,) -> likenesses to the landmarks and the vector itself, for folded weights."""
        plain = (vectors * self.weight).astype(np.float32)
        if not len(self.landmarks):
            return plain
        return np.concatenate([self._likeness(self._centred(vectors)), plain], axis=-1)

    def apply(self, vectors: np.ndarray) -> np.ndarray:
        """(n, d) -> (n, size + d), for fitting."""
        raw, size = self.raw(vectors), len(self.landmarks)
        if size:
            raw[..., :size] = raw[..., :size] @ self.turn()
        return raw

    def fold(self, weights: np.ndarray) -> np.ndarray:
        """Weights for `apply` made weights for `raw`."""
        size = len(self.landmarks)
        if not size:
            return weights
        return np.concatenate([self.turn() @ weights[:size], weights[size:]])

    def _centred(self, vectors: np.ndarray) -> np.ndarray:
        centred = (vectors - self.mean).astype(np.float32)
        return centred / np.maximum(np.linalg.norm(centred, axis=-1, keepdims=True), 1e-6)

    def _likeness(self, centred: np.ndarray) -> np.ndarray:
        # unit vectors: the squared distance is 2 - 2 cos
        return np.exp((centred @ self.landmarks.T - 1) * np.float32(2 * self.width))
