"""Vectors in Chroma: one collection per language, so that a language is a pool of its own and its filter costs nothing.

Chroma is a projection of the catalogue. Entries that the catalogue does not know are harmless: a hit counts only if the
catalogue says that its chunk is published.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import numpy as np

from kb.errors import VectorServiceError
from kb.represent.embed import FloatMatrix, FloatVector
from kb.store.vector_service import VectorService
from lang.codes import Language

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

    from kb.settings import Settings

T = TypeVar("T")
BATCH = 2000
"""Rows per upsert; Chroma refuses more than 5,461."""
HNSW: CreateHNSWConfiguration = {"space": "ip", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}
"""Recall@10 of 0.992 at 100,000 vectors, where the defaults reach 0.920."""


class VectorIndex:
    """Nearest passages by inner product, per language."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.chroma_url
        self._service = None if self._url else VectorService(settings.vectors_dir)
        self._client: ClientAPI | None = None
        self._collections: dict[Language, Collection] = {}

    def upsert(self, language: Language, chunks: Sequence[int], vectors: FloatMatrix) -> None:
        """Store the vectors of chunks, shape ``(len(chunks), dimension)``, over any that were there."""
        for start in range(0, len(chunks), BATCH):
            ids = [str(c) for c in chunks[start : start + BATCH]]
            rows = np.ascontiguousarray(vectors[start : start + BATCH])
            self._call(partial(self._upsert, language, ids, rows))

    def remove(self, language: Language, chunks: Sequence[int]) -> None:
        """Forget the vectors of chunks; those that are not there are ignored."""
        for start in range(0, len(chunks), BATCH):
            ids = [str(c) for c in chunks[start : start + BATCH]]
            self._call(partial(self._delete, language, ids))

    def nearest(self, language: Language, query: FloatVector, n: int) -> list[tuple[int, float]]:
        """Up to ``n`` (chunk, inner product), best first; an entry may belong to a chunk that is not published."""
        if n <= 0:
            return []
        found = self._call(lambda: self._collection(language).query(query_embeddings=query.tolist(), n_results=n, include=["distances"]))
        distances = found["distances"]
        return [(int(c), 1.0 - float(d)) for c, d in zip(found["ids"][0], distances[0] if distances else [], strict=True)]

    def ids(self, language: Language) -> set[int]:
        """Every chunk that has a vector here."""
        return {int(c) for c in self._call(lambda: self._collection(language).get(include=[])["ids"])}

    def clear(self) -> None:
        """Drop every collection of ours."""

        def drop() -> None:
            client = self._connected()
            for collection in client.list_collections():
                if collection.name.startswith("passages."):
                    client.delete_collection(collection.name)

        self._call(drop)
        self._collections.clear()

    def heartbeat(self) -> str:
        """The server's version, when it answers.

        Raises:
            VectorServiceError: it does not.
        """
        return self._call(lambda: self._connected().get_version())

    def close(self) -> None:
        """Let go of the server; it stops when nobody uses it."""
        self._disconnect()
        if self._service is not None:
            self._service.release()

    def _upsert(self, language: Language, ids: list[str], rows: FloatMatrix) -> None:
        self._collection(language).upsert(ids=ids, embeddings=rows)

    def _delete(self, language: Language, ids: list[str]) -> None:
        self._collection(language).delete(ids=ids)

    def _connected(self) -> ClientAPI:
        if self._client is None:
            import chromadb
            from chromadb.config import Settings as ChromaSettings

            if self._service is not None:
                host, port, tls = "127.0.0.1", self._service.port(), False
            else:
                parts = urlsplit(str(self._url))
                tls = parts.scheme == "https"
                host, port = parts.hostname or "127.0.0.1", parts.port or (443 if tls else 8000)
            self._client = chromadb.HttpClient(host, port, ssl=tls, settings=ChromaSettings(anonymized_telemetry=False))
        return self._client

    def _disconnect(self) -> None:
        if self._client is not None:
            _close(self._client)
        self._client = None
        self._collections.clear()

    def _collection(self, language: Language) -> Collection:
        if language not in self._collections:
            self._collections[language] = self._connected().get_or_create_collection(
                f"passages.{language}", embedding_function=None, configuration={"hnsw": HNSW}
            )
        return self._collections[language]

    def _call(self, action: Callable[[], T]) -> T:
        import httpx  # not above: a search that reads the scan files needs neither, and httpx takes 0.1 s to import
        from chromadb.errors import NotFoundError

        if self._client is not None and self._service is not None and not self._service.lives():
            self._disconnect()  # its port may be another home's by now
        try:
            return action()
        except (httpx.TransportError, ConnectionError, NotFoundError, ValueError):
            # The server was stopped or the collection was rebuilt by another process: connect anew, once.
            self._disconnect()
        try:
            return action()
        except (httpx.TransportError, ConnectionError, NotFoundError, ValueError) as error:
            where = self._url or "this machine"
            raise VectorServiceError(f"The vector store on {where} does not answer: {error}. Run `setu doctor`.") from error


def _close(client: ClientAPI) -> None:
    import httpx

    # chromadb 1.5.9: closing a client leaves its HTTP connections, and those of the admin client inside it, open.
    for part in (client, getattr(client, "_admin_client", None)):
        session = getattr(getattr(part, "_server", None), "_session", None)
        if isinstance(session, httpx.Client):
            session.close()
    close = getattr(client, "close", None)  # declared by the implementation, not by ClientAPI
    if callable(close):
        close()
