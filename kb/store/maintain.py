"""Is everything as it should be, and how to make it so again: `verify` and `reindex`."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import Connection, func, select

from ingest.records import Chunk
from kb.records import Progress
from kb.represent.embed import Embedder, text_key
from kb.store import integrity, keywords, variants
from kb.store.catalogue import Catalogue
from kb.store.passages import Moments, read_moments, vectors_of, write_moments
from kb.store.publish import Publisher, add_keywords
from kb.store.rows import READ, Header, headed, header_of, note_model, passage_text
from kb.store.schema import chunks, embeddings, pools, vector_garbage, versions
from kb.store.vectors import VectorIndex
from lang.codes import Language

_PROBES = 25
"""Vectors per language that are looked up: an index that lost its contents opens cleanly and counts right, but finds nothing."""


def verify(catalogue: Catalogue, vectors: VectorIndex, embedder: Embedder, *, settled: bool = True, files: bool = True) -> tuple[str, ...]:
    """What is inconsistent, in sentences; empty when all is well. Reads only, every text and kept file among it.

    While somebody writes (not ``settled``), what is half done or comes and goes between two looks is no fault.
    """
    problems = list(catalogue.damage())
    with catalogue.read() as conn:
        problems += integrity.altered_texts(conn)
        if settled and files:  # while somebody writes, a file may go with its document while it is looked for
            problems += integrity.told(tuple(integrity.faults(conn, catalogue.original_path)))
        staged = conn.scalar(select(func.count()).where(versions.c.state == "staged"))
        if staged and settled:
            problems.append(f"{staged} documents are half ingested; the next ingest undoes them.")
        out_of_text = conn.scalar(
            select(func.count()).select_from(chunks.join(versions)).where(chunks.c.end > func.length(versions.c.text))
        )
        if out_of_text:
            problems.append(f"{out_of_text} passages point beyond the text of their document. Restore a backup.")
        problems += variants.problems(conn)
        published = _published(conn)
        if any(published.values()) and not headed(conn):
            problems.append("Passages are embedded under titles alone, as by an earlier Setu. Run `setu reindex`.")
        moments = read_moments(conn)
        disowned = set(conn.scalars(select(vector_garbage.c.chunk)))
        for language, ids in published.items():
            problems += _verify_language(conn, vectors, embedder, language, ids, disowned if settled else None)
            size = moments[language].size if language in moments else 0
            if size != len(ids):
                problems.append(f"The statistics of {language} count {size} passages, the catalogue {len(ids)}. Run `setu reindex`.")
    return tuple(problems)


def reindex(
    catalogue: Catalogue,
    vectors: VectorIndex,
    embedder: Embedder,
    publisher: Publisher,
    progress: Callable[[Progress], None] | None = None,
) -> None:
    """Rebuild the keyword index, the stories, the statistics and Chroma from the catalogue.

    Only texts without a vector of this model are embedded.
    """

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress(Progress("embed", "", done, total))

    with publisher.writing():
        with catalogue.read() as conn:
            rows = _all_chunks(conn)
        texts = {chunk_id: passage_text(header, chunk.text) for chunk_id, header, chunk in rows}
        publisher.embed_missing({text_key(text): text for text in texts.values()}, report)
        with catalogue.write() as conn:
            keywords.clear(conn)
            for chunk_id, text in texts.items():
                conn.execute(chunks.update().where(chunks.c.id == chunk_id).values(embedding_key=text_key(text)))
            add_keywords(conn, rows)
            variants.rebuild(conn)
            conn.execute(pools.delete())
            published = _published(conn)
            for language, ids in published.items():
                _, matrix = vectors_of(conn, ids, embedder.name)
                write_moments(conn, {language: Moments.of(matrix)})
            note_model(conn, embedder.name)
            conn.execute(vector_garbage.delete())
            used = select(chunks.c.embedding_key).where(chunks.c.embedding_key == embeddings.c.key).exists()
            conn.execute(embeddings.delete().where(~used | (embeddings.c.model != embedder.name)))
        vectors.clear()
        for language, ids in published.items():
            with catalogue.read() as conn:
                found, matrix = vectors_of(conn, ids, embedder.name)
            vectors.upsert(language, found, matrix)
        if progress is not None:
            progress(Progress("publish", "", len(rows), len(rows)))


def _verify_language(
    conn: Connection, vectors: VectorIndex, embedder: Embedder, language: Language, ids: list[int], disowned: set[int] | None
) -> list[str]:
    problems = []
    known, matrix = vectors_of(conn, ids, embedder.name)
    if len(known) != len(ids):
        problems.append(f"{len(ids) - len(known)} {language} passages have no embedding of {embedder.name}. Run `setu reindex`.")
    if keywords.rows(conn, language) != set(ids):
        problems.append(f"The keyword index of {language} does not match the catalogue. Run `setu reindex`.")
    held = vectors.ids(language)
    if disowned is None:
        return problems
    if lost := set(ids) - held:
        problems.append(f"{len(lost)} {language} passages are missing from the vector store. Run `setu reindex`.")
    if extra := held - set(ids) - disowned:
        problems.append(f"The vector store holds {len(extra)} {language} passages that no document claims. Run `setu reindex`.")
    for i in range(0, len(known), max(1, len(known) // _PROBES)):
        near = vectors.nearest(language, matrix[i], min(10, len(known)))
        if not near or near[0][1] < float(matrix[i] @ matrix[i]) - 1e-3:
            problems.append(f"The vector store does not find a {language} passage that it holds. Run `setu reindex`.")
            break
    return problems


def _published(conn: Connection) -> dict[Language, list[int]]:
    found: dict[Language, list[int]] = {}
    query = select(chunks.c.id, chunks.c.language).join(versions).where(versions.c.state == "published").order_by(chunks.c.id)
    for row in conn.execute(query):
        found.setdefault(row.language, []).append(row.id)
    return found


def _all_chunks(conn: Connection) -> list[tuple[int, Header, Chunk]]:
    query = (
        select(chunks, func.substr(versions.c.text, chunks.c.start + 1, chunks.c.end - chunks.c.start).label("passage"))
        .join(versions)
        .where(versions.c.state == "published")
        .order_by(chunks.c.id)
    )
    beginning = select(versions.c.id, versions.c.title, func.substr(versions.c.text, 1, READ).label("text"))
    headers = {r.id: header_of(r.title, r.text) for r in conn.execute(beginning.where(versions.c.state == "published"))}
    return [
        (
            r.id,
            headers[r.version_id],
            Chunk(r.key, r.ordinal, r.start, r.end, r.passage, r.page_first, r.page_last, tuple(json.loads(r.path)), r.language),
        )
        for r in conn.execute(query)
    ]
