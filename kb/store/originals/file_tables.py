"""The tables of files that are kept in the database of a server: originals, and what was sent and waits for its turn."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, Table

from kb.index.column_types import Integer, String
from kb.store.schema import metadata

stored_files = Table(
    "stored_files",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("size", BigInteger, nullable=False),
)
"""A file: ``name`` is what the copy of an original is called, or that of a file that waits; ``size`` in bytes."""

stored_parts = Table(
    "stored_parts",
    metadata,
    Column("name", ForeignKey("stored_files.name", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)
"""Its bytes in order, in parts, so that no more than one of them is in memory when it is read."""

doomed_files = Table("doomed_files", metadata, Column("name", String(128), primary_key=True))
"""Files that no document claims any more and that may still lie in an object store; written in the transaction that disowns them."""

FILE_TABLES: Final = (stored_files, stored_parts, doomed_files)
"""Of a database that keeps files; what they hold is moved as files are, not as rows."""
