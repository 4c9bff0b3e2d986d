"""Channels become one list, knowing the languages.

Every passage is scored inside the pool of its own language, where scores are comparable; then the pools are merged by those
standard scores. The keyword channel votes only in pools whose script the question shares: across scripts BM25 has nothing
to say, and its noise would push the right passages down.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.records import Language

SCRIPT: Mapping[Language, str] = {"mr": "deva", "hi": "deva", "en": "latn", "ja": "jpan", "und": "zyyy"}

LEXICAL_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with its inner product with the question and its BM25; None where a channel has no score for it."""

    chunk: int
    language: Language
    dense: float | None
    lexical: float | None


@dataclass(frozen=True, slots=True)
class Pool:
    """All passages of one language: how many, and mean and standard deviation of their inner products with the question."""

    language: Language
    size: int
    dense_mean: float
    dense_std: float


@dataclass(frozen=True, slots=True)
class Fused:
    """A passage and its fused score, comparable across the pools of one question."""

    chunk: int
    score: float


def fuse(query_language: Language, candidates: Sequence[Candidate], pools: Mapping[Language, Pool]) -> list[Fused]:
    """Rank ``candidates``, best first; equal scores in order of chunk id."""
    fused: list[Fused] = []
    for language in dict.fromkeys(candidate.language for candidate in candidates):
        members = [candidate for candidate in candidates if candidate.language == language]
        fused.extend(_within(members, pools.get(language), votes=shares_script(query_language, language)))
    return sorted(fused, key=lambda f: (-f.score, f.chunk))


def shares_script(query_language: Language, pool: Language) -> bool:
    """Whether words of the question can stand in passages of the pool."""
    return SCRIPT[query_language] == SCRIPT[pool] or "und" in (query_language, pool)


def _within(members: Sequence[Candidate], pool: Pool | None, votes: bool) -> list[Fused]:
    dense = [m.dense for m in members if m.dense is not None]
    mean, std = (pool.dense_mean, pool.dense_std) if pool is not None else _moments(dense)
    floor = min(dense, default=mean)
    lexical = [m.lexical or 0.0 for m in members]
    low, spread = _moments(lexical)
    fused = []
    for member, keywords in zip(members, lexical, strict=True):
        score = _standard(member.dense if member.dense is not None else floor, mean, std)
        if votes:
            score += LEXICAL_WEIGHT * _standard(keywords, low, spread)
        fused.append(Fused(member.chunk, score))
    return fused


def _standard(value: float, mean: float, std: float) -> float:
    return (value - mean) / std if std > 1e-9 else 0.0


def _moments(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return 0.0, 0.0
    mean = math.fsum(values) / len(values)
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
