"""What a user would put together instead: the systems that search is measured against, over the same corpus in the same run.

- ``bm25``: Okapi BM25 over words and their first four and five characters (pairs of characters in Japanese), one index for everything.
- ``rrf``: reciprocal rank fusion of dense search and ``bm25``, as Cormack et al. (2009) give it, k = 60.
- ``z-fusion``: ``z(dense) + 0.5 · z(bm25)``, the standard scores taken over all documents for each question.
- ``z-fusion, our keywords``: the same with our own keyword channel in place of ``bm25``.
- ``langchain``: the recipe of LangChain's ``EnsembleRetriever`` over its ``BM25Retriever`` (words are what stands between spaces, the
  idf of ``rank_bm25``'s ``BM25Okapi``) and dense search: reciprocal ranks with c = 60 and equal weights.

Dense scores are ours and exact in all of them, so that what differs is the fusion.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import regex
from numpy.typing import NDArray

from eval.datasets.beir import BeirSet

Run = Mapping[str, Mapping[str, float]]
"""``run[query][document]`` is a score, higher is better."""

RRF_K = 60
Z_WEIGHT = 0.5
TAKEN = 100
"""Documents that each channel hands to a fusion by rank."""

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_CJK = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー々]+")


def words(text: str) -> list[str]:
    """Lower-cased words with their prefixes of four and five characters; of Japanese, pairs of characters."""
    tokens: list[str] = []
    for word in _WORD.findall(text.lower()):
        if _CJK.search(word):
            tokens += [word[i : i + 2] for i in range(max(len(word) - 1, 1))]
        else:
            tokens += [word, *(f"{word[:n]}*" for n in (4, 5) if len(word) > n)]
    return tokens


class Okapi:
    """BM25 over the tokens that ``split`` makes; see `Okapi.scores`."""

    def __init__(self, texts: Sequence[str], split: Callable[[str], list[str]], k1: float, b: float, negative_idf: bool) -> None:
        counts = [Counter(split(text)) for text in texts]
        self._split = split
        self._k1 = k1
        lengths = np.array([sum(count.values()) for count in counts], dtype=float)
        self._norm = k1 * (1 - b + b * lengths / max(lengths.mean(), 1e-9))
        self._columns: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for row, count in enumerate(counts):
            for token, frequency in count.items():
                self._columns[token][0].append(row)
                self._columns[token][1].append(frequency)
        n = len(texts)
        held = {token: len(rows) for token, (rows, _) in self._columns.items()}
        if negative_idf:
            self._idf = {token: math.log((n - df + 0.5) / (df + 0.5)) for token, df in held.items()}
            floor = 0.25 * sum(self._idf.values()) / max(len(self._idf), 1)
            self._idf = {token: value if value >= 0 else floor for token, value in self._idf.items()}
        else:
            self._idf = {token: math.log1p((n - df + 0.5) / (df + 0.5)) for token, df in held.items()}

    def scores(self, question: str) -> NDArray[np.float64]:
        """The score of every text, in the order they were given; repeated tokens of the question count again."""
        found = np.zeros(len(self._norm))
        for token in self._split(question):
            if token in self._columns:
                rows, frequencies = (np.array(column) for column in self._columns[token])
                found[rows] += self._idf[token] * frequencies * (self._k1 + 1) / (frequencies + self._norm[rows])
        return found


def runs(data: BeirSet, dense: Run, keywords: Run) -> dict[str, dict[str, dict[str, float]]]:
    """The baselines' rankings.

    Args:
        data: the set.
        dense: the inner product of every document's best passage with each question; a document that is missing is taken for the worst.
        keywords: our own keyword scores likewise; a document that is missing has 0.
    """
    ids = [passage.id for passage in data.corpus]
    texts = [f"{passage.title} {passage.text}".strip() for passage in data.corpus]
    plain = Okapi(texts, words, 1.2, 0.75, negative_idf=False)
    spaced = Okapi(texts, str.split, 1.5, 0.75, negative_idf=True)
    made: dict[str, dict[str, dict[str, float]]] = {name: {} for name in ("bm25", "rrf", "z-fusion", "z-fusion, our keywords", "langchain")}
    for query, question in data.queries.items():
        near = np.array([dense[query].get(i, np.nan) for i in ids])
        near[np.isnan(near)] = np.nanmin(near) if not np.isnan(near).all() else 0.0
        ours = np.array([keywords[query].get(i, 0.0) for i in ids])
        bm25, langchain = plain.scores(question), spaced.scores(question)
        scored = {
            "bm25": bm25,
            "rrf": reciprocal_ranks(near, 1.0) + reciprocal_ranks(bm25, 1.0, least=0.0),
            "z-fusion": standard(near) + Z_WEIGHT * standard(bm25),
            "z-fusion, our keywords": standard(near) + Z_WEIGHT * standard(ours),
            "langchain": reciprocal_ranks(near, 0.5) + reciprocal_ranks(langchain, 0.5),
        }
        for name, scores in scored.items():
            made[name][query] = _best(ids, scores)
    return made


def standard(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores less their mean, over their standard deviation; zeros where all are equal."""
    spread = float(scores.std())
    return (scores - scores.mean()) / spread if spread > 1e-12 else np.zeros_like(scores)


def reciprocal_ranks(scores: NDArray[np.float64], weight: float, least: float = -math.inf) -> NDArray[np.float64]:
    """``weight / (RRF_K + rank)`` for the best `TAKEN` above ``least``, 0 for the others; equal scores in the order they were given."""
    found = np.zeros(len(scores))
    order = np.argsort(-scores, kind="stable")[:TAKEN]
    order = order[scores[order] > least]
    found[order] = weight / (RRF_K + 1 + np.arange(len(order)))
    return found


def _best(ids: Sequence[str], scores: NDArray[np.float64]) -> dict[str, float]:
    # Metrics break ties in their own way; a score made of the rank keeps the order.
    order = np.argsort(-scores, kind="stable")[:TAKEN]
    return {ids[row]: 1.0 / rank for rank, row in enumerate(order, start=1)}
