"""The state of a home, looked at without changing, starting or waiting for anything: for a monitor that asks every minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from filelock import Timeout
from sqlalchemy import create_engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from kb.errors import KnowledgeBaseError
from kb.private import private_lock
from kb.settings import Settings
from kb.store.migrate import layout
from kb.store.schema import documents, meta, versions
from kb.store.sight import Sight, seen
from kb.store.swap import STAGING
from kb.store.vector_owner import is_up
from kb.store.vector_service import find_owner


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


def store_state(settings: Settings, groups: Sight = None) -> StoreState:
    """Read the catalogue; what is counted are the documents that these groups see.

    Raises:
        KnowledgeBaseError: it cannot be opened or read.
    """
    url = make_url(settings.sql_url)
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
        return StoreState(None, None, 0, 0, 0, None)
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as conn:
            found = layout(conn)
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


def writer_at_work(home: Path) -> bool:
    """Whether a process holds the writers' lock."""
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
