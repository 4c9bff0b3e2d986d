"""Which databases hold postings beside the first, of which versions, and what is to be taken out of them; in each, whose shard it is.

The tables of the first are among those of the catalogue (`kb.store.schema`); `shard_meta` is in each shard.
"""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, MetaData, Table

from kb.index.column_types import Integer, String, Text
from kb.store.schema import metadata

shards = Table(
    "shards",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("mark", String(32), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("leaving", Integer, nullable=False, server_default="0"),
)
"""The shards, from 1; the first database is 0. ``mark`` is what the shard says of itself, whatever URL leads to it; ``name``: its URL when
it joined, without the password; ``leaving``: 1 where its documents are being moved away and none are to come."""

placements = Table(
    "placements",
    metadata,
    Column("version_id", ForeignKey("versions.id", ondelete="CASCADE"), primary_key=True),
    Column("shard", Integer, nullable=False, index=True),
)
"""Where the postings of a version are; one that has no row is in the first database."""

shard_garbage = Table(
    "shard_garbage",
    metadata,
    Column("shard", Integer, primary_key=True, autoincrement=False),
    Column("chunk", Integer, primary_key=True, autoincrement=False),
    Column("pool", String(3), nullable=False),
    Column("at", DateTime, nullable=False),
)
"""Passages whose postings a shard may still have and nobody asks for any more; written in the transaction that disowns them."""

own = MetaData()

shard_meta = Table("shard_meta", own, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))
"""In a shard: ``mark`` and ``layout``."""
LAYOUT = "1"
"""Of what a shard holds: `shard_meta` and the tables of `kb.index.inverted_index`."""
