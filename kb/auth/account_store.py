"""Where accounts, sessions and counts of failures are kept: ``accounts.sqlite3`` in the home, mode 600, made with the first account.

It is a database of its own: who signs in or turns a page never waits for a writer of the catalogue. Every question is one statement and
leaves no transaction open; what is written is a few statements. Nothing is opened, and no file made, where nobody signs in.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Self

from filelock import Timeout
from sqlalchemy import URL, Connection, Engine, Row, Select, extract, func, make_url, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from kb.auth import account_files
from kb.auth.account_schema import (
    LAYOUT,
    account_meta,
    accounts,
    asked_limits,
    background_jobs,
    idempotency_keys,
    metadata,
    sessions,
    sign_in_limits,
)
from kb.backup import staging
from kb.errors import AccessError, AccountsError
from kb.files import private_file, private_folder, private_lock, sync
from kb.settings import Settings
from kb.store.engine import Naming, damage, open_engine, unsound, writing

ACCOUNTS: Final = "accounts.sqlite3"
BESIDE: Final = ("-wal", "-shm")
"""How the names of the files end that SQLite has beside the one it keeps."""
PATIENCE_S: Final = 5.0
"""How long one waits for another who writes, which takes milliseconds."""
_LOCK_WAIT_S: Final = 10.0
_IN_USE: Final = "in_use"
_NAMING: Final = Naming(
    "The file of accounts",
    f"Stop Setu, delete {ACCOUNTS}-wal and put the {ACCOUNTS} of a backup, which is a ZIP file, in its place; "
    "`setu users check` says when it is sound.",
    AccountsError,
    busy=False,
)


class AccountStore:
    """The database of signing in of one home. May be shared between threads; what another process writes is seen at the next look.

    Args:
        home: where the file lies, and what an older Setu kept of accounts.
        url: of another database that is to hold the tables beside its own; None: the file in the home.
    """

    def __init__(self, home: Path, url: str | None = None) -> None:
        self.home = home
        self.file = home / ACCOUNTS
        self._url = make_url(url) if url is not None else None
        self._guard = threading.Lock()
        self._opened: tuple[tuple[int, int], Engine] | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """That of the home, or of the database server that holds the base."""
        return cls(settings.home, settings.server_url)

    @property
    def shared(self) -> bool:
        """Whether several machines may use it."""
        return self._url is not None and self._url.get_backend_name() != "sqlite"

    def close(self) -> None:
        """Close every connection; whoever asks again opens it again."""
        with self._guard:
            if self._opened is not None:
                self._opened[1].dispose()
            self._opened = None

    def in_use(self) -> bool:
        """Whether there are accounts, or were, so that people sign in. Raises `AccountsError` as `rows` does."""
        return bool(self.rows(select(account_meta.c.value).where(account_meta.c.key == _IN_USE)))

    def rows(self, question: Select[Any]) -> list[Row[Any]]:
        """What a question finds; nothing where there is no database yet.

        Raises:
            AccountsError: it is damaged, others may read it, or it cannot be read.
        """
        engine = self._engine()
        if engine is None:
            return []
        with _explained("read"), engine.connect() as conn:
            return list(conn.execute(question))

    def seconds(self) -> float:
        """The time on the clock of the database's server, in seconds. Raises `AccountsError` as `rows` does."""
        return float(self.rows(select(extract("epoch", func.clock_timestamp())))[0][0])

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, one process and thread after another; makes the database when there is none.

        Raises:
            AccountsError: it is damaged, others may read it, cannot be written, or (``code`` "busy") another process keeps writing.
        """
        engine = self._engine(make=True)
        if engine is None:  # it went while it was being opened
            raise AccountsError(f"{self.file} was removed just now. Try again.", "busy")
        with _explained("written"), writing(engine) as conn:
            yield conn

    def mark(self, conn: Connection) -> None:
        """Write down that there are accounts, so that from now on people sign in."""
        if conn.scalar(select(account_meta.c.value).where(account_meta.c.key == _IN_USE)) is None:
            conn.execute(account_meta.insert().values(key=_IN_USE, value="1"))

    def check(self) -> None:
        """Read every page of the file. Raises `AccountsError` when it is damaged, or cannot be read."""
        engine = self._engine()
        if engine is not None and self._url is None:
            with _explained("read"):
                found = unsound(engine)
            if found is not None:
                raise damage(_NAMING, str(self.file), found)

    def copy_to(self, copy: Path) -> bool:
        """Write the accounts to a new file, as they are at one moment, without sessions, counts and jobs; returns whether there are any.

        Raises:
            AccountsError: the file is damaged or cannot be read.
        """
        if not self.file.exists():
            return False
        self.check()
        whole = copy.with_suffix(".whole")
        try:
            with closing(sqlite3.connect(self.file, timeout=PATIENCE_S)) as source, closing(sqlite3.connect(whole)) as target:
                source.backup(target)
                target.execute("PRAGMA journal_mode=OFF")
                for table in (sessions, sign_in_limits, asked_limits, idempotency_keys, background_jobs):
                    target.execute(f'DELETE FROM "{table.name}"')
                target.commit()
                target.execute("VACUUM INTO ?", (str(copy),))  # written anew, without what was deleted
        except sqlite3.DatabaseError as error:
            raise damage(_NAMING, str(self.file), error) from error
        finally:
            whole.unlink(missing_ok=True)
        return True

    def _engine(self, *, make: bool = False) -> Engine | None:
        """What reaches the database as it is now; None where there is none, unless it is to be made."""
        with self._guard:
            if self._url is not None:
                return self._elsewhere(self._url)
            staging.finish(self.home)
            found = self._found()
            if found is None and (make or account_files.there(self.home)):
                self._make()
                found = self._found()
            if found is not None and stat.S_IMODE(found.st_mode) & 0o077:
                mode = f"{stat.S_IMODE(found.st_mode):03o}"
                raise AccountsError(f"The file of accounts {self.file} may be read by others (mode {mode}). Run: chmod 600 {self.file}")
            state = (found.st_dev, found.st_ino) if found is not None else None
            if self._opened is not None and self._opened[0] != state:  # another file was put in its place
                self._opened[1].dispose()
                self._opened = None
            if self._opened is None and state is not None:
                self._opened = (state, self._open())
            return self._opened[1] if self._opened is not None else None

    def _found(self) -> os.stat_result | None:
        try:
            return self.file.stat()
        except FileNotFoundError as error:
            if os.path.lexists(self.file):
                raise AccountsError(f"{self.file} is a link to a file that is not there. Put the file back, or remove the link.") from error
            return None
        except OSError as error:
            raise AccountsError(f"The file of accounts {self.file} cannot be read: {error.strerror}.") from error

    def _open(self) -> Engine:
        engine = open_engine(URL.create("sqlite", database=str(self.file)), _NAMING, PATIENCE_S, existing=True)
        try:
            with _explained("read"):
                with engine.connect() as conn:
                    found = LAYOUT.found(conn)
                if found is None:
                    raise damage(_NAMING, str(self.file), "it has lost all that was in it")
                if found != LAYOUT.version:
                    with writing(engine) as conn:
                        LAYOUT.climb(conn)
            if account_files.left(self.home):
                with self._alone():
                    account_files.set_aside(self.home)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def _make(self) -> None:
        """Make the file under another name, with what an older Setu kept in it, then give it its name: it is there wholly or not at all."""
        private_folder(self.home)
        draft = self.file.with_name(f"{ACCOUNTS}.new")
        with self._alone():
            if os.path.lexists(self.file):
                return
            taken = account_files.held(self.home)
            # A log that lies beside another file than its own is taken for its own.
            for left in (draft, *(Path(f"{file}{end}") for file in (draft, self.file) for end in BESIDE)):
                left.unlink(missing_ok=True)
            private_file(draft)  # SQLite gives its log the same mode
            try:
                engine = open_engine(URL.create("sqlite", database=str(draft)), _NAMING, PATIENCE_S)
                try:
                    with _explained("written"), writing(engine) as conn:
                        self._fill(conn, taken)
                finally:
                    engine.dispose()  # the last connection takes its log in
                sync(draft)
                draft.replace(self.file)
                sync(self.home)
            finally:
                draft.unlink(missing_ok=True)
            account_files.set_aside(self.home)

    def _elsewhere(self, url: URL) -> Engine:
        if self._opened is None:
            engine = open_engine(url, _NAMING, PATIENCE_S)
            try:
                with _explained("written"), writing(engine) as conn:
                    if LAYOUT.found(conn) is None:
                        self._fill(conn, account_files.held(self.home))
                    LAYOUT.climb(conn)
            except BaseException:
                engine.dispose()
                raise
            account_files.set_aside(self.home)
            self._opened = ((0, 0), engine)
        return self._opened[1]

    def _fill(self, conn: Connection, taken: account_files.Held | None) -> None:
        metadata.create_all(conn)
        LAYOUT.note(conn)
        if taken is not None:
            self.mark(conn)
            for table, rows in ((accounts, taken.accounts), (sessions, taken.sessions)):
                if rows:
                    conn.execute(table.insert(), list(rows))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            with private_lock(self.home / "accounts.lock").acquire(timeout=_LOCK_WAIT_S):
                yield
        except Timeout as error:
            raise AccountsError(f"Another process is making {self.file}. Try again in a moment.", "busy") from error


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """What goes wrong with the database, as `AccountsError`."""
    try:
        yield
    except (AccountsError, AccessError):
        raise
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        kind = getattr(cause, "sqlite_errorname", "")
        said = f"{cause} ({kind})" if kind else str(cause)
        if "locked" in said or "lock timeout" in said:
            raise AccountsError("Another process is changing the accounts. Try again in a moment.", "busy") from error
        raise AccountsError(f"The accounts cannot be {what}: {said}. Run `setu users check`; see that the disk is not full.") from error
