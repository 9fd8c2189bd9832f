"""TF-IDF over character n-grams in numpy, so that a trained model is data and not pickled code.

Invariants: the same text gives the same vector in training, in `tools/evaluate.py` and in a parse; vectors have
length 1 (or are empty); unseen n-grams are ignored; the vocabulary's order is fixed by the training text.
"""

from __future__ import annotations

from collections import Counter
from typing import Dict, Iterable, List, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix

START, END = "\u0002", "\u0003"  # so that "how a message begins" is a feature; never in a normalised text


def ngrams(text: str, low: int, high: int) -> Iterable[str]:
    text = START + text + END
    for size in range(low, high + 1):
        for start in range(len(text) - size + 1):
            yield text[start : start + size]


class CharNgrams:
    """A fitted vocabulary with its inverse document frequencies."""

    def __init__(self, terms: Sequence[str], idf: np.ndarray, low: int, high: int) -> None:
        self.terms, self.idf, self.low, self.high = list(terms), idf.astype(np.float32), low, high
        self._index: Dict[str, int] = {term: column for column, term in enumerate(self.terms)}

    @classmethod
    def fit(cls, texts: Sequence[str], *, low: int, high: int, min_count: int = 1) -> "CharNgrams":
        """`min_count` is the number of messages that an n-gram must occur in."""
        seen: Counter = Counter()
        for text in texts:
            seen.update(set(ngrams(text, low, high)))
        terms = sorted(term for term, count in seen.items() if count >= min_count)
        counts = np.array([seen[term] for term in terms], dtype=np.float64)
        return cls(terms, np.log((1 + len(texts)) / (1 + counts)) + 1, low, high)

    def row(self, text: str) -> Tuple[np.ndarray, np.ndarray]:
        """Columns and values of one message; sublinear counts, length 1."""
        index = self._index
        counts = Counter(index[gram] for gram in ngrams(text, self.low, self.high) if gram in index)
        columns = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        values = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (1 + np.log(values)) * self.idf[columns]
        norm = float(np.sqrt(values @ values))
        return columns, values / norm if norm else values

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        rows: List[Tuple[np.ndarray, np.ndarray]] = [self.row(text) for text in texts]
        starts = np.cumsum([0] + [len(columns) for columns, _ in rows])
        columns = np.concatenate([columns for columns, _ in rows]) if rows else np.empty(0, dtype=np.int64)
        values = np.concatenate([values for _, values in rows]) if rows else np.empty(0, dtype=np.float32)
        return csr_matrix((values, columns, starts), shape=(len(rows), len(self.terms)))
