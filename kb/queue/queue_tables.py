"""The table of what is to be done: what was asked and came of it. Whose turn it is stands in Procrastinate's own tables."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Table, false

from kb.index.column_types import Integer, String, Text
from kb.store.schema import metadata

UNFINISHED: Final = ("waiting", "working")
"""States of what is still to be done."""
queued_items = Table(
    "queued_items",
    metadata,
    Column("job", String(32), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("owner", String(200), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("errand", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("told", Text, nullable=False),
    Column("run", String(32), nullable=False, server_default=""),
    Column("ticket", BigInteger),
    Column("stopping", Boolean, nullable=False, server_default=false()),
    Column("begun", DateTime, nullable=False),
    Column("changed", DateTime, nullable=False),
)
"""One thing to be done, such as to take in a file, of a job that somebody began; times are UTC, ``owner`` is an id.

``errand``, what is to be done, and ``told``, how far it is or what came of it, are JSON of who asks (`ui.jobs.queued_uploads`). ``run`` is
new with each try: a worker that was given up for dead writes nothing any more. ``ticket``: its job in Procrastinate.
"""
Index("queued_items_by_state", queued_items.c.state, queued_items.c.begun)
