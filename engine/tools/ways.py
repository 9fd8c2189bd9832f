"""The ways that `compare.py` compares: each takes a corpus and the rows to fit on, and scores every message.

Invariants: only the rows given are fitted on, vocabularies included; deterministic.
"""

from __future__ import annotations

import importlib
import unicodedata
from typing import Any, Callable, Dict, Optional, Tuple

import numpy as np
from corpus import Corpus
from scipy.sparse import csr_matrix, diags, hstack

from tuika_nlu.embedding import encode
from tuika_nlu.lexical import CharNgrams
from tuika_nlu.lifting import Lift
from tuika_nlu.model import softmax
from tuika_nlu.solver import solve

NEIGHBOURS = 7
Features = Tuple[csr_matrix, np.ndarray]
Way = Callable[[Corpus, np.ndarray], np.ndarray]


class Missing(Exception):
    """A library that this way needs."""


def library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise Missing(name) from None


def lexical(corpus: Corpus, rows: np.ndarray, *, low: int = 1, high: int = 3, power: float = 1.0,
            spell: Optional[Callable[[str], str]] = None) -> csr_matrix:  # fmt: skip
    texts = [spell(text) for text in corpus.texts] if spell else list(corpus.texts)
    fitted = CharNgrams.fit([texts[row] for row in rows], low=low, high=high)
    fitted.idf = fitted.idf**power
    return fitted.matrix(texts)


def lifted(corpus: Corpus, rows: np.ndarray, size: int, width: float = 1.0) -> np.ndarray:
    vectors = corpus.vectors
    return Lift.fit(vectors[rows], size=size, width=width, weight=1.0).apply(vectors)


def bm25(corpus: Corpus, rows: np.ndarray, k: float = 1.2, b: float = 0.75) -> csr_matrix:
    fitted = CharNgrams.fit([corpus.texts[row] for row in rows], low=1, high=3)
    plain = lexical(corpus, rows)
    counts = plain.copy()
    counts.data = np.ones_like(counts.data)
    length = np.asarray(counts.sum(axis=1)).ravel()
    damp = 1 / (1 + k * (1 - b + b * length / max(length.mean(), 1)))
    weighed = diags((k + 1) * damp) @ counts @ diags(fitted.idf)
    norms = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    return (diags(1 / np.maximum(norms, 1e-6)) @ weighed).tocsr().astype(np.float32)


def sounds() -> Callable[[str], str]:
    """One letter a syllable, toneless, so that character n-grams of it are n-grams of sounds."""
    table = library("pypinyin.pinyin_dict").pinyin_dict
    known: Dict[str, str] = {}

    def spell(text: str) -> str:
        made = []
        for char in text:
            said = table.get(ord(char))
            if said is None:
                made.append(char)
                continue
            plain = "".join(
                c for c in unicodedata.normalize("NFD", said.split(",")[0]) if not unicodedata.combining(c)
            )
            made.append(known.setdefault(plain, chr(0xE000 + len(known))))
        return "".join(made)

    return spell


def words() -> Callable[[str], str]:
    jieba = library("jieba")
    known: Dict[str, str] = {}
    return lambda text: "".join(known.setdefault(w, chr(0xF0000 + len(known))) for w in jieba.lcut(text))


def half(first: csr_matrix, second: csr_matrix) -> csr_matrix:
    return hstack([first * np.sqrt(0.5), second * np.sqrt(0.5)]).tocsr().astype(np.float32)


def noisy(text: str, random: np.random.RandomState) -> str:
    """A character dropped, doubled or swapped with its neighbour."""
    if len(text) < 4:
        return text
    at, way = random.randint(len(text) - 1), random.randint(3)
    if way == 0:
        return text[:at] + text[at + 1 :]
    return text[:at] + (text[at] * 2 if way == 1 else text[at + 1] + text[at]) + text[at + 1 + (way == 2) :]


def ridge(features: Features, corpus: Corpus, rows: np.ndarray, *, strength: float = 0.3,
          weights: Optional[np.ndarray] = None) -> np.ndarray:  # fmt: skip
    """Scores of all messages. `weights` by fitted message scale its equation."""
    names, target = np.unique(corpus.labels[rows], return_inverse=True)
    wanted = np.eye(len(names), dtype=np.float32)[target] * 2 - 1
    sparse, dense = features
    part, solid = sparse[rows], dense[rows]
    if weights is not None:
        root = np.sqrt(weights).astype(np.float32)
        part, solid = (diags(root) @ part).tocsr(), solid * root[:, None]
        wanted = wanted * root[:, None]
    return solve(part, solid, wanted, ridge=strength).scores(sparse, dense)


def neighbours(corpus: Corpus, rows: np.ndarray) -> np.ndarray:
    """Summed likeness of the nearest fitted messages, by intent."""
    names, target = np.unique(corpus.labels[rows], return_inverse=True)
    likeness = corpus.vectors @ corpus.vectors[rows].T
    nearest = np.argpartition(-likeness, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    votes = np.zeros((len(corpus), len(names)), dtype=np.float32)
    for column in range(NEIGHBOURS):
        at = nearest[:, column]
        votes[np.arange(len(votes)), target[at]] += likeness[np.arange(len(votes)), at] ** 8
    return votes


def bayes(corpus: Corpus, rows: np.ndarray) -> np.ndarray:
    """Multinomial naive Bayes over n-grams that a message has or has not."""
    from sklearn.naive_bayes import ComplementNB

    counts = lexical(corpus, rows)
    counts.data = np.ones_like(counts.data)
    return ComplementNB(alpha=0.1).fit(counts[rows], corpus.labels[rows]).predict_log_proba(counts)


def ways(size: int) -> Dict[str, Way]:
    """Every way by name: (corpus, rows to fit on) -> scores of all messages."""
    none = lambda corpus: np.zeros((len(corpus), 1), dtype=np.float32)  # noqa: E731
    empty = lambda corpus: csr_matrix((len(corpus), 1), dtype=np.float32)  # noqa: E731

    def kept(c: Corpus, r: np.ndarray, **more: Any) -> np.ndarray:
        return ridge((lexical(c, r), lifted(c, r, size)), c, r, **more)

    def spelled(make: Callable[[], Callable[[str], str]]) -> Way:
        def way(c: Corpus, r: np.ndarray) -> np.ndarray:
            union = half(lexical(c, r), lexical(c, r, spell=make()))
            return ridge((union, lifted(c, r, size)), c, r)

        return way

    def mixed(other: Way, heat: float) -> Way:
        return lambda c, r: softmax(kept(c, r) / 0.2) + softmax(other(c, r) * heat)

    return {
        "kept: n-grams 1-3 + lifted encoder, ridge": kept,
        "n-grams alone": lambda c, r: ridge((lexical(c, r), none(c)), c, r),
        "encoder alone, plain": lambda c, r: ridge((empty(c), c.vectors), c, r),
        "encoder alone, lifted": lambda c, r: ridge((empty(c), lifted(c, r, size)), c, r),
        "n-grams + plain encoder": lambda c, r: ridge((lexical(c, r), c.vectors), c, r),
        "n-grams 1-2": lambda c, r: ridge((lexical(c, r, high=2), lifted(c, r, size)), c, r),
        "n-grams 1-4": lambda c, r: ridge((lexical(c, r, high=4), lifted(c, r, size)), c, r),
        "root of the idf": lambda c, r: ridge((lexical(c, r, power=0.5), lifted(c, r, size)), c, r),
        "BM25 in place of TF-IDF": lambda c, r: ridge((bm25(c, r), lifted(c, r, size)), c, r),
        "lift twice as local": lambda c, r: ridge((lexical(c, r), lifted(c, r, size, 2.0)), c, r),
        "lift of 4,096": lambda c, r: ridge((lexical(c, r), lifted(c, r, 4096)), c, r),
        "half n-grams of sounds (pinyin)": spelled(sounds),
        "half n-grams of words (jieba)": spelled(words),
        "voices weighed alike": lambda c, r: kept(c, r, weights=_balanced(c.voices[r])),
        "intents weighed alike": lambda c, r: kept(c, r, weights=_balanced(c.labels[r])),
        "noise added (a slip in a copy of each message)": lambda c, r: _with_noise(c, r, size),
        "nearest neighbours alone": neighbours,
        "kept, averaged with nearest neighbours": mixed(neighbours, 2.0),
        "naive Bayes alone": bayes,
        "kept, averaged with naive Bayes": mixed(bayes, 0.3),
    }


def _balanced(names: np.ndarray) -> np.ndarray:
    _, place, count = np.unique(names, return_inverse=True, return_counts=True)
    return count.mean() / count[place]


def _with_noise(corpus: Corpus, rows: np.ndarray, size: int) -> np.ndarray:
    random, more = np.random.RandomState(7), Corpus([])
    slipped = [noisy(text, random) for text in corpus.texts[rows]]
    more.texts = np.concatenate([corpus.texts, np.array(slipped, dtype=object)])
    more.messages = list(more.texts)
    more.labels = np.concatenate([corpus.labels, corpus.labels[rows]])
    more.voices = np.concatenate([corpus.voices, corpus.voices[rows]])
    more.vectors = np.concatenate([corpus.vectors, encode(slipped)])
    every = np.concatenate([rows, np.arange(len(corpus), len(more))])
    return ridge((lexical(more, every), lifted(more, every, size)), more, every)[: len(corpus)]
