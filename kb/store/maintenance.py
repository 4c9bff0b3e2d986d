"""Is everything as it should be, and how to make it so again: `verify` and `reindex`; and the state of a home for a monitor.

The state is looked at without changing, starting or waiting for anything, so that a monitor may ask every minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from filelock import Timeout
from sqlalchemy import Connection, Engine, create_engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from kb.auth.roles import Sight
from kb.backup.staging import STAGING
from kb.embed.embedder import Embedder, text_key
from kb.errors import KnowledgeBaseError
from kb.files import private_lock
from kb.index import bm25, inverted_index
from kb.index.chroma import find_owner
from kb.index.chroma_server import is_up
from kb.records import Progress
from kb.settings import Settings
from kb.store import integrity
from kb.store.access_control import seen
from kb.store.catalogue import Catalogue
from kb.store.database import LAYOUT, NAMING
from kb.store.document_rows import chunk_rows, headed, note_model, passage_text
from kb.store.facts import near_duplicates
from kb.store.passages import Moments, read_moments, renew_vectors, vectors_of, write_moments
from kb.store.postgresql import server_connections, server_lock
from kb.store.publish import Publisher
from kb.store.schema import chunks, documents, embeddings, meta, pools, versions
from kb.store.shards import placement, resharding
from kb.store.vectors.chroma_projection import VectorProjection
from lang.languages import Language

if TYPE_CHECKING:
    from kb.queue.job_queue import QueueState


def verify(
    catalogue: Catalogue, vectors: VectorProjection, embedder: Embedder, *, settled: bool = True, files: bool = True
) -> tuple[str, ...]:
    """What is inconsistent, in sentences; empty when all is well. Reads only, every text and kept file among it.

    While somebody writes (not ``settled``), what is half done or comes and goes between two looks is no fault.
    """
    problems = list(catalogue.damage())
    with catalogue.read() as conn:
        problems += integrity.altered_texts(conn)
        if settled and files:  # while somebody writes, a file may go with its document while it is looked for
            problems += integrity.told(conn, catalogue.originals)
        staged = conn.scalar(select(func.count()).where(versions.c.state == "staged"))
        if staged and settled:
            problems.append(f"{staged} documents are half ingested; the next ingest undoes them.")
        out_of_text = conn.scalar(
            select(func.count()).select_from(chunks.join(versions)).where(chunks.c.end > func.length(versions.c.text))
        )
        if out_of_text:
            problems.append(f"{out_of_text} passages point beyond the text of their document. Restore a backup.")
        problems += near_duplicates.problems(conn)
        published = _published(conn)
        if any(published.values()) and not headed(conn):
            problems.append("Passages are embedded under titles alone, as by an earlier Setu. Run `setu reindex`.")
        moments = read_moments(conn)
        for language, ids in published.items():
            problems += _verify_language(conn, embedder, language, ids)
            size = moments[language].size if language in moments else 0
            if size != len(ids):
                problems.append(f"The statistics of {language} count {size} passages, the catalogue {len(ids)}. Run `setu reindex`.")
        problems += resharding.faults(conn, catalogue, settled=settled)
        problems += vectors.faults(conn, published, embedder.name, settled=settled)
    return tuple(problems)


def reindex(
    catalogue: Catalogue,
    vectors: VectorProjection,
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
            rows, homes = chunk_rows(conn), placement.homes(conn)
        texts = {chunk_id: passage_text(header, chunk.text) for chunk_id, header, chunk in rows}
        publisher.embed_missing({text_key(text): text for text in texts.values()}, report)
        resharding.rewrite(catalogue, rows, homes)
        with catalogue.write() as conn:
            inverted_index.clear(conn)
            for chunk_id, text in texts.items():
                conn.execute(chunks.update().where(chunks.c.id == chunk_id).values(embedding_key=text_key(text)))
            resharding.add_anew(conn, rows, homes)
            near_duplicates.rebuild(conn)
            conn.execute(pools.delete())
            published = _published(conn)
            for language, ids in published.items():
                _, matrix = vectors_of(conn, ids, embedder.name)
                write_moments(conn, {language: Moments.of(matrix)})
            note_model(conn, embedder.name)
            renew_vectors(conn)
            used = select(chunks.c.embedding_key).where(chunks.c.embedding_key == embeddings.c.key).exists()
            conn.execute(embeddings.delete().where(~used | (embeddings.c.model != embedder.name)))
        vectors.rebuild(embedder.name)
        if progress is not None:
            progress(Progress("publish", "", len(rows), len(rows)))


def _verify_language(conn: Connection, embedder: Embedder, language: Language, ids: list[int]) -> list[str]:
    problems = []
    known, _ = vectors_of(conn, ids, embedder.name)
    if len(known) != len(ids):
        problems.append(f"{len(ids) - len(known)} {language} passages have no embedding of {embedder.name}. Run `setu reindex`.")
    if bm25.rows(conn, language) != set(ids):
        problems.append(f"The keyword index of {language} does not match the catalogue. Run `setu reindex`.")
    return problems


def _published(conn: Connection) -> dict[Language, list[int]]:
    found: dict[Language, list[int]] = {}
    query = select(chunks.c.id, chunks.c.language).join(versions).where(versions.c.state == "published").order_by(chunks.c.id)
    for row in conn.execute(query):
        found.setdefault(row.language, []).append(row.id)
    return found


@dataclass(frozen=True, slots=True)
class StoreState:
    """What the catalogue says of itself. ``layout`` is None where there is no catalogue yet; ``last_ingest`` is in UTC."""

    layout: str | None
    embedder: str | None
    documents: int
    rejected: int
    staged: int
    last_ingest: datetime | None

    @property
    def age_hours(self) -> float | None:
        """Hours since something was taken in."""
        if self.last_ingest is None:
            return None
        return (datetime.now(UTC) - self.last_ingest.replace(tzinfo=UTC)).total_seconds() / 3600


_LOOK_S = 5.0
"""How long a look waits."""


def store_state(settings: Settings, groups: Sight = None) -> StoreState:
    """Read the catalogue; what is counted are the documents that these groups see.

    Raises:
        KnowledgeBaseError: it cannot be opened or read.
    """
    url = make_url(settings.sql_url)
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
        return StoreState(None, None, 0, 0, 0, None)
    engine = _looking(settings)
    try:
        with engine.connect() as conn:
            found = LAYOUT.found(conn)
            if found is None:
                return StoreState(None, None, 0, 0, 0, None)
            rejected = select(func.count()).select_from(documents).where(documents.c.reject_reason.is_not(None))
            count, mine = select(func.count()), seen(groups, versions.c.document_id)
            return StoreState(
                layout=found,
                embedder=conn.scalar(select(meta.c.value).where(meta.c.key == "embedder")),
                documents=conn.scalar(count.select_from(versions).where(versions.c.state == "published", mine)) or 0,
                rejected=conn.scalar(rejected.where(seen(groups, documents.c.id))) or 0,
                staged=conn.scalar(count.select_from(versions).where(versions.c.state == "staged", mine)) or 0,
                last_ingest=conn.scalar(select(func.max(versions.c.created)).where(versions.c.state != "staged", mine)),
            )
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or type(error).__name__)
        raise KnowledgeBaseError(f"The catalogue at {engine.url} cannot be read: {said}.") from error
    finally:
        engine.dispose()


def _looking(settings: Settings) -> Engine:
    """Connections for one look, which wait for nothing."""
    url = make_url(settings.sql_url)
    if settings.server_url is None:
        return create_engine(url, poolclass=NullPool)
    return server_connections.connections(url, NAMING.what, _LOOK_S, KnowledgeBaseError, kept=False)


def server_state(settings: Settings) -> str | None:
    """What server holds the base, in words; None where the base is in files.

    Raises:
        KnowledgeBaseError: it cannot be used.
    """
    if settings.server_url is None:
        return None
    engine = _looking(settings)
    try:
        with engine.connect() as conn:
            return server_connections.described(conn)
    finally:
        engine.dispose()


def queue_state(settings: Settings) -> QueueState | None:
    """How the queue of jobs stands; None where there is none.

    Raises:
        KnowledgeBaseError: the database cannot be used.
    """
    from kb.queue.job_queue import state_of

    if settings.server_url is None or not settings.queue:
        return None
    engine = _looking(settings)
    try:
        with engine.connect() as conn:
            return state_of(conn) if conn.dialect.has_table(conn, "queued_items") else None
    finally:
        engine.dispose()


def writer_at_work(settings: Settings) -> bool:
    """Whether a process holds the writers' lock; no where a server does not answer."""
    if settings.server_url is not None:
        engine = _looking(settings)
        try:
            with engine.connect() as conn:
                return server_lock.at_work(conn.execution_options(isolation_level="AUTOCOMMIT"))
        except KnowledgeBaseError:
            return False
        finally:
            engine.dispose()
    home = settings.home
    if not (home / "write.lock").exists():
        return False
    try:
        with private_lock(home / "write.lock").acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a home that may not be written: nobody else writes there either, as far as can be seen
        return False


def vector_server(settings: Settings) -> Literal["answers", "idle", "silent"]:
    """Whether Setu's own vector server answers; ``idle``: nobody uses the home, so none runs."""
    try:
        owner = find_owner(settings.vectors_dir)
    except TimeoutError:
        return "silent"
    if owner is None:
        return "idle"
    with owner.line:
        return "answers" if is_up(owner.port) else "silent"


def half_restored(home: Path) -> bool:
    """Whether a restore was interrupted: what it prepared is still there and takes room."""
    return (home / STAGING).exists()
