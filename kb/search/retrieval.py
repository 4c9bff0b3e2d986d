"""A question becomes hits: every language is searched as a pool of its own, dense and by keywords or names, then fused."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import regex
from sqlalchemy import Connection

from kb.auth.roles import Sight
from kb.embed.embedder import Embedder, FloatVector
from kb.index import bm25, glossary, inverted_index
from kb.index.glossary import Found, Glossary
from kb.records import Counterpart, Filters, Hit, SearchResult
from kb.search import parallel_passages
from kb.search.fusion import Candidate, Fused, Pool, fuse, lead_with_places, shares_script, shown_terms, term_weight, with_terms
from kb.search.parallel_documents import Parallels, counterparts_of
from kb.search.parallel_passages import Counterparts
from kb.search.query_vector import question_vector, without_hubness
from kb.search.ranking_signals import LOOKED_AT, Preferences, Refined, refine
from kb.search.rerank import Reranker
from kb.search.result_diversity import Folded, fold_copies
from kb.store.catalogue import Catalogue
from kb.store.facts.near_duplicates import Group
from kb.store.passages import MomentsReader, Passage, Spread, narrowed_places, passages, rank_places, texts
from kb.store.publish import mismatch
from kb.store.shards.shard_databases import ShardLostError
from kb.store.shards.shard_view import viewed
from kb.store.vectors.chroma_projection import VectorProjection
from kb.store.vectors.exact_search import ScanFiles
from kb.store.vectors.selection import Selection
from kb.telemetry.spans import span
from lang.languages import Language, detect
from lang.references import Reference, references
from lang.words.names import names
from lang.words.search_tokens import analyse
from prompts.phrases import phrase

CHANNELS = ("dense", "lexical", "names")
DEPTH = 100
"""Candidates per channel and language: recall@100 is reported, and fusion wants to see what one channel alone would miss."""
TERMS_DEPTH = 30
"""Passages of a language that are candidates because they hold the question's terms by other names."""
OVERFETCH = 1000
"""Passages asked of Chroma, which searches the harder the more it is asked for; those that are kept are scored again exactly."""

_LOST = 3
"""Shards that may stop answering during one search."""
log = logging.getLogger(__name__)

_SCRIPTS: Mapping[Language, regex.Pattern[str]] = {
    "mr": regex.compile(r"\p{Devanagari}"),
    "ja": regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}]"),
    "en": regex.compile(r"\p{Latin}"),
}


@dataclass(frozen=True, slots=True)
class _Query:
    """A question as the channels need it; ``language`` has its script, ``depth`` is how many candidates each channel gives per language.

    ``vector`` is the question among passages, by which they are ranked; ``plain`` the embedder's own, whose cosines are told.
    """

    text: str
    language: Language
    vector: FloatVector
    plain: FloatVector
    filters: Filters
    channels: tuple[str, ...]
    depth: int
    places: tuple[Reference, ...] = ()
    terms: tuple[Found, ...] = ()


@dataclass(slots=True)
class _Found:
    """Scores by chunk for one language; ``rid`` are inner products with the question rid of the pool's centre."""

    dense: dict[int, float] = field(default_factory=dict)
    rid: dict[int, float] = field(default_factory=dict)
    lexical: dict[int, float] = field(default_factory=dict)
    names: dict[int, float] = field(default_factory=dict)
    clause: dict[int, float] = field(default_factory=dict)
    terms: dict[int, float] = field(default_factory=dict)

    @property
    def chunks(self) -> set[int]:
        """Every chunk that a channel found."""
        return self.dense.keys() | self.lexical.keys() | self.names.keys() | self.clause.keys() | self.terms.keys()


class Retriever:
    """Searches the published passages."""

    def __init__(
        self,
        catalogue: Catalogue,
        vectors: VectorProjection,
        scan: ScanFiles,
        embedder: Embedder,
        preferences: Preferences,
        glossary: Glossary,
        reranker: Reranker | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._vectors = vectors
        self._scan = scan
        self._embedder = embedder
        self._preferences = preferences
        self._glossary = glossary
        self._reranker = reranker
        self._counterparts = Counterparts(embedder.name)
        self._parallels = Parallels(self._counterparts, embedder.name)
        self._moments = MomentsReader()

    def counterparts(self, document_id: int, version: int, start: int, end: int, sight: Sight = None) -> tuple[Counterpart, ...]:
        """Where a span of a version stands in the other language versions of its document."""
        with self._catalogue.read() as conn:
            return counterparts_of(conn, self._counterparts, document_id, version, start, end, sight)

    def search(
        self, text: str, k: int, filters: Filters, channels: Iterable[str] = CHANNELS, *, once: bool = True, sight: Sight = None
    ) -> SearchResult:
        """The ``k`` best passages of documents that are seen; with one channel, in that channel's own order.

        ``once`` leaves out a passage that another language version of its document has already in the list. What is not seen leaves no
        trace: hits, scores and order are those of a base without it.

        Raises:
            EmbedderMismatchError: the index was built with another model than the one configured.
            MissingExtraError, SettingsError: the configured reranker cannot be loaded.
            ValueError: an unknown channel.
        """
        with span("search") as watched:
            found = self._without_the_lost(text, k, filters, tuple(channels), once, sight)
            watched.note(hits=len(found.hits), language=found.language)
            return found

    def _without_the_lost(self, text: str, k: int, filters: Filters, channels: tuple[str, ...], once: bool, sight: Sight) -> SearchResult:
        """Search; where a shard stops answering meanwhile, again without it."""
        for _ in range(_LOST):
            try:
                return self._search(text, k, filters, channels, once, sight)
            except ShardLostError as error:
                log.warning("searched again: %s", error)
        return self._search(text, k, filters, channels, once, sight)

    def _search(self, text: str, k: int, filters: Filters, channels: Iterable[str], once: bool, sight: Sight) -> SearchResult:
        started = time.perf_counter()
        wanted = tuple(channels)
        if not wanted or set(wanted) - set(CHANNELS):
            raise ValueError(f"Unknown channel in {wanted!r}; there are {CHANNELS}.")
        built_with = self._catalogue.setting("embedder")
        if built_with is not None and built_with != self._embedder.name:
            raise mismatch(built_with, self._embedder.name)
        language = detect(text, "en")
        plain = self._embedder.query(text)
        written = _written(text, language)
        found_terms = self._glossary.find(text, written) if len(wanted) > 1 else ()
        query = _Query(
            text,
            written,
            question_vector(self._embedder.name, plain),
            plain,
            filters,
            wanted,
            max(DEPTH, 2 * k),
            _places(text, wanted),
            found_terms,
        )
        with self._catalogue.read() as conn, viewed(self._catalogue.shards, conn) as shards:
            chosen = self._scan.select(conn, filters, sight, shards)
            visible = {pool: selection.shown for pool, selection in chosen.items() if selection.shown is not None}
            moments: dict[Language, Spread] = {**self._moments.read(conn)}
            moments |= {pool: selection.seen for pool, selection in chosen.items() if selection.seen is not None}
            found = self._candidates(conn, query, chosen, moments, visible)
            ranked = _rank(query, found, moments)
            folded = fold_copies(conn, ranked, sight) if len(wanted) > 1 else Folded(ranked, {})
            while len(folded.ranked) < min(k, len(ranked)):  # copies took the places of others: look deeper, as long as there is more
                query = replace(query, depth=4 * query.depth)
                before, found = len(ranked), self._candidates(conn, query, chosen, moments, visible)
                ranked = _rank(query, found, moments)
                folded = fold_copies(conn, ranked, sight)
                if len(ranked) == before:
                    break
            ranked = list(folded.ranked)
            beside = self._counterparts.among(conn, ranked) if len(wanted) > 1 else {}
            if once and beside:
                own = found[query.language].chunks if query.language in found else set()
                ranked = parallel_passages.once(ranked, beside, own, k)
            first_ones = [r.chunk for r in ranked[: max(2 * k, LOOKED_AT, self._reranker.top if self._reranker else 0)]]
            shown = passages(conn, first_ones, with_text=self._reranker is not None)
            refined = Refined(tuple(ranked), {})
            if len(wanted) > 1:
                first = {chunk for here in found.values() for chunk in here.clause}
                reread = partial(self._reranker.rerank, text, shown=shown, first=first) if self._reranker else None
                refined = refine(conn, query.text, query.language, ranked, shown, self._preferences, k, reread, visible)
            hits = _hits(refined, shown, found, k, folded.groups)
            if self._reranker is None:
                said = texts(conn, [hit.chunk for hit in hits])
                hits = tuple(replace(hit, text=said[hit.chunk]) for hit in hits)
            if beside:
                others = parallel_passages.shown(conn, beside, [hit.chunk for hit in hits])
                hits = tuple(replace(hit, counterparts=others.get(hit.chunk, ())) for hit in hits)
            unsearched = shards.unsearched(conn, filters, sight)
        notes = self._reranker.notes(refined.reread, language) if self._reranker else ()
        if unsearched:
            notes = (*notes, phrase("search.unsearched", language, n=unsearched))
        return SearchResult(text, language, hits, 1000 * (time.perf_counter() - started), shown_terms(found_terms), notes)

    def parallels(self, sight: Sight = None) -> tuple[frozenset[int], ...]:
        """The sets of documents, of those that are seen, that are one text in several languages."""
        with self._catalogue.read() as conn:
            return self._parallels.sets(conn, sight)

    def _candidates(
        self,
        conn: Connection,
        query: _Query,
        selected: Mapping[Language, Selection],
        moments: Mapping[Language, Spread],
        visible: Mapping[Language, inverted_index.Shown],
    ) -> dict[Language, _Found]:
        chosen = {pool: selection for pool, selection in selected.items() if selection.count}
        found: dict[Language, _Found] = {}
        foreign = {pool for pool in chosen if not shares_script(query.language, pool)} if "names" in query.channels else set()
        named = bm25.rank_names(conn, names(query.text, query.language), tuple(chosen), visible) if foreign else {}
        by_term = glossary.rank_terms(conn, query.terms, tuple(chosen), visible) if query.terms else {}
        for pool, selection in chosen.items():
            here = found[pool] = _Found()
            allowed = selection.table
            if "dense" in query.channels:
                here.dense = self._dense(conn, query, pool, selection)
            if "lexical" in query.channels and pool not in foreign:  # there the names stand in: see `fuse`
                ranking = bm25.rank_words(conn, analyse(query.text, pool), pool, visible.get(pool))
                here.lexical = ranking.of(sorted(here.dense)) | dict(ranking.top(conn, query.depth, allowed))
            if pool in foreign:
                ranking = named[pool]
                here.names = ranking.of(sorted(here.dense)) | dict(ranking.top(conn, query.depth, allowed))
            if pool in by_term:
                ranking = by_term[pool]
                here.terms = ranking.of(sorted(here.chunks)) | dict(ranking.top(conn, TERMS_DEPTH, allowed))
            if query.places:
                ranking = rank_places(conn, query.places, pool, visible.get(pool))
                here.clause = narrowed_places(conn, dict(ranking.top(conn, query.depth, allowed)), query.places)
            if "dense" in query.channels:
                here.dense |= selection.scores(here.chunks - here.dense.keys(), query.vector)
                if len(query.channels) > 1:
                    here.rid = selection.scores(here.dense.keys(), _towards(query, moments.get(pool)))
                    here.dense = selection.scores(here.dense.keys(), query.plain)
        return found

    def _dense(self, conn: Connection, query: _Query, pool: Language, selection: Selection) -> dict[int, float]:
        approximate = self._vectors.of(conn, pool) if selection.count > self._vectors.limit else None
        if approximate is None:
            return dict(selection.nearest(query.vector, query.depth))
        # Chroma may still hold retired passages, and the filter may drop some: ask for more until enough are left.
        n = max(OVERFETCH, query.depth)
        while True:
            near = [chunk for chunk, _ in approximate.nearest(query.vector, n)]
            kept = selection.scores(set(near), query.vector)
            if len(kept) >= query.depth or len(near) < n:
                return dict(sorted(kept.items(), key=lambda found: (-found[1], found[0]))[: query.depth])
            n *= 2


def _written(text: str, language: Language) -> Language:
    """A language of the text's script where the language is not known: a lone name in Devanagari is no Latin word."""
    if language != "und":
        return language
    return next((known for known, letters in _SCRIPTS.items() if letters.search(text)), "und")


def _places(text: str, channels: tuple[str, ...]) -> tuple[Reference, ...]:
    return references(text) if len(channels) > 1 else ()


def _towards(query: _Query, pool: Spread | None) -> FloatVector:
    """The vector that passages of a pool are compared with in a fusion."""
    return without_hubness(query.vector, pool) if pool is not None else query.vector


def _rank(query: _Query, found: Mapping[Language, _Found], moments: Mapping[Language, Spread]) -> list[Fused]:
    if len(query.channels) == 1:
        pairs = [(score, chunk) for here in found.values() for chunk, score in getattr(here, query.channels[0]).items()]
        return [Fused(chunk, score) for score, chunk in sorted(pairs, key=lambda p: (-p[0], p[1]))]
    pools = {
        pool: Pool(pool, moments[pool].size, *moments[pool].spread(_towards(query, moments[pool]))) for pool in found if pool in moments
    }
    candidates = [
        Candidate(chunk, pool, here.rid.get(chunk), here.lexical.get(chunk), here.names.get(chunk))
        for pool, here in found.items()
        for chunk in here.chunks
    ]
    at_place = {chunk: score for here in found.values() for chunk, score in here.clause.items()}
    own = found[query.language].clause if query.language in found else {}
    votes = {chunk: term_weight(query.language, pool) * score for pool, here in found.items() for chunk, score in here.terms.items()}
    return lead_with_places(with_terms(fuse(query.language, candidates, pools), votes), at_place, own)


def _hits(
    refined: Refined, shown: Mapping[int, Passage], found: Mapping[Language, _Found], k: int, groups: Mapping[int, Group]
) -> tuple[Hit, ...]:
    hits: list[Hit] = []
    for result in refined.ranked:
        passage = shown.get(result.chunk)
        if passage is None:
            continue
        here = found[passage.language]
        scores: dict[str, float | None] = {
            "dense": here.dense.get(passage.chunk),
            "lexical": here.lexical.get(passage.chunk),
            "names": here.names.get(passage.chunk),
        }
        if any(f.clause for f in found.values()):
            scores["clause"] = here.clause.get(passage.chunk)
        if any(f.terms for f in found.values()):
            scores["terms"] = here.terms.get(passage.chunk)
        if refined.reread.scores:
            scores["reranker"] = refined.reread.scores.get(passage.chunk)
        scores |= refined.added.get(passage.chunk, {})
        hits.append(
            Hit(
                len(hits) + 1, result.score, scores, passage.chunk, passage.document_id, passage.title, passage.source, passage.version,
                passage.kind, passage.language, passage.date, passage.page, passage.page_label, passage.path, passage.start, passage.end,
                passage.text,
                variants=groups[passage.document_id].beside(passage.document_id) if passage.document_id in groups else (),
            )
        )  # fmt: skip
        if len(hits) == k:
            break
    return tuple(hits)
