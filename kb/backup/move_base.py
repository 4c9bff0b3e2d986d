"""A base moved from files of the home to a PostgreSQL, or back: every row of every table, ids and all, in one transaction of the new place.

What can be copied anew goes along too, the keyword index among it; scan files are made anew by the next search. The old base stays as it
was. The originals come along to where the new base keeps them; other files of the home belong to no base and stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Table, func, make_url, select, text
from sqlalchemy.exc import ArgumentError

from kb.auth.account_schema import account_meta
from kb.auth.account_schema import metadata as account_tables
from kb.auth.account_store import AccountStore
from kb.backup.gather_originals import Gathered, carry
from kb.backup.restore import alone
from kb.errors import BackupError
from kb.index import inverted_index
from kb.queue.queue_tables import UNFINISHED, queued_items
from kb.settings import Settings
from kb.store import passages
from kb.store.catalogue import Catalogue
from kb.store.integrity import contents
from kb.store.originals.file_tables import FILE_TABLES
from kb.store.postgresql import server_connections
from kb.store.schema import meta, metadata, vector_garbage
from kb.store.shards.shard_tables import shards
from kb.store.vectors.hnsw_projection import NOTE

EMBEDDED: Final = "embedded"
"""The place that is the files of the home."""
_STEP: Final = 200
_NOT_ROWS: Final = (vector_garbage, queued_items, *FILE_TABLES)
_TABLES: Final = tuple(one for one in (*metadata.sorted_tables, *inverted_index.metadata.sorted_tables) if one not in _NOT_ROWS)
_HERE_ONLY: Final = ("in_chroma", NOTE)
"""Rows of `meta` that tell of an index beside the old base."""
_LEFT: Final = ("sign_in_limits", "asked_limits")
"""Tables of accounts that tell of the clock of a machine."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved: rows by table, originals, and where to."""

    rows: Mapping[str, int]
    originals: Gathered
    settings: Settings


def move(settings: Settings, to: str, progress: Callable[[str, int], None] = lambda table, rows: None, objects: str | None = None) -> Moved:
    """Copy the base that the settings name to another place, and leave it as it was.

    Args:
        settings: of the base; its home stays the same.
        to: the URL of an empty PostgreSQL database, or `EMBEDDED`.
        progress: told of each table and how many of its rows are copied, and how many originals.
        objects: where the new base keeps its originals, as `SETU_OBJECTS_URL`; None: in the database, or the home.

    Raises:
        BackupError: it is there already, the other place holds a base, uploads wait for a worker, or somebody uses one of them.
        SettingsError: ``objects`` is no place for originals, or given for `EMBEDDED`.
        OriginalsError: a place of originals cannot be used; nothing was moved.
        KnowledgeBaseError: one of the databases cannot be used.
    """
    target = settings.model_copy(update={"database_url": None if to == EMBEDDED else to, "objects_url": objects})
    if _place(settings) == _place(target):
        raise BackupError(f"The base is there already. Name another place: a URL of PostgreSQL, or {EMBEDDED}.")
    if settings.server_url is not None:
        _nobody_else(settings)
    with alone(settings.home), closing(Catalogue(settings)) as source, closing(Catalogue(target)) as made:
        _check_empty(made, to)
        with source.write() as old, made.write() as new:  # nobody writes to either meanwhile
            _check_done(old)
            _check_whole(old)
            originals = carry(contents(old), [source.originals.place], made.originals, progress)
            accounts = _accounts(settings, target)
            rows = {one.name: _copy(old, new, one, progress) for one in _TABLES}
            _settle(old, new)
        return Moved(rows | accounts, originals, target)


def _place(settings: Settings) -> str:
    try:
        url = make_url(settings.sql_url)
        if settings.server_url is not None:
            url = server_connections.chosen(url)
    except ArgumentError as error:
        raise BackupError(f"{settings.database_url} is no URL of a database: postgresql+psycopg://USER:PASSWORD@HOST/DATABASE") from error
    return url.render_as_string(hide_password=False)


_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'setu' AND datname = current_database() AND pid <> pg_backend_pid()"
)


def _nobody_else(settings: Settings) -> None:
    """Make sure that no other Setu is connected to the server that the base is on."""
    with closing(Catalogue(settings)) as source, source.read() as conn:
        if conn.scalar(_OTHERS):
            raise BackupError("The base is in use. Stop every chat, API and command of Setu on all machines, then try again.")


def _check_done(old: Connection) -> None:
    if waiting := old.scalar(select(func.count()).where(queued_items.c.state.in_(UNFINISHED))):
        raise BackupError(f"{waiting} uploads wait to be taken in. Run `setu worker --once`, look at `setu jobs`, then try again.")


def _check_whole(old: Connection) -> None:
    if numbers := old.scalars(select(shards.c.number).order_by(shards.c.number)).all():
        each = "; ".join(f"setu shards remove {number}" for number in numbers)
        raise BackupError(f"A part of the base is on shards. Bring it together first: {each}. Then try again.")


def _check_empty(made: Catalogue, to: str) -> None:
    with made.read() as conn:
        full = [one.name for one in _TABLES if one is not meta and conn.execute(select(one).limit(1)).first() is not None]
    if full:
        where = str(made.engine.url.database) if to == EMBEDDED else str(made.engine.url)
        raise BackupError(f"{where} holds a base already ({', '.join(full[:3])}). Name an empty database, or put that one away.")


def _copy(old: Connection, new: Connection, table: Table, progress: Callable[[str, int], None]) -> int:
    if table is meta:
        new.execute(meta.delete())
    query, done = select(table), 0
    if table is meta:
        query = query.where(meta.c.key.not_in(_HERE_ONLY))
    found = old.execution_options(yield_per=_STEP).execute(query)
    for part in found.mappings().partitions(_STEP):
        new.execute(table.insert(), [dict(row) for row in part])
        done += len(part)
        progress(table.name, done)
    held = new.scalar(select(func.count()).select_from(table))
    if held != done:
        raise BackupError(f"Of {table.name} {held} rows came in of {done}. Nothing was moved; try again.")
    return done


def _settle(old: Connection, new: Connection) -> None:
    """Let ids go on where they were, also where the last ones are gone, and have scan files be made anew."""
    for table in _TABLES:
        column = table.autoincrement_column
        if column is not None and column.autoincrement is True:
            _set_last(new, table.name, column.name, _last(old, table.name, column.name))
    passages.renew_vectors(new)


def _last(conn: Connection, table: str, column: str) -> int:
    if conn.dialect.name == "sqlite":
        found = conn.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table})
    else:
        sequence = conn.scalar(text("SELECT pg_get_serial_sequence(:name, :column)"), {"name": table, "column": column})
        found = conn.scalar(text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"))
    return int(found or 0)


def _set_last(conn: Connection, table: str, column: str, last: int) -> None:
    if not last:
        return
    if conn.dialect.name == "sqlite":
        conn.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
        conn.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), {"name": table, "last": last})
    else:
        values = {"name": table, "column": column, "last": last}
        conn.execute(text("SELECT setval(pg_get_serial_sequence(:name, :column), :last)"), values)


def _accounts(settings: Settings, target: Settings) -> dict[str, int]:
    """Take the accounts, sessions and keys along, where there are any."""
    wanted = [one for one in account_tables.sorted_tables if one.name not in _LEFT]
    with closing(AccountStore.of(settings)) as source, closing(AccountStore.of(target)) as made:
        held = {one.name: [dict(row._mapping) for row in source.rows(select(one))] for one in wanted}
        if not any(held[one.name] for one in wanted if one is not account_meta) and not source.in_use():
            return {}
        with made.writing() as conn:
            for one in reversed(wanted):
                conn.execute(one.delete())
            for one in wanted:
                if held[one.name]:
                    conn.execute(one.insert(), held[one.name])
    return {name: len(rows) for name, rows in held.items() if name != account_meta.name}
