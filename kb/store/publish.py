"""Stage, embed, publish, retire: how a document enters the knowledge base so that a crash at any instant loses nothing.

A version is staged in SQL, its passages are embedded, and put into Chroma where those of their language are; then one SQL transaction
publishes it: the new version becomes what searches find, the old one is retired, and the chunks that nobody claims any more are noted as
garbage for Chroma. Whatever a killed process left half done is undone by the next writer. A writer holds the lock while a batch is written.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, func, select

from ingest.errors import IngestError, SecretFileError
from ingest.records import Chunk, Document
from kb.embed.embedder import Embedder, text_key
from kb.errors import EmbedderMismatchError
from kb.index import bm25, inverted_index
from kb.index.inverted_index import Entry
from kb.records import Progress
from kb.store import passages, source_files
from kb.store.access_control import EVERYBODY, Audience, plain
from kb.store.catalogue import Catalogue
from kb.store.document_rows import (
    Header,
    header_of,
    insert_chunks,
    insert_draft,
    insert_places,
    note_model,
    passage_text,
    passage_texts,
    take_over,
)
from kb.store.facts import fact_corrections, near_duplicates
from kb.store.integrity import text_digest
from kb.store.originals.places import kept_name
from kb.store.passages import Moments, pack, read_moments, vectors_of, write_moments
from kb.store.schema import chunks, documents, embeddings, meta, versions
from kb.store.shards import placement
from kb.store.shards.shard_databases import FIRST
from kb.store.vectors.chroma_projection import VectorProjection
from kb.store.webhooks.outbox import note
from lang.languages import Language

log = logging.getLogger(__name__)

BATCH_CHUNKS = 256
"""Passages that are staged, embedded and published together."""
KEYWORD_STEP = 1000
_EMBED_STEP = 64


@dataclass(frozen=True, slots=True)
class Published:
    """What became of one document."""

    source: str
    updated: bool
    document_id: int


class Publisher:
    """The only writer of the catalogue and of its projections."""

    def __init__(self, catalogue: Catalogue, vectors: VectorProjection, embedder: Embedder, lock: Path) -> None:
        self._catalogue = catalogue
        self._vectors = vectors
        self.embedder = embedder
        self.lock = catalogue.writers_lock(lock)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writers' lock; what an earlier writer left half done is undone first.

        Raises:
            KnowledgeBaseError: another process has been writing for ten minutes.
        """
        with self.lock.held():
            self.undo()
            yield

    def heal(self) -> None:
        """Undo what a killed writer left half done, if there is anything and no other writer is at work."""
        with self._catalogue.read() as conn:
            left = conn.scalar(select(versions.c.id).where(versions.c.state == "staged").limit(1))
        if left is not None:
            with self.lock.quiet() as alone:
                if alone:
                    self.undo()

    def publish(
        self,
        found: Iterable[Document],
        progress: Callable[[Progress], None] | None = None,
        audience: Audience = EVERYBODY,
        wanted: Callable[[Document], bool] = lambda _: True,
    ) -> Iterator[Published]:
        """Publish documents as they come, in batches. ``audience`` is for those that were not there before.

        The lock is held while a batch is written, not while documents are read and embedded: so others may have written meanwhile, and
        ``wanted`` is asked of each document once nobody else can.

        Raises:
            EmbedderMismatchError: the knowledge base was built with another model.
            KnowledgeBaseError: another process has been writing for ten minutes.
        """
        batch: list[Document] = []
        size = 0
        for document in found:
            if any(document.source.uri == other.source.uri for other in batch):
                # two versions of one document are published one after the other
                yield from self._publish_batch(batch, progress, audience, wanted)
                batch, size = [], 0
            batch.append(document)
            size += len(document.chunks)
            if size >= BATCH_CHUNKS:
                yield from self._publish_batch(batch, progress, audience, wanted)
                batch, size = [], 0
        if batch:
            yield from self._publish_batch(batch, progress, audience, wanted)

    def replace_passages(self, version: int, header: Header, found: Sequence[Chunk], also: Callable[[Connection], None]) -> None:
        """Publish other passages of a published version, whose text and number stay, at once with ``also``; call it inside `writing`.

        Raises:
            EmbedderMismatchError: the knowledge base was built with another model.
        """
        self._claim_model()
        with self._catalogue.write() as conn:
            draft = insert_draft(conn, version)
            rows = insert_chunks(conn, draft, header, found)
            owner = conn.execute(select(versions.c.document_id).where(versions.c.id == draft)).scalar_one()
            number = placement.place(conn, draft, owner, self._catalogue.shards)
        self.embed_missing({text_key(t): t for t in (passage_text(header, c.text) for c in found)})
        self._vectors.add(rows, self.embedder.name)
        entries = entries_of([(i, header, c) for (i, _), c in zip(rows, found, strict=True)])
        placement.write(self._catalogue, {number: entries})
        with self._catalogue.write() as conn:
            self._withdraw(conn, version)
            take_over(conn, draft, version)
            add_keywords(conn, entries, counted_only=number != FIRST)
            self._shift_moments(conn, rows, +1)
            also(conn)
        self._collect_garbage()

    def reject(self, error: IngestError, audience: Audience = EVERYBODY) -> None:
        """Remember that a file could not be read. An earlier version stays published, but not one of a file that may not be read at all."""
        values = {"reject_reason": error.reason, "reject_remedy": error.remedy, "reject_kind": type(error).__name__}
        with self._catalogue.write() as conn:
            key = audience.key(conn, error.file)
            known = conn.scalar(select(documents.c.id).where(documents.c.source == key))
            if known is None:
                made = conn.execute(documents.insert().values(source=key, **values).returning(documents.c.id)).scalar_one()
                audience.admit(conn, made, key)
                before = None
            else:
                before = conn.scalar(select(documents.c.reject_reason).where(documents.c.id == known))
                made = known
                conn.execute(documents.update().where(documents.c.id == known).values(**values))
            if before != error.reason:  # the same is not told again each time that a folder is taken in
                note(conn, "document.rejected", made, f"rejected-{uuid4().hex}", {"reason": type(error).__name__})
        if known is not None and isinstance(error, SecretFileError):
            self.withdraw(known, error.reason, error.remedy)

    def withdraw(self, document_id: int, reason: str, remedy: str) -> None:
        """Take a document out of every channel. Its text stays, so that old answers still open; it is listed with the reason."""
        with self._catalogue.write() as conn:
            current = conn.scalar(select(versions.c.id).where(versions.c.document_id == document_id, versions.c.state == "published"))
            if current is not None:
                self._withdraw(conn, current)
                conn.execute(versions.update().where(versions.c.id == current).values(state="retired", retired=_now()))
                near_duplicates.remove(conn, document_id)
            said = {"reject_reason": reason, "reject_remedy": remedy, "reject_kind": None}
            conn.execute(documents.update().where(documents.c.id == document_id).values(**said))
        self._collect_garbage()

    def delete(self, document_id: int) -> None:
        """Remove a document, all its versions and every trace in every channel."""
        with self._catalogue.write() as conn:
            contents = conn.execute(select(versions.c.sha256, versions.c.media).where(versions.c.document_id == document_id)).all()
            for version in conn.scalars(select(versions.c.id).where(versions.c.document_id == document_id)).all():
                self._withdraw(conn, version)
            near_duplicates.remove(conn, document_id)
            conn.execute(documents.delete().where(documents.c.id == document_id))
            left = set(conn.scalars(select(versions.c.sha256).where(versions.c.sha256.in_([c.sha256 for c in contents]))))
            gone = {kept_name(one.sha256, one.media) for one in contents if one.sha256 not in left}
            self._catalogue.originals.disown(conn, gone)
        self._catalogue.originals.bury(gone)
        self._collect_garbage()

    def embed_missing(self, wanted: dict[str, str], report: Callable[[int, int], None] | None = None) -> None:
        """Embed the texts whose key has no vector of this model yet; ``wanted`` maps key to text."""
        with self._catalogue.read() as conn:
            keys = list(wanted)
            for start in range(0, len(keys), 500):
                part = keys[start : start + 500]
                known = select(embeddings.c.key).where(embeddings.c.model == self.embedder.name, embeddings.c.key.in_(part))
                for key in conn.scalars(known):
                    del wanted[key]
        keys = sorted(wanted, key=lambda k: len(wanted[k]))
        for start in range(0, len(keys), _EMBED_STEP):
            part = keys[start : start + _EMBED_STEP]
            rows = self.embedder.passages([wanted[k] for k in part])
            with self.lock.held(), self._catalogue.write() as conn:
                held = select(embeddings.c.key).where(embeddings.c.model == self.embedder.name, embeddings.c.key.in_(part))
                here = set(conn.scalars(held))  # another writer may have come first
                values = [{"key": k, "model": self.embedder.name, "vector": pack(v)} for k, v in zip(part, rows, strict=True)]
                if left := [value for value in values if value["key"] not in here]:
                    conn.execute(embeddings.insert(), left)
            if report is not None:
                report(start + len(part), len(keys))

    def _publish_batch(
        self,
        found: Sequence[Document],
        progress: Callable[[Progress], None] | None,
        audience: Audience,
        wanted: Callable[[Document], bool],
    ) -> list[Published]:
        name = plain(found[-1].source.uri)

        def report(done: int, total: int) -> None:
            if progress is not None:
                progress(Progress("embed", name, done, total))

        self.embed_missing(passage_texts(map(self._corrected, found)), report)
        with self.writing():
            self._claim_model()
            outcome = self._write([document for document in found if wanted(document)], audience)
        if progress is not None:
            progress(Progress("publish", name, len(found), len(found)))
        return outcome

    def _write(self, found: Sequence[Document], audience: Audience) -> list[Published]:
        batch = [self._corrected(document) for document in found]
        staged = [(document, *self._stage(document, read, audience)) for document, read in zip(batch, found, strict=True)]
        placed: dict[int, dict[Language, list[Entry]]] = {}
        for document, _, rows, number in staged:
            header = header_of(document.facts.title, document.text)
            for pool, entries in entries_of([(i, header, c) for (i, _), c in zip(rows, document.chunks, strict=True)]).items():
                placed.setdefault(number, {}).setdefault(pool, []).extend(entries)
        self.embed_missing(passage_texts(batch))  # what was corrected meanwhile, or what went with a document that was deleted
        self._vectors.add([row for _, _, rows, _ in staged for row in rows], self.embedder.name)
        placement.write(self._catalogue, placed)
        for document in batch:
            source_files.keep_original(self._catalogue, document.source)
        outcome = []
        with self._catalogue.write() as conn:
            for number, there in placed.items():
                add_keywords(conn, there, counted_only=number != FIRST)
            for document, version, _, _ in staged:
                outcome.append(self._make_current(conn, version, plain(document.source.uri)))
            self._shift_moments(conn, [row for _, _, rows, _ in staged for row in rows], +1)
        self._collect_garbage()
        self._vectors.grow(self.embedder.name)
        return outcome

    def _corrected(self, document: Document) -> Document:
        """The document with what a person has corrected about it."""
        with self._catalogue.read() as conn:
            owner = conn.scalar(select(documents.c.id).where(documents.c.source == document.source.uri))
            made = fact_corrections.read(conn, owner) if owner is not None else {}
        return fact_corrections.corrected(document, made) if made else document

    def _stage(self, document: Document, extracted: Document, audience: Audience) -> tuple[int, list[tuple[int, Language]], int]:
        """The row of the new version, its chunks with their languages, and the shard that its postings go to."""
        facts = document.facts
        with self._catalogue.write() as conn:
            owner = conn.scalar(select(documents.c.id).where(documents.c.source == document.source.uri))
            if owner is None:
                owner = conn.execute(documents.insert().values(source=document.source.uri).returning(documents.c.id)).scalar_one()
                audience.admit(conn, owner, document.source.uri)
            number = (conn.scalar(select(func.max(versions.c.number)).where(versions.c.document_id == owner)) or 0) + 1
            version: int = conn.execute(
                versions.insert().values(
                    document_id=owner, number=number, state="staged", sha256=document.source.sha256, media=document.source.media,
                    kind=facts.kind, title=facts.title, language=facts.language, publisher=facts.publisher, date=facts.date,
                    facts=fact_corrections.facts_json(extracted),
                    text=document.text, text_sha256=text_digest(document.text), created=_now(), size=document.source.size,
                ).returning(versions.c.id)
            ).scalar_one()  # fmt: skip
            insert_places(conn, version, document)
            rows = insert_chunks(conn, version, header_of(facts.title, document.text), document.chunks)
            return version, rows, placement.place(conn, version, owner, self._catalogue.shards)

    def _make_current(self, conn: Connection, version: int, path: str) -> Published:
        owner = conn.execute(select(versions.c.document_id).where(versions.c.id == version)).scalar_one()
        old = conn.scalar(select(versions.c.id).where(versions.c.document_id == owner, versions.c.state == "published"))
        if old is not None:
            self._withdraw(conn, old)
            conn.execute(versions.update().where(versions.c.id == old).values(state="retired", retired=_now()))
        conn.execute(versions.update().where(versions.c.id == version).values(state="published"))
        conn.execute(documents.update().where(documents.c.id == owner).values(reject_reason=None, reject_remedy=None))
        near_duplicates.put(conn, version)
        number = conn.scalar(select(versions.c.number).where(versions.c.id == version))
        note(conn, "document.version", owner, f"version-{version}", {"version": number})
        return Published(path, old is not None, owner)

    def _withdraw(self, conn: Connection, version: int) -> None:
        published = conn.execute(select(versions.c.state).where(versions.c.id == version)).scalar_one() == "published"
        rows = [(r.id, r.language) for r in conn.execute(select(chunks.c.id, chunks.c.language).where(chunks.c.version_id == version))]
        if not rows:
            return
        if published:
            for language, group in groupby(sorted(rows, key=lambda r: r[1]), key=lambda r: r[1]):
                bm25.remove(conn, language, [chunk for chunk, _ in group])
            self._shift_moments(conn, rows, -1)
        self._vectors.disown(conn, rows)
        placement.disown(conn, version, rows)
        passages.forget_passages(conn, version, vectors=published)  # those of an interrupted ingest serve when it is begun again

    def _shift_moments(self, conn: Connection, rows: Sequence[tuple[int, Language]], sign: int) -> None:
        known = read_moments(conn)
        for language, group in groupby(sorted(rows, key=lambda r: r[1]), key=lambda r: r[1]):
            _, matrix = vectors_of(conn, [chunk for chunk, _ in group], self.embedder.name)
            if not len(matrix):
                continue
            change = Moments.of(matrix)
            before = known.get(language)
            known[language] = before.plus(change, sign) if before is not None else change
            write_moments(conn, {language: known[language]})

    def undo(self) -> None:
        """Undo what was staged and not published; call it inside `writing`."""
        with self._catalogue.write() as conn:
            left = conn.scalars(select(versions.c.id).where(versions.c.state == "staged")).all()
            for version in left:
                self._withdraw(conn, version)
                conn.execute(versions.delete().where(versions.c.id == version))
            if left:
                log.warning("undid %d staged versions of an interrupted ingest", len(left))
                empty = ~select(versions.c.id).where(versions.c.document_id == documents.c.id).exists()
                conn.execute(documents.delete().where(empty, documents.c.reject_reason.is_(None)))
        self._catalogue.originals.bury()
        self._collect_garbage()

    def _collect_garbage(self) -> None:
        self._vectors.collect_garbage()
        placement.collect(self._catalogue)

    def _claim_model(self) -> None:
        with self._catalogue.write() as conn:
            built_with = conn.scalar(select(meta.c.value).where(meta.c.key == "embedder"))
            if built_with is None:
                note_model(conn, self.embedder.name)
            elif built_with != self.embedder.name:
                raise mismatch(built_with, self.embedder.name)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def mismatch(built_with: str, configured: str) -> EmbedderMismatchError:
    """The error for an index that another model built."""
    return EmbedderMismatchError(
        f"This knowledge base was built with the embedder {built_with}, but {configured} is configured. "
        "Set SETU_EMBEDDER back, or run `setu reindex` to embed every passage with the configured one."
    )


def entries_of(rows: Sequence[tuple[int, Header, Chunk]]) -> dict[Language, list[Entry]]:
    """What the keyword index has of chunks, given as (row id, header, chunk); headings count with the header."""
    found = (bm25.KeywordRow(i, c.language, " ".join((header.above(c.text), *c.path)), c.text, c.path) for i, header, c in rows)
    return bm25.entries(list(found))


def add_keywords(conn: Connection, entries: Mapping[Language, Sequence[Entry]], *, counted_only: bool = False) -> None:
    """Put chunks into the keyword index; ``counted_only``: their postings are on a shard."""
    for pool, found in entries.items():
        for start in range(0, len(found), KEYWORD_STEP):
            inverted_index.add(conn, pool, found[start : start + KEYWORD_STEP], counted_only=counted_only)
