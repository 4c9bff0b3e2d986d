"""Connections to a catalogue that is an SQLite file, and what is wrong with one."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.engine import ExceptionContext

from kb.errors import KnowledgeBaseError

RESTORE: Final = "setu restore FILE --replace"
"""The command that takes a backup in."""


def prepare(connection: Any, _record: object) -> None:
    """Set a new connection up; transactions are begun by `kb.store.catalogue.Catalogue`."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def tell_of_file(context: ExceptionContext) -> None:
    """Raise what SQLite says of the file itself as an error that names it: it may come up in any query."""
    name = getattr(context.original_exception, "sqlite_errorname", "")
    file = context.engine.url.database if context.engine is not None else "of this home"
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        raise KnowledgeBaseError(
            f"The catalogue {file} is damaged: {context.original_exception}. Restore a backup: {RESTORE}."
        ) from context.original_exception
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        raise KnowledgeBaseError(
            f"The catalogue {file} cannot be opened or written: {context.original_exception}. Give the user Setu runs as the right to "
            "write there, or point SETU_HOME at another folder."
        ) from context.original_exception
