"""A database as the catalogue and the accounts use one: connections, transactions, what is wrong with a file of SQLite, layouts of tables.

Two kinds of databases, and this is the place where they part: SQLite, which is told here how to be used, and PostgreSQL
(`kb.store.postgresql`). With both a reader has one snapshot and writers take turns.

A set of tables has a layout, a number that a table of theirs holds under the key ``schema``. One of an older layout becomes one of the
current layout in one transaction, keeping its data: `Layout.steps` maps a layout to the function that leads to the next one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, select
from sqlalchemy.engine import ExceptionContext

from kb.errors import KnowledgeBaseError
from kb.store.postgresql import server_connections

RESTORE: Final = "setu restore FILE --replace"
"""The command that takes a backup in."""
_DAMAGE: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
_REFUSAL: Final = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")


@dataclass(frozen=True, slots=True)
class Naming:
    """How an error names a database: ``what`` begins the sentence, ``remedy`` ends it when the file is damaged.

    ``busy``: whether it is told at once that another one writes for too long; else who asks tells it.
    """

    what: str
    remedy: str
    error: Callable[[str], KnowledgeBaseError] = KnowledgeBaseError
    busy: bool = True


def open_engine(url: URL, naming: Naming, patience_s: float, *, existing: bool = False) -> Engine:
    """Connections to a database; what it says of itself, not of a query, is raised as the error of ``naming``, whatever was asked.

    Args:
        url: of the database.
        naming: what it is called.
        patience_s: how long a transaction that writes waits for another one.
        existing: never make the file of SQLite anew when it is not there.
    """
    if url.get_backend_name() != "sqlite":
        return server_connections.connections(url, naming.what, patience_s, naming.error, busy=naming.busy)
    file = url.database or ""

    def connected() -> sqlite3.Connection:
        return sqlite3.connect(f"{Path(file).absolute().as_uri()}?mode=rw", patience_s, check_same_thread=False, uri=True)

    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun by `reading` and `writing`
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={int(patience_s * 1000)}"):
            connection.execute(f"PRAGMA {pragma}")

    def tell(context: ExceptionContext) -> None:
        name = getattr(context.original_exception, "sqlite_errorname", "")
        if name.startswith(_DAMAGE):
            raise damage(naming, file, context.original_exception) from context.original_exception
        if name.startswith(_REFUSAL):
            raise naming.error(
                f"{naming.what} {file} cannot be opened or written: {context.original_exception}. Give the user Setu runs as the right to "
                "write there, or point SETU_HOME at another folder."
            ) from context.original_exception

    engine = create_engine(url, creator=connected) if existing else create_engine(url, connect_args={"timeout": patience_s})
    event.listen(engine, "connect", prepare)
    event.listen(engine, "handle_error", tell)
    return engine


def damage(naming: Naming, file: str, reason: object) -> KnowledgeBaseError:
    """The error that a file of SQLite is damaged."""
    return naming.error(f"{naming.what} {file} is damaged: {reason}. {naming.remedy}")


def unsound(engine: Engine) -> str | None:
    """What is wrong with a file of SQLite, every page of which is read; None when nothing is."""
    with engine.connect() as conn:
        found: str = conn.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    return None if found == "ok" else found


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent snapshot."""
    with engine.connect() as conn:
        if engine.dialect.name == "sqlite":
            conn.exec_driver_sql("BEGIN")
        else:
            conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield conn


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction: everything in it happens, or nothing."""
    with engine.begin() as conn:
        if engine.dialect.name == "sqlite":
            # Take the write lock at once: a transaction that reads first and writes later fails when another one wrote between.
            conn.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            server_connections.take_turn(conn)
        yield conn


@dataclass(frozen=True, slots=True)
class Layout:
    """Which layout a set of tables has: ``held`` is the table that says so; ``what`` and ``too_old`` are words of errors."""

    what: str
    too_old: str
    held: Table
    version: str
    steps: Mapping[str, Callable[[Connection], None]]
    error: Callable[[str], KnowledgeBaseError] = KnowledgeBaseError

    def found(self, conn: Connection) -> str | None:
        """The layout that the tables say they have; None when there are none yet."""
        if not conn.dialect.has_table(conn, self.held.name):
            return None
        said: str | None = conn.scalar(select(self.held.c.value).where(self.held.c.key == "schema"))
        return said

    def note(self, conn: Connection) -> None:
        """Write down that the tables were made in the current layout, unless they say already which they have."""
        if conn.scalar(select(self.held.c.value).where(self.held.c.key == "schema")) is None:
            conn.execute(self.held.insert().values(key="schema", value=self.version))

    def climb(self, conn: Connection) -> str | None:
        """Bring tables to the current layout, inside a write transaction; returns the one that they had.

        Raises:
            KnowledgeBaseError: a newer Setu wrote them, or one so old that no step leads here.
        """
        # The row is locked: of two processes that open a home at once, the second waits here and then finds nothing left to do.
        started: str | None = conn.scalar(select(self.held.c.value).where(self.held.c.key == "schema").with_for_update())
        found = started
        while found is not None and found != self.version:
            if found not in self.steps:
                raise self._refusal(found)
            self.steps[found](conn)
            found = str(int(found) + 1)
            conn.execute(self.held.update().where(self.held.c.key == "schema").values(value=found))
        return started

    def _refusal(self, found: str) -> KnowledgeBaseError:
        if found.isdecimal() and int(found) > int(self.version):
            return self.error(
                f"A newer Setu wrote this {self.what}: it has layout {found}, this Setu knows up to {self.version}. "
                "Update Setu, or use another SETU_HOME."
            )
        return self.error(f"The {self.what} has layout {found}, which is too old to be brought to {self.version}. {self.too_old}")
