"""Whether the base can be read just now, for whoever sends requests to this node: in sentences that name no server and no file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from kb.embed.cache import CachedEmbedder
from kb.errors import KnowledgeBaseError
from kb.store.catalogue import Catalogue
from kb.store.database import LAYOUT
from kb.store.postgresql import server_errors
from kb.store.schema import SCHEMA_VERSION, meta

PROBE: Final = "सेतु"
"""What is searched for to see whether it can be."""
_FILES: Final = "The catalogue of this node cannot be read. Run there: setu doctor"
_MODEL: Final = "The embedding model of this node does not load. Run there: setu doctor"


def fault(catalogue: Catalogue, embedder: CachedEmbedder, warm: Callable[[], object]) -> str | None:
    """Why nothing can be searched; None where all can.

    Args:
        catalogue: is looked into each time: the database answers, in this Setu's layout.
        embedder: is to be the one that was indexed with, and to load.
        warm: searches where nothing was searched yet, which makes the scan files of this node.
    """
    try:
        with catalogue.read() as conn:
            layout = LAYOUT.found(conn)
            built_with = conn.scalar(select(meta.c.value).where(meta.c.key == "embedder"))
    except (KnowledgeBaseError, SQLAlchemyError) as error:
        return of_database(error) or _FILES
    if layout != SCHEMA_VERSION:
        return f"The base has layout {layout}, and this Setu knows {SCHEMA_VERSION}. Bring every node to one version of Setu."
    if built_with not in (None, embedder.name):
        return "The index was built with another model than the one configured. Set SETU_EMBEDDER back, or run: setu reindex"
    try:
        embedder.query(PROBE)
    except (KnowledgeBaseError, ImportError, OSError):
        return _MODEL
    try:
        warm()
    except OSError as error:
        return f"The scan files of this node cannot be made: {error.strerror or type(error).__name__}. Make room in its SETU_HOME."
    except (KnowledgeBaseError, SQLAlchemyError) as error:
        return of_database(error) or f"This node cannot search ({type(error).__name__}). Run there: setu doctor"
    return None


def of_database(error: BaseException) -> str | None:
    """What an error says of the database server, in a sentence without its address; None where it is not about one."""
    driver = getattr(error, "orig", None) or error.__cause__
    said = server_errors.meaning(driver, lost=True) if hasattr(driver, "sqlstate") else None
    return f"The database cannot be used: {said}" if said is not None else None
