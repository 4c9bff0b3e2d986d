"""What search asks of the catalogue: passages that may be found, their vectors, and those at a numbered place.

The place of a passage, from the labels in its path, is indexed with it under a term of its own (`lang.references`), in the same segments
and transactions as its words and names. Passages that go take the vectors along that no passage has any more.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, func, literal, select

from ingest.records import Kind
from kb.embed.embedder import FloatMatrix, FloatVector
from kb.index import inverted_index
from kb.index.bm25 import Ranking
from kb.records import Filters
from kb.store.access_control import plain
from kb.store.schema import blocks, chunks, documents, embeddings, meta, pages, pools, versions
from kb.store.user_data.collection_members import collected
from lang.languages import Language
from lang.references import Reference, place_keys, stands_inside

BADLY_READ = 0.5
"""Share of the words of a page thought to be right, below which what OCR read of it stands behind all else."""
STEP = 500
"""Ids per statement: SQLite allows 32,766 parameters, older ones 999."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A published chunk with everything a hit shows; ``badly_read``: OCR read its page, and much of it is wrong."""

    chunk: int
    document_id: int
    title: str
    source: str
    version: int
    kind: Kind
    language: Language
    date: date | None
    page: int
    page_label: str
    path: tuple[str, ...]
    start: int
    end: int
    text: str
    badly_read: bool = False


class Spread(Protocol):
    """How the vectors of one language's passages lie: how many there are, their sum, and how near they are to a query."""

    @property
    def size(self) -> int:
        """How many."""

    @property
    def first(self) -> NDArray[np.float64]:
        """Their sum, shape ``(d,)``."""

    def spread(self, query: FloatVector) -> tuple[float, float]:
        """Mean and standard deviation of the inner products of ``query`` with them."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over the vectors of one language's published passages: ``first`` has shape ``(d,)``, ``second`` ``(d, d)``."""

    size: int
    first: NDArray[np.float64]
    second: NDArray[np.float64]

    @classmethod
    def of(cls, vectors: FloatMatrix) -> Moments:
        """The sums of these rows."""
        rows = vectors.astype(np.float64)
        return cls(len(rows), rows.sum(axis=0), rows.T @ rows)

    def plus(self, other: Moments, sign: int = 1) -> Moments:
        """Both together, or without ``other`` when ``sign`` is −1."""
        return Moments(self.size + sign * other.size, self.first + sign * other.first, self.second + sign * other.second)

    def spread(self, query: FloatVector) -> tuple[float, float]:
        """Exact mean and standard deviation of the inner products of ``query`` with every passage, without looking at any."""
        q = query.astype(np.float64)
        mean = float(q @ self.first) / self.size
        return mean, float(np.sqrt(max(float(q @ self.second @ q) / self.size - mean * mean, 1e-12)))


class MomentsReader:
    """Reads the moments of every language that has published passages, fetching only those that changed since the last time."""

    def __init__(self) -> None:
        self._known: dict[Language, tuple[int, Moments]] = {}

    def read(self, conn: Connection) -> dict[Language, Moments]:
        """The moments as they are in this snapshot."""
        # In order, as everything that is added up: the last digit of a sum depends on it.
        now = select(pools.c.language, pools.c.revision).where(pools.c.size > 0).order_by(pools.c.language)
        current = {r.language: r.revision for r in conn.execute(now)}
        known = {
            language: self._known[language] for language, revision in current.items() if self._known.get(language, (0,))[0] == revision
        }
        for row in conn.execute(select(pools).where(pools.c.language.in_(current.keys() - known.keys()))):
            first = np.frombuffer(row.first, dtype=np.float64)
            second = np.frombuffer(row.second, dtype=np.float64).reshape(len(first), len(first))
            known[row.language] = (row.revision, Moments(row.size, first, second))
        self._known = known
        return {language: known[language][1] for language in current}


def read_moments(conn: Connection) -> dict[Language, Moments]:
    """The moments of every language that has published passages."""
    return MomentsReader().read(conn)


def write_moments(conn: Connection, changes: dict[Language, Moments]) -> None:
    """Replace the moments of the given languages."""
    for language, moments in changes.items():
        conn.execute(pools.delete().where(pools.c.language == language))
        sums = {"size": moments.size, "first": moments.first.tobytes(), "second": moments.second.tobytes()}
        conn.execute(pools.insert().values(language=language, revision=time.time_ns(), **sums))


_VECTORS = "vectors"
"""The row of `meta` that is another number whenever a chunk may have another vector than before; 0 where there is none."""


def renew_vectors(conn: Connection) -> None:
    """Note that what was copied of vectors, on whichever machine, is to be copied anew."""
    conn.execute(meta.delete().where(meta.c.key == _VECTORS))
    conn.execute(meta.insert().values(key=_VECTORS, value=str(time.time_ns())))


def state_of_vectors(conn: Connection) -> int:
    """The number that `renew_vectors` noted."""
    return int(conn.scalar(select(meta.c.value).where(meta.c.key == _VECTORS)) or 0)


def published_chunks(conn: Connection) -> list[int]:
    """Every published chunk, in order of id."""
    query = select(chunks.c.id).join(versions, versions.c.id == chunks.c.version_id).where(versions.c.state == "published")
    return list(conn.scalars(query.order_by(chunks.c.id)))


def allowed_versions(conn: Connection, filters: Filters) -> NDArray[np.int32]:
    """The published versions that the filters allow; a limit on the language of passages is not looked at."""
    return np.fromiter(conn.scalars(_of_versions(filters, select(versions.c.id))), dtype=np.int32)


def vectors_of(conn: Connection, wanted: Collection[int], model: str) -> tuple[list[int], FloatMatrix]:
    """Chunks and their vectors, in no particular order; a chunk without an embedding of this model is left out."""
    query = (
        select(chunks.c.id, embeddings.c.vector)
        .join(embeddings, embeddings.c.key == chunks.c.embedding_key)
        .where(embeddings.c.model == model)
    )
    return _matrix([row for part in _parts(wanted) for row in conn.execute(query.where(chunks.c.id.in_(part)))])


_TEXT = func.substr(versions.c.text, chunks.c.start + 1, chunks.c.end - chunks.c.start)


def passages(conn: Connection, wanted: Sequence[int], *, with_text: bool = True) -> dict[int, Passage]:
    """What a hit shows of each of these chunks; those that are not published are missing.

    To cut a text out the database reads that of the whole document: without, see `texts`, it is left empty.
    """
    query = (
        select(
            chunks,
            versions.c.document_id,
            versions.c.number,
            versions.c.state,
            versions.c.kind,
            versions.c.title,
            versions.c.date,
            documents.c.source,
            pages.c.label,
            pages.c.method,
            pages.c.quality,
            (_TEXT if with_text else literal("")).label("passage"),
        )
        .join(versions, versions.c.id == chunks.c.version_id)
        .join(documents, documents.c.id == versions.c.document_id)
        .join(pages, (pages.c.version_id == versions.c.id) & (pages.c.number == chunks.c.page_first))
    )
    found = {}
    for part in _parts(wanted):
        for r in conn.execute(query.where(chunks.c.id.in_(part))):
            # Not asked of the database: SQLite would begin with all published versions, 5 ms for 1,000 documents and 50 for 10,000.
            if r.state != "published":
                continue
            found[r.id] = Passage(
                r.id, r.document_id, r.title, plain(r.source), r.number, r.kind, r.language, r.date,
                r.page_first, r.label, tuple(json.loads(r.path)), r.start, r.end, r.passage, r.method == "ocr" and r.quality < BADLY_READ,
            )  # fmt: skip
    return found


def texts(conn: Connection, wanted: Sequence[int]) -> dict[int, str]:
    """The text of each of these chunks, published or not."""
    query = select(chunks.c.id, _TEXT.label("passage")).join(versions, versions.c.id == chunks.c.version_id)
    return {r.id: r.passage for part in _parts(wanted) for r in conn.execute(query.where(chunks.c.id.in_(part)))}


def pack(vector: FloatVector) -> bytes:
    """A vector as it is kept: float16, little-endian."""
    return vector.astype("<f2").tobytes()


def unpack(blobs: Sequence[bytes]) -> FloatMatrix:
    """Kept vectors as rows of float32."""
    return np.frombuffer(b"".join(blobs), dtype="<f2").astype(np.float32).reshape(len(blobs), -1)


def _of_versions(filters: Filters, query: Select[Any]) -> Select[Any]:
    query = query.where(versions.c.state == "published")
    if filters.kinds:
        query = query.where(versions.c.kind.in_(filters.kinds))
    if filters.documents:
        query = query.where(versions.c.document_id.in_(filters.documents))
    if filters.collections:
        query = query.where(collected(filters.collections, versions.c.document_id))
    if filters.date_from is not None:
        query = query.where(versions.c.date >= filters.date_from)
    if filters.date_to is not None:
        query = query.where(versions.c.date <= filters.date_to)
    return query


def _matrix(rows: Sequence[Any]) -> tuple[list[int], FloatMatrix]:
    if not rows:
        return [], np.empty((0, 0), dtype=np.float32)
    return [r.id for r in rows], unpack([r.vector for r in rows])


def _parts(ids: Iterable[int]) -> list[list[int]]:
    every = list(ids)
    return [every[i : i + STEP] for i in range(0, len(every), STEP)]


def forget_passages(conn: Connection, version: int, *, vectors: bool) -> None:
    """Delete the chunks of a version; with ``vectors`` also the embeddings, of every model, of texts that no other chunk has.

    A search by key for each chunk: the vectors of other documents are not looked at, however many there are.
    """
    keys = set(conn.scalars(select(chunks.c.embedding_key).where(chunks.c.version_id == version))) if vectors else set()
    conn.execute(chunks.delete().where(chunks.c.version_id == version))
    if keys:
        unused = ~select(chunks.c.id).where(chunks.c.embedding_key == embeddings.c.key).exists()
        ordered = sorted(keys)
        for start in range(0, len(ordered), 500):
            conn.execute(embeddings.delete().where(embeddings.c.key.in_(ordered[start : start + 500]), unused))


BESIDE = 0.6
"""What a passage of the right article counts when the asked clause stands in another passage of it."""


def rank_places(conn: Connection, asked: Sequence[Reference], pool: Language, shown: inverted_index.Shown | None = None) -> Ranking:
    """The passages of a pool, or of what is shown of it, that stand in an asked article, annex or chapter: 1 each."""
    found = inverted_index.lookup(conn, pool, sorted({inverted_index.name_term(key) for one in asked for key in one.keys}), shown)
    if not found:
        return Ranking(pool, 0, np.zeros(0, dtype=np.float32))
    first = min(int(column["chunk"].min()) for column in found.values())
    last = max(int(column["chunk"].max()) for column in found.values())
    scores = np.zeros(last - first + 1, dtype=np.float32)
    for column in found.values():
        scores[column["chunk"] - first] = 1.0
    return Ranking(pool, first, scores)


def narrowed_places(conn: Connection, scores: dict[int, float], asked: Sequence[Reference]) -> dict[int, float]:
    """The same passages, those lowered to `BESIDE` of their score that do not hold the clause asked for, where others do."""
    wanted = [one.inside for one in asked if one.inside]
    if not wanted or not scores:
        return scores
    paths = _paths(conn, scores)
    holding = {chunk for chunk, inside in paths.items() if any(stands_inside(path, one) for path in inside for one in wanted)}
    return {chunk: score if not holding or chunk in holding else BESIDE * score for chunk, score in scores.items()}


def index_older(conn: Connection) -> None:
    """Add the places to an index that was written without them."""
    at: dict[tuple[int, str], list[tuple[int, int, int]]] = defaultdict(list)
    query = select(inverted_index.passages.c.chunk, inverted_index.passages.c.segment, chunks.c.path)
    for row in conn.execute(query.join(chunks, chunks.c.id == inverted_index.passages.c.chunk).where(inverted_index.passages.c.live)):
        for key in place_keys(json.loads(row.path)):
            at[row.segment, inverted_index.name_term(key)].append((row.chunk, 1, 0))
    known = select(inverted_index.postings.c.segment, inverted_index.postings.c.term).where(inverted_index.postings.c.term.like("@§%"))
    there = {(row.segment, row.term) for row in conn.execute(known)}
    rows = [
        {"segment": segment, "term": term, "data": np.array(column, dtype=inverted_index.POSTING).tobytes()}
        for (segment, term), column in at.items()
        if (segment, term) not in there
    ]
    if rows:
        conn.execute(inverted_index.postings.insert(), rows)


def _paths(conn: Connection, wanted: Collection[int]) -> dict[int, list[tuple[str, ...]]]:
    found: dict[int, list[tuple[str, ...]]] = defaultdict(list)
    ids = sorted(wanted)
    for start in range(0, len(ids), 400):
        inside = (blocks.c.start < chunks.c.end) & (blocks.c.end > chunks.c.start)
        query = select(chunks.c.id, blocks.c.path).join(blocks, (blocks.c.version_id == chunks.c.version_id) & inside)
        for row in conn.execute(query.where(chunks.c.id.in_(ids[start : start + 400]))):
            found[row.id].append(tuple(json.loads(row.path)))
    return found
