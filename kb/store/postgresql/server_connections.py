"""Connections to PostgreSQL, all with the same ways: UTC, UTF-8, bounded waits, a dead client or server noticed within a minute.

A reader has one snapshot (REPEATABLE READ, read only). Writers take turns, as those of SQLite do: each takes a lock of the whole catalogue
before its first statement, and sees what the one before it left (READ COMMITTED, which cannot fail for want of order behind that lock).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, MetaData, NullPool, create_engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from kb.errors import KnowledgeBaseError, MissingExtraError, SettingsError
from kb.store.postgresql import server_errors
from kb.store.postgresql.server_errors import BUSY, SETTING

DIALECT: Final = "postgresql"
KEPT: Final = 5
MORE: Final = 35
"""Connections that a process keeps open, and how many more it opens while many ask at once."""
_LOCK: Final = "setu_lock"
CONNECT_S: Final = 10


def chosen(url: URL) -> URL:
    """The URL of a server with the driver that Setu has.

    Raises:
        SettingsError: it names another kind of database.
    """
    if url.get_backend_name() not in (DIALECT, "postgres"):
        raise SettingsError(f"{SETTING} names {url.get_backend_name()}. Setu keeps its base in SQLite or PostgreSQL: {_FORM}")
    return url.set(drivername=f"{DIALECT}+psycopg")


_FORM: Final = "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"


def connections(
    url: URL,
    what: str,
    patience_s: float,
    error: Callable[[str], KnowledgeBaseError],
    *,
    kept: bool = True,
    busy: bool = True,
    connect_s: int = CONNECT_S,
) -> Engine:
    """Connections to a database; what the server says of the database itself is raised as ``error``, in whatever query it comes up.

    Args:
        url: of the database.
        what: begins the sentence of an error, and names the lock that writers take.
        patience_s: how long one waits for another who writes.
        error: makes the error.
        kept: keep connections open for the next who ask.
        busy: say so when another one writes for longer; else the error of the driver passes.
        connect_s: how long is waited for a server that does not answer.
    """
    url = chosen(url)
    shown = url.render_as_string(hide_password=True)
    ways: dict[str, Any] = (
        {"pool_pre_ping": True, "pool_size": KEPT, "max_overflow": MORE, "pool_recycle": 1800} if kept else {"poolclass": NullPool}
    )
    try:
        engine = create_engine(
            url, connect_args=arguments(url, patience_s) | {"connect_timeout": connect_s}, execution_options={_LOCK: what}, **ways
        )
    except ModuleNotFoundError as missing:
        raise MissingExtraError(
            f"{SETTING} asks for PostgreSQL, whose driver psycopg is not installed. Run: pip install -c constraints.txt -e '.[postgresql]'"
        ) from missing
    except (ArgumentError, NoSuchModuleError) as wrong:
        raise SettingsError(f"{SETTING} cannot be used: {wrong}. Its form is {_FORM}") from wrong

    def prepare(connection: Any, _record: object) -> None:
        if connection.info.server_version < server_errors.OLDEST * 10_000:
            raise error(f"{what} {shown}: {server_errors.too_old(connection.info.server_version)}")
        encoding = connection.info.parameter_status("server_encoding") or "UTF8"
        if encoding != "UTF8":
            raise error(f"{what} {shown}: {server_errors.wrong_encoding(encoding)}")
        _adapt(connection)

    def tell(context: ExceptionContext) -> None:
        found = context.original_exception
        if isinstance(found, KnowledgeBaseError) or context.is_pre_ping:  # of a connection that has gone, the pool makes another
            return
        code = getattr(found, "sqlstate", None) or ""
        if busy and code in BUSY:
            raise error(f"{what} is being written by another process for more than {patience_s:.0f} seconds. Try again.") from found
        said = server_errors.meaning(found, lost=context.is_disconnect or context.connection is None)
        if said is not None:
            raise error(f"{what} {shown}: {said} ({_short(found)})") from found

    event.listen(engine, "connect", prepare)
    event.listen(engine, "handle_error", tell)
    return engine


def take_turn(conn: Connection) -> None:
    """Wait until no other transaction writes; one's own is the only one until it ends."""
    name = conn.get_execution_options().get(_LOCK, "")
    conn.execute(_TURN, {"name": name})


_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended('setu ' || current_schema() || ' ' || CAST(:name AS text), 0))")


def others(conn: Connection, *ours: MetaData) -> list[str]:
    """Tables that have names of ours, in a database that is not Setu's."""
    return sorted(name for one in ours for name in one.tables if conn.dialect.has_table(conn, name))


def described(conn: Connection) -> str:
    """The version of the server and the size of the database, for people."""
    version = conn.scalar(text("SELECT current_setting('server_version')"))
    size = conn.scalar(text("SELECT pg_database_size(current_database())")) or 0
    return f"PostgreSQL {str(version).split(' ', 1)[0]}, {int(size) / 2**20:,.0f} MiB"


def arguments(url: URL, patience_s: float) -> dict[str, Any]:
    """What the driver is told of a connection, beside its URL."""
    wanted = {
        "lock_timeout": int(patience_s * 1000),
        "statement_timeout": 0,
        "client_connection_check_interval": 5000,  # who was killed while they waited holds nothing up
        "tcp_keepalives_idle": 30,
        "tcp_keepalives_interval": 10,
        "tcp_keepalives_count": 3,
        "TimeZone": "UTC",
        "default_transaction_isolation": r"read\ committed",
    }
    said = url.query.get("options", "")
    options = " ".join([*(said if isinstance(said, tuple) else (said,)), *(f"-c {name}={value}" for name, value in wanted.items())])
    alive = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
    return {"options": options.strip(), "client_encoding": "utf-8", "connect_timeout": CONNECT_S, "application_name": "setu", **alive}


def _adapt(connection: Any) -> None:
    """Pass values as SQLite does: sums of whole numbers are whole numbers, and a text may hold the character 0.

    PostgreSQL has no room for that character: it is kept as U+FFFD, so that the text is as long as it was.
    """
    from psycopg.adapt import Buffer, Loader
    from psycopg.types.string import StrDumperUnknown

    class Dumper(StrDumperUnknown):
        def dump(self, obj: str) -> Buffer | None:
            return super().dump(obj.replace("\x00", "\ufffd"))

    class Numbers(Loader):
        def load(self, data: Buffer) -> int | float:
            said = bytes(data)
            return int(said) if said.lstrip(b"-").isdigit() else float(said)

    connection.adapters.register_dumper(str, Dumper)
    connection.adapters.register_loader("numeric", Numbers)


def _short(found: BaseException | None) -> str:
    return " ".join(str(found).split())[:300]
