"""An index for the languages that have outgrown exact search: built when they do, kept up after that, asked instead.

It is Chroma, or pgvector (`kb.store.vectors.hnsw_projection`) where the base is on a PostgreSQL that has it and no Chroma is named. Here is
what every writer tells of its vectors, and all of Chroma.

As long as a language has no more passages than the limit, its vectors are compared one by one (`kb.store.vectors.exact_search`), and
nothing of it is written to Chroma: its server is not even started. The first writer that finds a language above the limit builds its
collection from the catalogue and then notes it there, so that a build that was cut short counts for nothing and is done again.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby

from sqlalchemy import Connection, select

from kb.embed.embedder import FloatMatrix
from kb.errors import SettingsError
from kb.index.chroma import ChromaIndex
from kb.index.exact import StoredIndex, VectorIndex
from kb.settings import Settings
from kb.store.catalogue import Catalogue
from kb.store.passages import vectors_of
from kb.store.schema import chunks, meta, pools, vector_garbage, versions
from kb.store.vectors.hnsw_projection import HnswProjection
from lang.languages import Language

_BUILT = "in_chroma"
"""The row of `meta` with the languages that are in Chroma, as a JSON list."""
_STEP = 10_000
_PROBES = 25
"""Vectors per language that are looked up: an index that lost its contents opens cleanly and counts right, but finds nothing."""

Rows = Collection[tuple[int, Language]]
"""Chunks with their languages."""


class VectorProjection:
    """The vectors of a catalogue in an index, for the languages with more published passages than ``exact_limit`` or ``hnsw_limit`` says.

    ``hnsw`` is pgvector, where it is to be used; else it is Chroma, asked above ``limit``.

    Raises:
        SettingsError: pgvector is asked for, and not there.
    """

    def __init__(self, catalogue: Catalogue, chroma: ChromaIndex, settings: Settings) -> None:
        self._catalogue = catalogue
        self._settings = settings
        self.chroma = chroma
        chosen = settings.vector_search
        if chosen == "hnsw" and catalogue.is_sqlite:
            raise SettingsError("SETU_VECTOR_SEARCH=hnsw asks for pgvector, but the base is in files. Set SETU_DATABASE_URL, or auto here.")
        # On a server several machines share the base, and a Chroma of one machine would be missed by the others.
        by_chroma = chosen == "auto" and (catalogue.is_sqlite or settings.chroma_url is not None)
        self.limit = settings.exact_limit if by_chroma else sys.maxsize
        self._in_database = None if catalogue.is_sqlite else HnswProjection(catalogue, settings)
        self.hnsw = self._in_database if chosen != "scan" and not by_chroma else None

    def built(self, conn: Connection) -> frozenset[Language]:
        """The languages whose published passages are all in Chroma."""
        stored = conn.scalar(select(meta.c.value).where(meta.c.key == _BUILT))
        return frozenset(json.loads(stored)) if stored else frozenset()

    def of(self, conn: Connection, language: Language) -> VectorIndex | None:
        """The collection of a language; None where there is none, and all vectors are to be compared."""
        return self.chroma.pool(language) if language in self.built(conn) else None

    def indexes(self, conn: Connection, model: str) -> Mapping[Language, StoredIndex]:
        """The languages whose vectors are read from an index in the database, and not from a file of the machine."""
        return self.hnsw.indexes(conn, model) if self.hnsw is not None else {}

    def add(self, rows: Rows, model: str) -> None:
        """Put the vectors of chunks where those of their language are."""
        with self._catalogue.read() as conn:
            built = self.built(conn)
            found = {language: vectors_of(conn, ids, model) for language, ids in _by_language(rows).items() if language in built}
        for language, (ids, matrix) in found.items():
            self.chroma.add(language, ids, matrix)
        if self._in_database is not None:  # also where it is not asked here: another machine may ask it
            self._in_database.add(rows, model)

    def grow(self, model: str) -> None:
        """Build what the languages want that have outgrown exact search; call it while nobody else writes."""
        if self.hnsw is not None:
            self.hnsw.grow(model)
        self._grow(model)

    def _grow(self, model: str) -> None:
        with self._catalogue.read() as conn:
            built = self.built(conn)
            large = set(conn.scalars(select(pools.c.language).where(pools.c.size > self.limit))) - built
        for language in sorted(large):
            self.chroma.clear(language)  # what a build that was cut short, or an earlier Setu, left
            for ids, matrix in self._published(language, model):
                self.chroma.add(language, ids, matrix)
            built |= {language}
            with self._catalogue.write() as conn:
                _note(conn, built)

    def rebuild(self, model: str) -> None:
        """Make all collections anew from the catalogue; drop those that are not wanted."""
        with self._catalogue.write() as conn:
            built = self.built(conn)
            _note(conn, frozenset())
            conn.execute(vector_garbage.delete())
        if built or (self._settings.chroma_url is None and (self._settings.vectors_dir / "chroma").exists()):
            self.chroma.clear()
        if self.hnsw is not None:
            self.hnsw.rebuild(model)
        self._grow(model)

    def disown(self, conn: Connection, rows: Rows) -> None:
        """Note that no version claims these chunks any more; `collect_garbage` then takes them out of Chroma."""
        built = self.built(conn)
        if disowned := [{"chunk": chunk, "language": language} for chunk, language in rows if language in built]:
            conn.execute(vector_garbage.insert(), disowned)

    def collect_garbage(self) -> None:
        """Remove from Chroma what the catalogue has disowned."""
        with self._catalogue.read() as conn:
            rows = conn.execute(select(vector_garbage.c.chunk, vector_garbage.c.language)).all()
        for language, disowned in _by_language((row.chunk, row.language) for row in rows).items():
            self.chroma.remove(language, disowned)
            with self._catalogue.write() as conn:
                for start in range(0, len(disowned), 500):
                    conn.execute(vector_garbage.delete().where(vector_garbage.c.chunk.in_(disowned[start : start + 500])))

    def faults(self, conn: Connection, published: Mapping[Language, Sequence[int]], model: str, *, settled: bool) -> list[str]:
        """Where Chroma does not hold, or does not find, what the catalogue says that it does; ``settled``: nobody writes meanwhile."""
        problems: list[str] = []
        disowned = set(conn.scalars(select(vector_garbage.c.chunk)))
        for language in sorted(self.built(conn)) if settled else ():
            wanted, held = set(published.get(language, ())), self.chroma.ids(language)
            if lost := wanted - held:
                problems.append(f"{len(lost)} {language} passages are missing from the vector store. Run `setu reindex`.")
            if extra := held - wanted - disowned:
                problems.append(f"The vector store holds {len(extra)} {language} passages that no document claims. Run `setu reindex`.")
            step = max(1, len(wanted) // _PROBES)
            for row in vectors_of(conn, sorted(wanted)[::step], model)[1]:
                near = self.chroma.nearest(language, row, min(10, len(wanted)))
                if not near or near[0][1] < float(row @ row) - 1e-3:
                    problems.append(f"The vector store does not find a {language} passage that it holds. Run `setu reindex`.")
                    break
        if self.hnsw is not None and settled:
            problems += self.hnsw.faults(conn, published, model)
        return problems

    def state(self) -> str:
        """How the nearest passages are found and why: which languages are in an index, and of which version; or that none is needed.

        Raises:
            VectorServiceError: there are such languages, and it does not answer.
        """
        with self._catalogue.read() as conn:
            built = sorted(self.built(conn))
        if self.hnsw is not None:
            return self.hnsw.state()
        if self.limit == sys.maxsize:
            return "all vectors are compared, as SETU_VECTOR_SEARCH=scan says"
        if not built:
            return f"all vectors are compared; Chroma takes over above {self.limit:,} passages of a language"
        return f"Chroma {self.chroma.heartbeat()} for {', '.join(built)}"

    def _published(self, language: Language, model: str) -> Iterable[tuple[list[int], FloatMatrix]]:
        wanted = select(chunks.c.id).join(versions).where(chunks.c.language == language, versions.c.state == "published")
        with self._catalogue.read() as conn:
            ids = conn.scalars(wanted.order_by(chunks.c.id)).all()
            for start in range(0, len(ids), _STEP):
                yield vectors_of(conn, ids[start : start + _STEP], model)


def _note(conn: Connection, built: frozenset[Language]) -> None:
    conn.execute(meta.delete().where(meta.c.key == _BUILT))
    if built:
        conn.execute(meta.insert().values(key=_BUILT, value=json.dumps(sorted(built))))


def _by_language(rows: Iterable[tuple[int, Language]]) -> dict[Language, list[int]]:
    ordered = sorted(rows, key=lambda row: row[1])
    return {language: [chunk for chunk, _ in group] for language, group in groupby(ordered, key=lambda row: row[1])}
