"""Which passages are about a topic, so that a trainer would put them into a module on it: read, not only found.

Every passage that the search finds first is read (`kb.embed.cross_encoders`): how surely does it answer, when the topic is what is asked?
A paper is told by its best passages, a passage by itself and by its paper. The rest is what the search knows: how near in meaning, how far
below the first, how many of the topic's words and terms stand there. A logistic model weighs these; ``topicality.json`` holds what
``python -m eval topicality --write`` fitted on topics and papers of people who had not seen the code.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb import KnowledgeBase
from kb.embed.cross_encoders import Reading
from kb.records import Filters, Hit
from kb.verify.entailment import probability
from lang.languages import Language, detect
from lang.words.search_tokens import content_words, script

READ: Final = 40
"""Passages of all papers that are read."""
PAPERS: Final = 6
"""Papers whose other passages are read too: those with the likeliest passages."""
OF_PAPER: Final = 30
"""Passages of one paper."""
FEATURES: Final = ("own", "paper", "below", "first", "cosine", "words", "held", "foreign")
"""What is weighed of a passage: the log-odds of its reading, and the best of its paper's; how far its search score lies below the first in
its language, and that first; its cosine in hundredths less the mean of those found; the share of the topic's words or terms in it, and of
its words in the paper, each counted by how rare it is; whether it is in another script.
"""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """A passage and the chance that a trainer would put it into a module on the topic."""

    hit: Hit
    chance: float


def about(kb: KnowledgeBase, topic: str, filters: Filters) -> list[Fit]:
    """The passages that may be about a topic, likeliest first, each once."""
    hits, rows = candidates(kb, topic, filters)
    weights = topic_weights()
    totals = rows @ np.array([weights[name] for name in FEATURES]) + weights["constant"]
    return sorted((Fit(hit, probability(float(total))) for hit, total in zip(hits, totals, strict=True)), key=lambda fit: -fit.chance)


def candidates(kb: KnowledgeBase, topic: str, filters: Filters) -> tuple[list[Hit], Floats]:
    """The passages that are read, and what is weighed of each, shape ``(passages, len(FEATURES))``."""
    found = kb.search(topic, k=READ, filters=filters).hits
    hits = {hit.chunk: hit for hit in found}
    odds = _read(kb, topic, found)
    likeliest = sorted(found, key=lambda hit: -odds[hit.chunk])
    for document in list(dict.fromkeys(hit.document_id for hit in likeliest))[:PAPERS]:
        more = [hit for hit in kb.search(topic, k=OF_PAPER, filters=Filters(documents=(document,))).hits if hit.chunk not in hits]
        hits |= {hit.chunk: hit for hit in more}
        odds |= _read(kb, topic, more)
    every = list(hits.values())
    return every, _features(kb, topic, every, [odds[hit.chunk] for hit in every])


def _features(kb: KnowledgeBase, topic: str, hits: Sequence[Hit], odds: Sequence[float]) -> Floats:
    best: dict[int, float] = {}
    for hit, own in zip(hits, odds, strict=True):
        best[hit.document_id] = max(own, best.get(hit.document_id, own))
    pools: dict[Language, list[Hit]] = defaultdict(list)
    for hit in hits:
        pools[hit.language].append(hit)
    first = {language: max(hit.score for hit in pool) for language, pool in pools.items()}
    mean = float(np.mean([_cosine(hit) for hit in hits])) if hits else 0.0
    spoken, written = detect(topic), script(topic)
    asked, terms = set(content_words(topic, spoken)), kb.likeness.terms(topic, spoken)
    said = [set(content_words(f"{hit.document} {hit.text}", hit.language)) for hit in hits]
    of_paper: dict[int, set[str]] = defaultdict(set)
    for hit, words in zip(hits, said, strict=True):
        of_paper[hit.document_id] |= words
    rare = {word: math.log((len(hits) + 1) / (sum(word in words for words in said) + 0.5)) for word in asked}
    rows = []
    for hit, own, words in zip(hits, odds, said, strict=True):
        foreign = script(hit.text) != written
        shared = _share(asked, words) if not foreign else 0.0
        held = sum(rare[word] for word in asked & of_paper[hit.document_id]) / max(sum(rare.values()), 1e-9) if not foreign else 0.0
        named = _share(terms, kb.likeness.terms(hit.text, hit.language))
        searched = (hit.score - first[hit.language], first[hit.language], _cosine(hit) - mean)
        told = (own, best[hit.document_id], *searched, max(shared, named), held, float(foreign))
        rows.append(told)
    return np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES))


def _cosine(hit: Hit) -> float:
    return 100 * (hit.channels.get("dense") or 0.0)


def _share(wanted: set[str] | frozenset[str], there: set[str] | frozenset[str]) -> float:
    return len(wanted & there) / len(wanted) if wanted else 0.0


def _read(kb: KnowledgeBase, topic: str, hits: Sequence[Hit]) -> dict[int, float]:
    told: Sequence[Reading] = kb.read(topic, [(hit.document, hit.text) for hit in hits]) if hits else ()
    return {hit.chunk: one.odds for hit, one in zip(hits, told, strict=True)}


def least() -> float:
    """The chance from which a passage counts as about a topic."""
    return topic_weights()["least"]


@cache
def topic_weights() -> Mapping[str, float]:
    """The weights in ``topicality.json``, with ``constant`` and ``least``, the chance from which a passage is about a topic."""
    stored: Mapping[str, float] = json.loads(resources.files("training.material").joinpath("topicality.json").read_text(encoding="utf-8"))
    return stored
