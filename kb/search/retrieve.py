"""A question becomes hits: every language is searched as a pool of its own, dense and by keywords or names, then fused."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import regex
from sqlalchemy import Connection

from ingest.records import Language
from ingest.understand.language import detect
from kb.records import Filters, Hit, SearchResult
from kb.represent.analyse import analyse
from kb.represent.embed import Embedder, FloatVector
from kb.represent.names import names
from kb.search.fuse import Candidate, Fused, Pool, fuse, shares_script
from kb.store import keywords, namekeys
from kb.store.catalogue import Catalogue
from kb.store.passages import (
    Moments,
    MomentsReader,
    allowed_among,
    allowed_counts,
    allowed_vectors,
    passages,
    restriction,
    vectors_of,
)
from kb.store.publish import mismatch
from kb.store.vectors import VectorIndex

CHANNELS = ("dense", "lexical", "names")
DEPTH = 100
"""Candidates per channel and language: recall@100 is reported, and fusion wants to see what one channel alone would miss."""
EXACT_LIMIT = 20_000
"""Up to this many allowed passages of a language a filtered search compares every vector: exact, and faster than Chroma's own filter."""

_SCRIPTS: Mapping[Language, regex.Pattern[str]] = {
    "mr": regex.compile(r"\p{Devanagari}"),
    "ja": regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]"),
    "en": regex.compile(r"\p{Latin}"),
}


@dataclass(frozen=True, slots=True)
class _Query:
    """A question as the channels need it; ``language`` has its script, ``depth`` is how many candidates each channel gives per language."""

    text: str
    language: Language
    vector: FloatVector
    filters: Filters
    channels: tuple[str, ...]
    depth: int


@dataclass(slots=True)
class _Found:
    """Scores by chunk for one language."""

    dense: dict[int, float] = field(default_factory=dict)
    lexical: dict[int, float] = field(default_factory=dict)
    names: dict[int, float] = field(default_factory=dict)

    @property
    def chunks(self) -> set[int]:
        """Every chunk that a channel found."""
        return self.dense.keys() | self.lexical.keys() | self.names.keys()


class Retriever:
    """Searches the published passages."""

    def __init__(self, catalogue: Catalogue, vectors: VectorIndex, embedder: Embedder) -> None:
        self._catalogue = catalogue
        self._vectors = vectors
        self._embedder = embedder
        self._moments = MomentsReader()

    def search(self, text: str, k: int, filters: Filters, channels: Iterable[str] = CHANNELS) -> SearchResult:
        """The ``k`` best passages; with one channel, in that channel's own order.

        Raises:
            EmbedderMismatchError: the index was built with another model than the one configured.
            ValueError: an unknown channel.
        """
        started = time.perf_counter()
        wanted = tuple(channels)
        if not wanted or set(wanted) - set(CHANNELS):
            raise ValueError(f"Unknown channel in {wanted!r}; there are {CHANNELS}.")
        built_with = self._catalogue.setting("embedder")
        if built_with is not None and built_with != self._embedder.name:
            raise mismatch(built_with, self._embedder.name)
        language = detect(text, "en")
        query = _Query(text, _written(text, language), self._embedder.query(text), filters, wanted, max(DEPTH, 2 * k))
        with self._catalogue.read() as conn:
            moments = self._moments.read(conn)
            found = self._candidates(conn, query, moments)
            hits = _hits(conn, _rank(query, found, moments), found, k)
        return SearchResult(text, language, hits, 1000 * (time.perf_counter() - started))

    def _candidates(self, conn: Connection, query: _Query, moments: Mapping[Language, Moments]) -> dict[Language, _Found]:
        filters = query.filters
        allowed = restriction(conn, filters)
        counts = allowed_counts(conn, filters) if filters.active else {pool: m.size for pool, m in moments.items()}
        found: dict[Language, _Found] = {}
        foreign = {pool for pool in counts if not shares_script(query.language, pool)} if "names" in query.channels else set()
        named = namekeys.rank(conn, names(query.text, query.language), tuple(counts)) if foreign else {}
        for pool, count in counts.items():
            here = found[pool] = _Found()
            if "dense" in query.channels:
                here.dense = self._dense(conn, query, pool, count)
            if "lexical" in query.channels:
                ranking = keywords.rank(conn, analyse(query.text, pool), pool)
                here.lexical = ranking.of(sorted(here.dense)) | dict(ranking.top(conn, query.depth, allowed))
            if pool in foreign:
                ranking = named[pool]
                here.names = ranking.of(sorted(here.dense)) | dict(ranking.top(conn, query.depth, allowed))
            if "dense" in query.channels:
                self._complete_dense(conn, query.vector, here)
        return found

    def _dense(self, conn: Connection, query: _Query, pool: Language, count: int) -> dict[int, float]:
        if query.filters.active and count <= EXACT_LIMIT:
            ids, matrix = allowed_vectors(conn, query.filters, pool, self._embedder.name)
            return _best(ids, matrix @ query.vector, query.depth) if ids else {}
        # Chroma may still hold retired passages, and the filter may drop some: ask for more until enough are left.
        n = min(query.depth, count)
        while True:
            near = dict(self._vectors.nearest(pool, query.vector, n))
            kept = allowed_among(conn, query.filters, near)
            if len(kept) >= min(query.depth, count) or len(near) < n:
                return {chunk: score for chunk, score in near.items() if chunk in kept}
            n *= 2

    def _complete_dense(self, conn: Connection, vector: FloatVector, here: _Found) -> None:
        missing = here.chunks - here.dense.keys()
        if missing:
            ids, matrix = vectors_of(conn, missing, self._embedder.name)
            here.dense |= dict(zip(ids, (matrix @ vector).tolist(), strict=True)) if ids else {}


def _written(text: str, language: Language) -> Language:
    """A language of the text's script where the language is not known: a lone name in Devanagari is no Latin word."""
    if language != "und":
        return language
    return next((known for known, letters in _SCRIPTS.items() if letters.search(text)), "und")


def _best(ids: list[int], scores: FloatVector, depth: int) -> dict[int, float]:
    order = np.argsort(-scores, kind="stable")[:depth]
    return {ids[i]: float(scores[i]) for i in order}


def _rank(query: _Query, found: Mapping[Language, _Found], moments: Mapping[Language, Moments]) -> list[Fused]:
    if len(query.channels) == 1:
        pairs = [(score, chunk) for here in found.values() for chunk, score in getattr(here, query.channels[0]).items()]
        return [Fused(chunk, score) for score, chunk in sorted(pairs, key=lambda p: (-p[0], p[1]))]
    pools = {pool: Pool(pool, moments[pool].size, *moments[pool].spread(query.vector)) for pool in found if pool in moments}
    candidates = [
        Candidate(chunk, pool, here.dense.get(chunk), here.lexical.get(chunk), here.names.get(chunk))
        for pool, here in found.items()
        for chunk in here.chunks
    ]
    return fuse(query.language, candidates, pools)


def _hits(conn: Connection, ranked: list[Fused], found: Mapping[Language, _Found], k: int) -> tuple[Hit, ...]:
    hits: list[Hit] = []
    shown = passages(conn, [r.chunk for r in ranked[: 2 * k]])
    for result in ranked[: 2 * k]:
        passage = shown.get(result.chunk)
        if passage is None:
            continue
        here = found[passage.language]
        scores = {
            "dense": here.dense.get(passage.chunk),
            "lexical": here.lexical.get(passage.chunk),
            "names": here.names.get(passage.chunk),
        }
        hits.append(
            Hit(
                len(hits) + 1, result.score, scores, passage.chunk, passage.document_id, passage.title, passage.source, passage.version,
                passage.kind, passage.language, passage.date, passage.page, passage.page_label, passage.path, passage.start, passage.end,
                passage.text,
            )
        )  # fmt: skip
        if len(hits) == k:
            break
    return tuple(hits)
