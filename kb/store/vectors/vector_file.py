"""The flat file of the published passages of one language: how it is written, brought up to date and read.

It is a projection of the catalogue, made and brought up to date by whoever searches first after a change. It may hold rows that are
published no longer. That it lacks nothing is known from the pool's ``revision`` and size. A chunk's vector never changes under its id
(see `kb.store.schema`), so bringing a file up to date is appending to it.

Files in the folder, per language: ``L.json`` (generation, rows, revision, state of the vectors, and a checksum of each file), ``L.G.rows``
(`kb.index.exact.ROW`) and ``L.G.vectors`` (float16; empty where the vectors are kept elsewhere). What is not what its checksum says is made
again from the catalogue.
"""

from __future__ import annotations

import json
import logging
import os
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, literal, select

from kb.files import atomic_write, private_file
from kb.index.exact import ROW, Rows
from kb.records import Filters
from kb.store.passages import allowed_versions, state_of_vectors
from kb.store.schema import chunks, embeddings, versions
from lang.languages import Language

STEP = 10_000
"""Rows that are read from the catalogue at a time."""
MOST_DEAD = 0.25
"""Share of rows that are published no longer from which a file is written anew."""
_NOTHING = {"generation": 0, "rows": 0, "revision": -1, "heads": 0, "bodies": 0, "state": 0}
log = logging.getLogger(__name__)


class RowFile:
    """One language's files; use it under the language's lock."""

    def __init__(self, folder: Path, language: Language, dimension: int) -> None:
        self._folder, self._language, self._dimension = folder, language, dimension
        self._card = folder / f"{language}.json"

    def exists(self) -> bool:
        """Whether there is one, be it out of date."""
        return self._card.exists()

    def remove(self) -> None:
        """Delete the files; whoever still reads them keeps them until then."""
        self._card.unlink(missing_ok=True)
        for file in self._folder.glob(f"{self._language}.*.*"):
            file.unlink(missing_ok=True)

    def update(self, conn: Connection, model: str, revision: int, size: int) -> Rows:
        """The rows as of ``revision``, at which ``size`` passages are published."""
        card = self._read()
        state = state_of_vectors(conn)
        if card["state"] != state:  # another database, or another vector under a known id
            card = (_anew(card) if card["rows"] else card) | {"state": state}
        rows = self._map(card)
        if rows is None or card["revision"] != revision:
            if rows is None and card["rows"]:
                log.warning("the scan file %s is damaged and is made again", self._language)
            rows = self._extend(conn, model, card if rows is not None else _anew(card), revision)
            alive = int(np.count_nonzero(rows.holding(allowed_versions(conn, Filters()))))
            if alive != size or len(rows.rows) - alive > MOST_DEAD * len(rows.rows):
                rows = self._extend(conn, model, _anew(self._read()), revision)
        return rows

    def _extend(self, conn: Connection, model: str, card: Mapping[str, int], revision: int) -> Rows:
        generation, count, sums = card["generation"], card["rows"], [card["heads"], card["bodies"]]
        names = self._names(generation)
        mode = "r+b" if count else "wb"
        for name in names:
            private_file(name)
        with names[0].open(mode) as heads, names[1].open(mode) as bodies:
            heads.seek(max(count - 1, 0) * ROW.itemsize)
            last = int(np.frombuffer(heads.read(ROW.itemsize), dtype=ROW)["chunk"][0]) if count else 0
            heads.seek(count * ROW.itemsize)
            bodies.seek(count * 2 * self._dimension)
            for head, body in _published(conn, self._language, model, last, self._dimension > 0):
                heads.write(head.tobytes())
                bodies.write(body)
                sums = [zlib.crc32(head.tobytes(), sums[0]), zlib.crc32(body, sums[1])]
                count += len(head)
            for handle in (heads, bodies):
                handle.truncate()
                handle.flush()
                os.fsync(handle.fileno())
        written = {"generation": generation, "rows": count, "revision": revision, "heads": sums[0], "bodies": sums[1]}
        written["state"] = card["state"]
        atomic_write(self._card, json.dumps(written).encode())
        for old in self._folder.glob(f"{self._language}.*.*"):
            if old not in names:
                old.unlink(missing_ok=True)  # whoever still reads it keeps it until then
        rows = self._map(self._read())
        if rows is None:
            raise OSError(f"{names[1]} was just written but cannot be read back. Check the disk.")
        return rows

    def _read(self) -> dict[str, int]:
        try:
            card = json.loads(self._card.read_text(encoding="utf-8"))
            return {key: int(card.get(key, 0) if key == "state" else card[key]) for key in _NOTHING}
        except (OSError, ValueError, KeyError, TypeError, OverflowError):
            return dict(_NOTHING)

    def _map(self, card: Mapping[str, int]) -> Rows | None:
        """The mapped files; None when they are not what the card says."""
        if not card["rows"]:
            return Rows(np.empty(0, dtype=ROW), np.empty((0, self._dimension), dtype=np.float16))
        heads, bodies = self._names(card["generation"])
        try:
            rows = np.fromfile(heads, dtype=ROW, count=card["rows"])
            shape = (card["rows"], self._dimension)
            vectors = np.memmap(bodies, dtype=np.float16, mode="r", shape=shape) if self._dimension else np.empty(shape, dtype=np.float16)
        except (OSError, ValueError):
            return None
        same = len(rows) == card["rows"] and (zlib.crc32(rows.data), zlib.crc32(vectors.data)) == (card["heads"], card["bodies"])
        return Rows(rows, np.asarray(vectors)) if same else None

    def _names(self, generation: int) -> tuple[Path, Path]:
        stem = f"{self._language}.{generation}"
        return self._folder / f"{stem}.rows", self._folder / f"{stem}.vectors"


def _anew(card: Mapping[str, int]) -> dict[str, int]:
    """The card from which a next generation of the files is written."""
    return _NOTHING | {"generation": card["generation"] + 1, "state": card["state"]}


def _published(
    conn: Connection, language: Language, model: str, after: int, with_vectors: bool
) -> Iterator[tuple[NDArray[np.void], bytes]]:
    vector = embeddings.c.vector if with_vectors else literal(b"").label("vector")
    query = (
        select(chunks.c.id, chunks.c.version_id, versions.c.state, vector)
        .join(versions, versions.c.id == chunks.c.version_id)
        .join(embeddings, embeddings.c.key == chunks.c.embedding_key)
        .where(chunks.c.language == language, embeddings.c.model == model)
        .order_by(chunks.c.id)
        .limit(STEP)
    )
    while found := conn.execute(query.where(chunks.c.id > after)).all():
        after = found[-1].id
        # The state is not asked of the database: SQLite would go through all published versions, and sort, for every step.
        if rows := [r for r in found if r.state == "published"]:
            yield np.array([(r.id, r.version_id) for r in rows], dtype=ROW), b"".join(r.vector for r in rows)
