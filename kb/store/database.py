"""The layout of the catalogue's database, and numbered migrations of older ones.

A catalogue of an older layout becomes one of the current layout in one transaction (`kb.store.engine.Layout`). `STEPS` maps a layout to the
function that leads to the next one. A step only adds; it looks before it adds, so that it may meet a table that `schema.metadata` made in
full. To change the layout: change `kb.store.schema`, raise ``SCHEMA_VERSION``, add the step here and a script of the old layout to
``tests/kb``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import Column, Connection, inspect, select
from sqlalchemy.schema import CreateColumn

from kb.errors import KnowledgeBaseError
from kb.index import inverted_index
from kb.queue import queue_tables as _queue  # noqa: F401 - as above
from kb.store import passages
from kb.store.engine import RESTORE, Layout, Naming
from kb.store.facts import near_duplicates
from kb.store.integrity import text_digest
from kb.store.originals import file_tables as _files  # noqa: F401 - they are among those of `metadata` once they are imported
from kb.store.postgresql import server_connections, server_errors
from kb.store.schema import REVISIONS, SCHEMA_VERSION, SEARCHED, conversations, documents, materials, meta, metadata, pages, versions
from kb.store.shards import shard_tables as _shards  # noqa: F401 - as above
from kb.store.user_data import collection_members, identities
from kb.store.webhooks import webhook_tables as _tables  # noqa: F401 - they are among those of `metadata` once they are imported

NAMING: Final = Naming("The catalogue", f"Restore a backup: {RESTORE}.")
PATIENCE_S: Final = 30.0
"""How long a transaction waits for the one before it, as of papers that are taken in."""
log = logging.getLogger(__name__)


def make_or_migrate(conn: Connection, accounts: Callable[[], Mapping[str, str]] = dict) -> None:
    """Make the tables of a catalogue where there are none, or else `migrate` them; call it inside a write transaction.

    Raises:
        KnowledgeBaseError: as `migrate`; or the database of a server holds tables of another program.
    """
    if LAYOUT.found(conn) is not None:
        migrate(conn, accounts)
        return
    tables = (metadata, inverted_index.metadata)
    if conn.dialect.name != "sqlite" and (there := server_connections.others(conn, *tables)):
        raise KnowledgeBaseError(f"{NAMING.what} {conn.engine.url}: {server_errors.of_others(there)}")
    for one in tables:
        one.create_all(conn)
    LAYOUT.note(conn)
    passages.renew_vectors(conn)


def migrate(conn: Connection, accounts: Callable[[], Mapping[str, str]] = dict) -> None:
    """Bring a catalogue to the current layout; call it inside a write transaction.

    Args:
        conn: of the transaction.
        accounts: asked once for the ids of the accounts by their folded names, where the layout knew people by name.

    Raises:
        KnowledgeBaseError: a newer Setu wrote it, or one so old that no step leads here.
    """
    started = LAYOUT.climb(conn)
    if started is not None and int(started) < _FIRST_WITH_IDS:
        identities.identify(conn, accounts())
    if started != SCHEMA_VERSION:
        log.info("the catalogue was brought from layout %s to %s", started, SCHEMA_VERSION)


def add_column(conn: Connection, column: Column[object]) -> None:
    """Add a column of `kb.store.schema` to its table, unless it is there; one that may not be null needs a ``server_default``."""
    table = column.table.name
    if any(known["name"] == column.name for known in inspect(conn).get_columns(table)):
        return
    definition = CreateColumn(column).compile(dialect=conn.dialect)
    conn.exec_driver_sql(f"ALTER TABLE {conn.dialect.identifier_preparer.quote(table)} ADD COLUMN {definition}")


def _from_3_to_4(conn: Connection) -> None:
    """Adds new tables (all by ``create_all``) and, below it, the new columns of tables that layout 3 had."""
    metadata.create_all(conn)
    SEARCHED.create(conn, checkfirst=True)
    REVISIONS.create(conn, checkfirst=True)
    add_column(conn, pages.c.boxes)
    add_column(conn, versions.c.retired)
    add_column(conn, versions.c.size)
    passages.index_older(conn)
    near_duplicates.rebuild(conn)


def _from_4_to_5(conn: Connection) -> None:
    metadata.create_all(conn)
    add_column(conn, conversations.c.owner)


def _from_5_to_6(conn: Connection) -> None:
    add_column(conn, materials.c.sharer)


def _from_6_to_7(conn: Connection) -> None:
    """Adds the table of people, whose ids `migrate` puts in the place of their names, and notes what the texts are: one altered is told."""
    metadata.create_all(conn)
    add_column(conn, versions.c.text_sha256)
    for version in conn.scalars(select(versions.c.id).where(versions.c.text_sha256.is_(None))).all():
        text = conn.execute(select(versions.c.text).where(versions.c.id == version)).scalar_one()
        conn.execute(versions.update().where(versions.c.id == version).values(text_sha256=text_digest(text)))


def _from_7_to_8(conn: Connection) -> None:
    """Adds collections (that of the samples gets the invented papers), kinds of rejects, overviews, and what people set for obligations.

    Also the doubtful words of pages, which are known once a page is read again.
    """
    metadata.create_all(conn)
    add_column(conn, documents.c.reject_kind)
    add_column(conn, pages.c.doubtful)
    collection_members.set_samples_apart(conn)


def _from_8_to_9(conn: Connection) -> None:
    """Adds the mark of papers that are not to leave the house, which none has, and what language models cost on each day."""
    metadata.create_all(conn)
    add_column(conn, documents.c.in_house)


def _from_9_to_10(conn: Connection) -> None:
    """Adds the tables of sources that are synced, and of webhooks."""
    metadata.create_all(conn)


def _from_10_to_11(conn: Connection) -> None:
    """Adds the tables of files that a database of a server keeps."""
    metadata.create_all(conn)


def _from_11_to_12(conn: Connection) -> None:
    """Adds the tables of shards, of which there are none."""
    metadata.create_all(conn)


STEPS: Mapping[str, Callable[[Connection], None]] = {
    "3": _from_3_to_4, "4": _from_4_to_5, "5": _from_5_to_6, "6": _from_6_to_7, "7": _from_7_to_8, "8": _from_8_to_9,
    "9": _from_9_to_10, "10": _from_10_to_11, "11": _from_11_to_12,
}  # fmt: skip
LAYOUT = Layout("catalogue", "Use another SETU_HOME and ingest the documents again.", meta, SCHEMA_VERSION, STEPS)
_FIRST_WITH_IDS = 7
