"""The tables of the catalogue. SQL is the truth; everything in Chroma and in the keyword tables can be rebuilt from here.

A *version* is one state of a document's content. Its ``state`` is ``staged`` while its passages are being embedded,
``published`` when it is what searches find, and ``retired`` when a newer version took its place: its text stays, so that
old answers still open, but no channel finds it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    false,
)

from kb.index.column_types import Integer, Offset, String, Text

SCHEMA_VERSION = "12"
"""Raise it together with a step in `kb.store.database`."""

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))

documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False, unique=True),
    Column("reject_reason", Text),
    Column("reject_remedy", Text),
    Column("reject_kind", String(32)),
    Column("in_house", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)

"""``reject_kind``: the class of the error by name (`ingest.errors`), for which a page has words; NULL where none is known.

``in_house``: no text of it, in any version, is sent to a language model outside."""

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("media", String(10), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("language", String(3), nullable=False),
    Column("publisher", Text),
    Column("date", Date),
    Column("facts", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("created", DateTime, nullable=False),
    Column("retired", DateTime),
    Column("size", BigInteger),
    Column("text_sha256", String(64)),
    UniqueConstraint("document_id", "number"),
    sqlite_autoincrement=True,
)
"""``retired``: when a newer version took its place or it was withdrawn; ``size``: bytes of the file; ``text_sha256``: of ``text``.
NULL where it was not noted."""
Index("versions_by_state", versions.c.document_id, versions.c.state)
SEARCHED = Index("versions_searched", versions.c.state, versions.c.kind, versions.c.date, versions.c.document_id)
"""Holds all that a filter asks of a version, so that a search reads no page of the table, each of which holds a text."""

pages = Table(
    "pages",
    metadata,
    Column("version_id", ForeignKey("versions.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("start", Offset, nullable=False),
    Column("end", Offset, nullable=False),
    Column("method", String(10), nullable=False),
    Column("quality", Float, nullable=False),
    Column("language", String(3), nullable=False),
    Column("note", Text, nullable=False),
    Column("boxes", LargeBinary),
    Column("doubtful", Text),
)
"""``boxes``: where each word stands on a page that OCR read (the record of `ingest.ocr.word_boxes`); NULL on any other.

``doubtful``: spans of the version's text that OCR may have misread there, as JSON; NULL where there are none, or none was noted."""

blocks = Table(
    "blocks",
    metadata,
    Column("version_id", ForeignKey("versions.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("page", Integer, nullable=False),
    Column("role", String(10), nullable=False),
    Column("path", Text, nullable=False),
    Column("start", Offset, nullable=False),
    Column("end", Offset, nullable=False),
    Column("language", String(3), nullable=False),
)

chunks = Table(
    "chunks",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("version_id", ForeignKey("versions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("key", String(64), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("start", Offset, nullable=False),
    Column("end", Offset, nullable=False),
    Column("page_first", Integer, nullable=False),
    Column("page_last", Integer, nullable=False),
    Column("path", Text, nullable=False),
    Column("language", String(3), nullable=False),
    Column("embedding_key", String(32), nullable=False, index=True),
    sqlite_autoincrement=True,
)
"""``id`` is never used twice: it is also the row of the keyword tables and the id in Chroma, where stale entries may linger."""

corrections = Table(
    "corrections",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("field", String(16), primary_key=True),
    Column("value", Text, nullable=False),
    Column("changed", DateTime, nullable=False),
)
"""What a person said of a document, as JSON, beside what was extracted from each version: it holds for every version, also future ones."""

stories = Table(
    "stories",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("version_id", ForeignKey("versions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("language", String(3), nullable=False),
    Column("day", Date),
    Column("letters", Integer, nullable=False),
    Column("sketch", LargeBinary, nullable=False),
    Column("leader", Integer, nullable=False),
)
"""The published news: ``sketch`` of its text (uint32, little-endian), and the document that leads the story it belongs to."""
Index("stories_by_day", stories.c.language, stories.c.day)
Index("stories_by_leader", stories.c.leader, stories.c.document_id)
"""Holds all that a search asks of stories, whose rows are long."""

story_links = Table(
    "story_links",
    metadata,
    Column("one", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("other", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Two documents that tell the same story, ``one`` the smaller id."""

embeddings = Table(
    "embeddings",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("model", String(200), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)
"""float16, little-endian, keyed by the hash of the embedded text: a re-ingest embeds only what changed."""

pools = Table(
    "pools",
    metadata,
    Column("language", String(3), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("first", LargeBinary, nullable=False),
    Column("second", LargeBinary, nullable=False),
    Column("revision", BigInteger, nullable=False),
)
"""Sums over the published passages of one language: count, sum of vectors, sum of outer products (float64).

``revision`` is new with every change, so that a reader need not fetch a megabyte again to learn that nothing changed."""
REVISIONS = Index("pools_by_revision", pools.c.language, pools.c.size, pools.c.revision)
"""Holds what a search asks first; to read a revision in the row itself SQLite walks through the megabyte before it (0.9 ms)."""

vector_garbage = Table(
    "vector_garbage",
    metadata,
    Column("chunk", Integer, primary_key=True),
    Column("language", String(3), nullable=False),
)
"""Chunks whose vectors may still lie in Chroma although no version claims them; written in the transaction that disowns them."""

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("title", Text, nullable=False),
    Column("created", DateTime, nullable=False),
    Column("changed", DateTime, nullable=False, index=True),
    Column("owner", String(200), nullable=False, server_default=""),
)
"""What was asked and answered in the chat; times are UTC, ``title`` is "" until somebody names it, ``owner`` "" where nobody signs in."""

exchanges = Table(
    "exchanges",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("question", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("body", Text, nullable=False),
)
"""``body``: the exchange as JSON (`kb.user_records`), without any status; ``words``: question and statements in the search form."""

document_groups = Table(
    "document_groups",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(64), primary_key=True, index=True),
)
"""The access groups that a document belongs to; one of no group is seen by everybody."""

collections = Table(
    "collections",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("owner", String(200), nullable=False),
    sqlite_autoincrement=True,
)
"""What papers are kept together under; ``role`` is ``samples`` for the invented papers that come with Setu, else "".

``name`` is "" where the page is to call it by its role. It need not be unique: who makes one learns nothing of those they do not see.
``owner`` is the id of who made it: as long as it is empty, it is theirs.
"""

document_collections = Table(
    "document_collections",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("collection_id", ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True),
)
"""The collections that a document is in; one of none is in the default collection, which has no row."""
Index("documents_by_collection", document_collections.c.collection_id, document_collections.c.document_id)

people = Table(
    "people",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
)
"""What each person is called of whom something is kept, also when their account is gone; ``owner``, ``sharer`` and ``who`` are ids."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", DateTime, nullable=False, index=True),
    Column("who", String(200), nullable=False),
    Column("action", String(32), nullable=False, index=True),
    Column("about", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""Who did what, and when (UTC); ``about`` names the document, conversation or person, and never holds the text of a document."""

feedback = Table(
    "feedback",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("who", String(200), primary_key=True),
    Column("good", Boolean, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("comment", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
"""What people thought of an answer; ``reason`` and ``comment`` are "" where none was given."""

materials = Table(
    "materials",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False, index=True),
    Column("owner", String(200), nullable=False, server_default=""),
    Column("title", Text, nullable=False),
    Column("created", DateTime, nullable=False),
    Column("changed", DateTime, nullable=False),
    Column("body", Text, nullable=False),
    Column("sharer", String(200), nullable=False, server_default=""),
)
"""What is made out of the documents and kept, such as training modules, as JSON.

Times are UTC; ``sharer`` is who shared it and may take it back.
"""

overviews = Table(
    "overviews",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("language", String(3), primary_key=True),
    Column("key", String(64), nullable=False),
    Column("body", Text, nullable=False),
)
"""What was made of a document for readers of a language, as JSON; ``key``: of what, a digest. It can be made again at any time."""


handlings = Table(
    "handlings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("anchor", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("owner", Text, nullable=False),
    Column("owner_id", String(200), nullable=False, server_default=""),
    Column("note", Text, nullable=False),
    Column("through", Date),
    Column("who", String(200), nullable=False, server_default=""),
    Column("at", DateTime, nullable=False),
    sqlite_autoincrement=True,
)
"""How obligations of documents are dealt with, as people set it: it holds for every version, also future ones.

``anchor``: the clause that it was set for, as JSON (`kb.user_records.Anchor`); ``owner_id`` and ``who`` are ids, "" for nobody.
"""

model_usage = Table(
    "model_usage",
    metadata,
    Column("day", Date, primary_key=True),
    Column("who", String(200), primary_key=True),
    Column("tokens", BigInteger, nullable=False),
)
"""Tokens that language models took on a day (of the server's clock) for a person, by id; ``who`` is "" for all who are not signed in."""

sync_sources = Table(
    "sync_sources",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("choice", Text, nullable=False),
    Column("cursor", Text, nullable=False, server_default=""),
    Column("listed", DateTime),
    Column("begun", DateTime),
    Column("report", Text, nullable=False, server_default="{}"),
    sqlite_autoincrement=True,
)
"""Places that papers come from again and again; ``choice``, what was said of it, and ``report`` of the last run are JSON (`kb.sync`)."""

sync_entries = Table(
    "sync_entries",
    metadata,
    Column("source_id", ForeignKey("sync_sources.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("entry", Text, nullable=False),
    Column("file", Text, nullable=False, index=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("missing_s", Float),
)
"""What is kept of each paper of a source: ``entry``, what the place told of it, is JSON; NULL in ``missing_s``: it is still there."""
