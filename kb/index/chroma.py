"""Vectors in Chroma: one collection per language; and the process that owns the Chroma folder, found or started.

A language is a pool of its own, so its filter costs nothing. Chroma is a projection of the catalogue. Entries that the catalogue does not
know are harmless: a hit counts only if the catalogue says that its chunk is published. The server is `kb.index.chroma_server`.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import numpy as np

from kb.embed.embedder import FloatMatrix, FloatVector
from kb.errors import VectorServiceError
from kb.files import private_folder, private_lock
from kb.index.chroma_server import GRACE_S, SOCKET, STOP, is_up
from lang.languages import Language

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

    from kb.settings import Settings

START_S = 30.0
RETRY_S = 10.0
"""An owner that found the folder taken by one that was about to stop is gone at once; then another is started."""
_REPLY_S = 2.0
_STOP_S = 10.0
_MOST_PATH = 100
"""Bytes that the path of a socket may have on every system (Linux: 107)."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that owns a folder and said so itself. ``line`` is open as long as it lives; ``port``: of Chroma, on loopback."""

    line: socket.socket
    pid: int
    port: int

    def lives(self) -> bool:
        """Whether it is still there, and with it the server that it told of."""
        try:
            self.line.recv(1)  # it says nothing more: what there is to read is the end
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def stop(self) -> None:
        """Have it stop, and wait until it is gone."""
        try:
            self.line.settimeout(_STOP_S)
            self.line.sendall(STOP)
            self.line.recv(1)
        except OSError:
            return


def find_owner(folder: Path) -> Owner | None:
    """The process that owns a folder; None when there is none.

    Only itself is believed, on the socket in the folder: what answers there is alive and serves this folder, whereas a number in a file may
    by now be that of any other process, or the port of another folder's server.

    Raises:
        TimeoutError: there is one, but it does not answer.
    """
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(_REPLY_S)
    try:
        _connect(line, folder)
        told = json.loads(line.recv(256))
        line.setblocking(False)  # else `lives` would wait for a word
        return Owner(line, told["pid"], told["port"])
    except TimeoutError:
        line.close()
        raise
    except (OSError, ValueError):  # nobody listens, or it was about to stop
        line.close()
        return None


def _connect(line: socket.socket, folder: Path) -> None:
    path = str(folder / SOCKET)
    if len(os.fsencode(path)) <= _MOST_PATH or not os.path.isdir("/proc/self/fd"):
        line.connect(path)
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        line.connect(f"/proc/self/fd/{handle}/{SOCKET}")
    finally:
        os.close(handle)


class VectorService:
    """A share in the Chroma server of one folder, started when nobody has one, given back by `release`. Safe to share between threads."""

    def __init__(self, folder: Path, grace: float = GRACE_S) -> None:
        private_folder(folder)
        self._folder = folder
        self._grace = grace
        self._guard = threading.Lock()
        self._owner: Owner | None = None
        self._users = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def port(self) -> int:
        """The loopback port of a server that answers, started now if need be.

        Raises:
            VectorServiceError: the server does not come up.
        """
        with self._guard:
            return self._running() or self._started()

    def lives(self) -> bool:
        """Whether the server that `port` told of last is still there; if not, its port may be that of another folder's by now."""
        with self._guard:
            return self._owner is not None and self._owner.lives()

    def release(self) -> None:
        """Give the share back; the last one to leave stops the server."""
        if self._users < 0:
            return
        fcntl.flock(self._users, fcntl.LOCK_UN)
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pass  # somebody else still uses it
        else:
            if (owner := self._found()) is not None:
                owner.stop()
        self._forget()
        os.close(self._users)
        self._users = -1

    def _started(self) -> int:
        with private_lock(self._folder / "start.lock"):
            end = time.monotonic() + START_S
            while time.monotonic() < end:
                again = time.monotonic() + RETRY_S
                self._launch()
                while time.monotonic() < again:
                    running = self._running()
                    if running is not None:
                        return running
                    time.sleep(0.02)
        log = self._folder / "server.log"
        raise VectorServiceError(
            f"The vector store in {self._folder} did not start within {START_S:.0f} s. See {log}, then run `setu doctor`."
        )

    def _running(self) -> int | None:
        owner = self._found()
        return owner.port if owner is not None and is_up(owner.port) else None

    def _found(self) -> Owner | None:
        if self._owner is not None and self._owner.lives():
            return self._owner
        self._forget()
        try:
            self._owner = find_owner(self._folder)
        except TimeoutError:
            return None
        return self._owner

    def _forget(self) -> None:
        if self._owner is not None:
            self._owner.line.close()
        self._owner = None

    def _launch(self) -> None:
        script = Path(__file__).with_name("chroma_server.py")
        nowhere = subprocess.DEVNULL
        command = [sys.executable, str(script), str(self._folder), str(self._grace)]
        subprocess.run(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, check=False)


T = TypeVar("T")
BATCH = 2000
"""Rows per upsert; Chroma refuses more than 5,461."""
HNSW: CreateHNSWConfiguration = {"space": "ip", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}
"""Recall@10 of 0.992 at 100,000 vectors, where the defaults reach 0.920."""


class ChromaIndex:
    """The vectors of several languages, a collection for each."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.chroma_url
        self._service = None if self._url else VectorService(settings.vectors_dir)
        self._client: ClientAPI | None = None
        self._collections: dict[Language, Collection] = {}

    def add(self, language: Language, chunks: Sequence[int], vectors: FloatMatrix) -> None:
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

    def pool(self, language: Language) -> ChromaPool:
        """One language, to be searched."""
        return ChromaPool(self, language)

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

    def clear(self, language: Language | None = None) -> None:
        """Drop the collection of a language, or all of ours."""

        def drop() -> None:
            client = self._connected()
            for collection in client.list_collections():
                if collection.name == f"passages.{language}" or (language is None and collection.name.startswith("passages.")):
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


@dataclass(frozen=True, slots=True)
class ChromaPool:
    """The vectors of one language in Chroma: a `kb.index.exact.VectorIndex` whose answers are nearly all of the nearest."""

    index: ChromaIndex
    language: Language

    def nearest(self, query: FloatVector, n: int) -> list[tuple[int, float]]:
        """Up to ``n`` (chunk, inner product), best first; an entry may belong to a chunk that is not published."""
        return self.index.nearest(self.language, query, n)


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
