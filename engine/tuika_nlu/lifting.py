"""Sentence vectors lifted into more dimensions, so that a linear model may draw curved borders.

Random Fourier features (Rahimi and Recht, 2007): cosines of random projections whose inner products come near
a Gaussian kernel of the centred vectors. Invariants: the projections come from a fixed seed and are not stored; the
vector itself is kept beside them; a lift of size 0 changes nothing.
"""

from __future__ import annotations

import numpy as np

SEED = 7


class Lift:
    """`width` is the kernel's gamma: the larger, the more local."""

    def __init__(self, mean: np.ndarray, size: int, width: float, weight: float) -> None:
        self.mean, self.size, self.width, self.weight = mean.astype(np.float32), size, width, weight
        random = np.random.RandomState(
            SEED
        )  # the legacy generator: its numbers are the same in every release
        scale = np.sqrt(2.0 * width)
        self._turn = random.normal(scale=scale, size=(len(mean), size)).astype(np.float32)
        self._shift = random.uniform(0.0, 2.0 * np.pi, size).astype(np.float32)
        self._scale = np.float32(np.sqrt(2.0 / size)) if size else np.float32(0.0)

    @classmethod
    def fit(cls, vectors: np.ndarray, *, size: int, width: float, weight: float) -> "Lift":
        return cls(vectors.mean(axis=0), size, width, weight)

    def apply(self, vectors: np.ndarray) -> np.ndarray:
        """(n, d) or (d,) -> (n, size + d) or (size + d,)."""
        plain = (vectors * self.weight).astype(np.float32)
        if not self.size:
            return plain
        centred = vectors - self.mean
        norm = np.linalg.norm(centred, axis=-1, keepdims=True)
        centred = centred / np.maximum(norm, 1e-6)
        waves = np.cos(centred.astype(np.float32) @ self._turn + self._shift) * self._scale
        return np.concatenate([waves, plain], axis=-1)
