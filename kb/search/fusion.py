"""Channels become one list, knowing the languages: dense, keywords, names, glossary terms, numbered places.

Every passage is scored inside the pool of its own language, where scores are comparable; then the pools are merged by those standard
scores. The keyword channel votes only in pools whose script the question shares: across scripts BM25 has nothing to say, and
its noise would push the right passages down.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.index.glossary import Found
from kb.records import ExpandedTerm
from lang.languages import Language, script_of

LEXICAL_WEIGHT = 12.0
"""Standard deviations of the dense score that a whole question's worth of keywords would count."""
TELLING = 0.15
"""Keyword score from which the best passage of a pool is evidence that the pool answers. The passage that answers has 0.3 to
0.45 (quartiles over four same-language sets); the best of a pool that does not answer has 0.05 to 0.2."""
NAMES_WEIGHT = 4.0
"""Standard deviations that all the names of a question count in a pool of another script."""
_FLAT = 1e-12
PRIOR = 30
"""A pool borrows mean and variance from all passages together as if it had this many more."""
OWN_MEAN = 0.8
"""How much of its own mean a large pool keeps. All of it would bring a pool that has no answer level with one that has; none
of it would let the passages in the question's own language crowd out the others."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with its inner product with the question, its keyword score and its name score (0 to 1); None where a channel is silent."""

    chunk: int
    language: Language
    dense: float | None
    lexical: float | None
    names: float | None = None


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
    """Rank ``candidates``, best first; equal scores in order of chunk id.

    Inside a pool the score is ``z(dense) + LEXICAL_WEIGHT · lexical``; the keyword term is there only if the question shares
    the pool's script, and it is shifted so that the pool's best keyword match gains over other pools only by what it has
    above `TELLING`. The shift is the same for the whole pool: it moves pools against each other, never passages inside one.
    In the other pools the names that the question and a passage share take the place of the keywords.
    """
    members: dict[Language, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        members[candidate.language].append(candidate)
    overall = _overall([pools[language] for language in members if language in pools])
    fused: list[Fused] = []
    for language, inside in members.items():
        mean, std = _shrunk(pools.get(language), overall) or _sample(inside)
        shared = shares_script(query_language, language)
        level = min(max(c.lexical or 0.0 for c in inside), TELLING)
        floor = min((c.dense for c in inside if c.dense is not None), default=mean)
        for c in inside:
            dense = c.dense if c.dense is not None else floor
            words = LEXICAL_WEIGHT * ((c.lexical or 0.0) - level) if shared else NAMES_WEIGHT * (c.names or 0.0)
            fused.append(Fused(c.chunk, (dense - mean) / std + words))
    return sorted(fused, key=lambda f: (-f.score, f.chunk))


def shares_script(query_language: Language, pool: Language) -> bool:
    """Whether words of the question can stand in passages of the pool."""
    return script_of(query_language) == script_of(pool) or "und" in (query_language, pool)


def _overall(pools: Sequence[Pool]) -> Pool | None:
    """All passages as one pool."""
    size = sum(pool.size for pool in pools)
    if size == 0:
        return None
    mean = sum(pool.size * pool.dense_mean for pool in pools) / size
    second = sum(pool.size * (pool.dense_std**2 + pool.dense_mean**2) for pool in pools) / size
    return Pool("und", size, mean, math.sqrt(max(second - mean * mean, 0.0)))


def _shrunk(pool: Pool | None, overall: Pool | None) -> tuple[float, float] | None:
    """Mean and standard deviation of a pool; of a handful of passages they mean little, so all passages have a say in them."""
    if pool is None or overall is None:
        return None
    share = pool.size / (pool.size + PRIOR)
    mean = OWN_MEAN * share * pool.dense_mean + (1 - OWN_MEAN * share) * overall.dense_mean
    variance = share * pool.dense_std**2 + (1 - share) * overall.dense_std**2
    return mean, math.sqrt(variance) if variance > _FLAT else 1.0


def _sample(inside: Sequence[Candidate]) -> tuple[float, float]:
    """Mean and standard deviation of the candidates themselves, where nothing is known of their pool."""
    dense = [c.dense for c in inside if c.dense is not None]
    if not dense:
        return 0.0, 1.0
    mean = math.fsum(dense) / len(dense)
    variance = math.fsum((value - mean) ** 2 for value in dense) / len(dense)
    return mean, math.sqrt(variance) if variance > _FLAT else 1.0


LEAD = 20.0
"""Standard deviations that standing at the asked place counts: more than all words and names together, so that it decides."""
OWN = 3.0
"""What is added where the place is in the question's own language: of two versions of an agreement that one is wanted."""


def lead_with_places(ranked: Sequence[Fused], at_place: Mapping[int, float], own: Mapping[int, float]) -> list[Fused]:
    """``ranked`` with the passages of ``at_place`` (0 to 1 by chunk) lifted to the front, those of ``own`` among them first."""
    if not at_place:
        return list(ranked)
    lifted = [Fused(f.chunk, f.score + LEAD * at_place.get(f.chunk, 0.0) + OWN * own.get(f.chunk, 0.0)) for f in ranked]
    return sorted(lifted, key=lambda f: (-f.score, f.chunk))


ACROSS = 2.0
"""Standard deviations that all terms of a question count in a pool of another script, where its own words cannot be met."""
BESIDE = 0.5
"""The same where the script is shared: there the other names are only a help beside the words."""


def term_weight(question: Language, pool: Language) -> float:
    """What a whole question's worth of terms counts in a pool."""
    return BESIDE if shares_script(question, pool) else ACROSS


def shown_terms(found: Sequence[Found]) -> tuple[ExpandedTerm, ...]:
    """The terms of a question as a person may see them."""
    return tuple(ExpandedTerm(one.surface, one.term.names) for one in found)


def with_terms(ranked: Sequence[Fused], votes: Mapping[int, float]) -> list[Fused]:
    """``ranked`` with what the terms say of each chunk added; ``votes`` are term scores by chunk, weighed for their pools."""
    if not votes:
        return list(ranked)
    return sorted((Fused(f.chunk, f.score + votes.get(f.chunk, 0.0)) for f in ranked), key=lambda f: (-f.score, f.chunk))
