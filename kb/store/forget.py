"""Letting go of passages, and of the vectors of texts that no passage has any more."""

from __future__ import annotations

from sqlalchemy import Connection, select

from kb.store.schema import chunks, embeddings


def passages(conn: Connection, version: int, *, vectors: bool) -> None:
    """Delete the chunks of a version; with ``vectors`` also the embeddings, of every model, of texts that no other chunk has.

    A search by key for each chunk: the vectors of other documents are not looked at, however many there are.
    """
    keys = set(conn.scalars(select(chunks.c.embedding_key).where(chunks.c.version_id == version))) if vectors else set()
    conn.execute(chunks.delete().where(chunks.c.version_id == version))
    if keys:
        unused = ~select(chunks.c.id).where(chunks.c.embedding_key == embeddings.c.key).exists()
        ordered = sorted(keys)
        for start in range(0, len(ordered), 500):
            conn.execute(embeddings.delete().where(embeddings.c.key.in_(ordered[start : start + 500]), unused))
