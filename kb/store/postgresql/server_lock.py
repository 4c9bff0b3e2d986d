"""The writers' lock of a base on a server: one writer on all machines at a time, for as long as a batch is written.

It is an advisory lock of PostgreSQL on a connection of its own: it goes with the connection, so that whoever was killed holds nothing up.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from kb.errors import KnowledgeBaseError
from kb.files import LOCK_WAIT_S
from kb.store.postgresql.server_errors import BUSY

_KEY: Final = "hashtextextended('setu ' || current_schema() || ' writers', 0)"
_WAIT = text("SELECT set_config('lock_timeout', :patience, false)")
_TAKE = text(f"SELECT pg_advisory_lock({_KEY})")
_TRY = text(f"SELECT pg_try_advisory_lock({_KEY})")
_LEAVE = text(f"SELECT pg_advisory_unlock({_KEY})")
log = logging.getLogger(__name__)


class ServerLock:
    """As `kb.files.WriteLock`, for all machines of a base; the thread that holds it may take it again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._here = threading.RLock()
        self._depth = 0
        self._held: Connection | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it.

        Raises:
            KnowledgeBaseError: another process has been writing for ten minutes.
        """
        if not self._acquire(LOCK_WAIT_S):
            raise KnowledgeBaseError("Another process is adding documents. Wait until it is done, then try again.")
        try:
            yield
        finally:
            self._release()

    @contextmanager
    def quiet(self, timeout: float = 0.0) -> Iterator[bool]:
        """Keep writers out for a look at the whole; False when one is at work and does not finish in time."""
        taken = self._acquire(timeout)
        try:
            yield taken
        finally:
            if taken:
                self._release()

    def _acquire(self, patience_s: float) -> bool:
        if not self._here.acquire(timeout=patience_s):
            return False
        try:
            if self._depth == 0:
                self._held = _connection(self._engine, patience_s)
        except BaseException:
            self._here.release()
            raise
        if self._held is None:
            self._here.release()
            return False
        self._depth += 1
        return True

    def _release(self) -> None:
        self._depth -= 1
        if self._depth == 0 and self._held is not None:
            held, self._held = self._held, None
            try:
                held.execute(_LEAVE)
            except (KnowledgeBaseError, SQLAlchemyError) as error:
                log.warning("the connection of the writers' lock was lost while it was held: %s", error)
            finally:
                held.close()
        self._here.release()


def _connection(engine: Engine, patience_s: float) -> Connection | None:
    """A connection of its own that holds the lock; None where another one holds it for so long."""
    conn = engine.connect()
    try:
        conn.execution_options(isolation_level="AUTOCOMMIT")
        conn.detach()  # it is closed afterwards, and the lock with it
        if patience_s <= 0:
            taken = bool(conn.scalar(_TRY))
        else:
            conn.execute(_WAIT, {"patience": str(int(patience_s * 1000))})
            taken = _taken(conn)
    except BaseException:
        conn.close()
        raise
    if taken:
        return conn
    conn.close()
    return None


def _taken(conn: Connection) -> bool:
    try:
        conn.execute(_TAKE)
    except KnowledgeBaseError as error:
        if getattr(error.__cause__, "sqlstate", "") in BUSY:
            return False
        raise
    return True


def at_work(conn: Connection) -> bool:
    """Whether somebody holds the lock."""
    if conn.scalar(_TRY):
        conn.execute(_LEAVE)
        return False
    return True
