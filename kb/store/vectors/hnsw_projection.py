"""pgvector for the languages that have outgrown exact search, where the base is on a PostgreSQL that has it.

A language has a table of its own (`kb.store.postgresql.pgvector`), with the vectors that the catalogue has. The first writer that finds a
language above the limit makes it, with its index, in one transaction, and then notes it in the catalogue. The note says of which vectors
the tables are, so that after a `reindex`, a move or a restore none is asked that is out of date. Where the extension, the note or the index
is missing, all vectors are compared, as ever.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from sqlalchemy import Connection, select

from kb.embed.embedder import FloatVector
from kb.errors import SettingsError
from kb.index.exact import products
from kb.settings import Settings
from kb.store.catalogue import Catalogue
from kb.store.passages import state_of_vectors, vectors_of
from kb.store.postgresql import pgvector
from kb.store.postgresql.pgvector import Extension, StoredVectors, VectorTable
from kb.store.schema import chunks, meta, pools, versions
from lang.languages import Language

NOTE: Final = "in_pgvector"
"""The row of `meta` that says which tables there are, as JSON (`_Note`)."""
PREFIX: Final = "passage_vectors_"
_STEP: Final = 10_000
_PROBES: Final = 25
_SOUGHT: Final = 400
_MOST_MISSED: Final = 0.25
"""Vectors that are looked up, how far, and the share that may be missed: an index that is sound misses few, one that is not nearly all."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Note:
    """``state`` and ``model``: of which vectors; ``tables`` by language; ``made``: how many were made so far."""

    model: str = ""
    state: int = 0
    schema: str = ""
    dimension: int = 0
    made: int = 0
    tables: Mapping[Language, str] = field(default_factory=dict)

    def table(self, language: Language) -> VectorTable:
        return VectorTable(self.tables[language], self.dimension, self.schema)


class HnswProjection:
    """The vectors of a catalogue in pgvector, for the languages with more published passages than ``limit``.

    Raises:
        SettingsError: it is asked for by ``hnsw``, and the database has none that can be used.
    """

    def __init__(self, catalogue: Catalogue, settings: Settings) -> None:
        self._catalogue = catalogue
        self._asked_for = settings.vector_search == "hnsw"
        self.limit = 0 if self._asked_for else settings.hnsw_limit
        if self._asked_for:
            self._check()

    def indexes(self, conn: Connection, model: str) -> dict[Language, StoredVectors]:
        """The index of each language that has one, as this snapshot sees it."""
        note = _read(conn)
        if note.model != model or note.state != state_of_vectors(conn):
            return {}
        tables = {language: note.table(language) for language in note.tables}
        there = pgvector.built(conn, tables.values())
        return {language: StoredVectors(conn, table) for language, table in tables.items() if table.name in there}

    def add(self, rows: Iterable[tuple[int, Language]], model: str) -> None:
        """Put the vectors of chunks where those of their language are; they go by themselves with their chunks."""
        of: dict[Language, list[int]] = {}
        for chunk, language in rows:
            of.setdefault(language, []).append(chunk)
        with self._catalogue.engine.begin() as conn:  # not in turn with other writers: nobody else writes to these tables
            for language, stored in self.indexes(conn, model).items():
                if language in of:
                    stored.table.add(conn, *vectors_of(conn, of[language], model))

    def grow(self, model: str) -> None:
        """Make the tables of the languages that have outgrown exact search; call it while no other document is published or deleted.

        Raises:
            SettingsError: pgvector is asked for, and the database has none that can be used.
        """
        wanted = self._wanted(model)
        self._drop_left()
        for language in wanted:
            self._build(language, model)

    def rebuild(self, model: str) -> None:
        """Make all tables anew. Those of before are dropped by the next `grow`: a search that began before may still read them."""
        with self._catalogue.write() as conn:
            before = _read(conn)
            _write(conn, _Note(made=before.made))
        for language in self._wanted(model):
            self._build(language, model)

    def faults(self, conn: Connection, published: Mapping[Language, Sequence[int]], model: str) -> list[str]:
        """Where a table does not hold, or its index does not find, what the catalogue says that it does; call it while nobody writes."""
        problems: list[str] = []
        for language, stored in self.indexes(conn, model).items():
            wanted, held = set(published.get(language, ())), stored.table.held(conn)
            if lost := wanted - held:
                problems.append(f"{len(lost)} {language} passages are missing from the vectors of pgvector. Run `setu reindex`.")
            step = max(1, len(wanted) // _PROBES)
            _, probes = vectors_of(conn, sorted(wanted & held)[::step], model)
            missed = sum(not _finds(stored, row) for row in probes)
            if missed > _MOST_MISSED * len(probes):
                problems.append(f"pgvector's index does not find {language} passages that it holds. Run `setu reindex`.")
        return problems

    def state(self) -> str:
        """What is in force and why, and what would change it."""
        with self._catalogue.read() as conn:
            there = pgvector.extension(conn)
            model = conn.scalar(select(meta.c.value).where(meta.c.key == "embedder")) or ""
            indexed = sorted(self.indexes(conn, model)) if there.usable else []
            sizes = {row.language: row.size for row in conn.execute(select(pools.c.language, pools.c.size).where(pools.c.size > 0))}
        large = sorted(language for language, size in sizes.items() if size > self.limit and language not in indexed)
        most = max(sizes.values(), default=0)
        if not there.usable:
            why = f"{', '.join(large)} would have an index" if large else f"one is made above {self.limit:,} passages of a language"
            return f"all vectors are compared, without an index ({why}; the most are {most:,}). {there.remedy}"
        named = f"pgvector {there.installed}"
        if large:
            rest = f"of {', '.join(large)} the next `setu ingest` that takes something in, or `setu reindex`, makes the index"
        elif indexed:
            rest = f"the vectors of others are compared (up to {self.limit:,} passages of a language)"
        else:
            rest = f"it makes an index above {self.limit:,} passages of a language, the most are {most:,}"
        return f"{named} finds the nearest of {', '.join(indexed)}; {rest}" if indexed else f"all vectors are compared; {named}: {rest}"

    def _check(self) -> Extension:
        with self._catalogue.read() as conn:
            there = pgvector.extension(conn)
        if self._asked_for and not there.usable:
            raise SettingsError(f"SETU_VECTOR_SEARCH=hnsw asks for pgvector. {there.remedy} Or set it to auto.")
        return there

    def _wanted(self, model: str) -> list[Language]:
        """The languages that are to have a table and have none."""
        if not self._check().usable:
            return []
        with self._catalogue.read() as conn:
            large = set(conn.scalars(select(pools.c.language).where(pools.c.size > self.limit)))
            return sorted(large - self.indexes(conn, model).keys())

    def _build(self, language: Language, model: str) -> None:
        there = self._check()
        with self._catalogue.engine.begin() as conn:
            ids = conn.scalars(
                select(chunks.c.id)
                .join(versions)
                .where(chunks.c.language == language, versions.c.state == "published")
                .order_by(chunks.c.id)
            ).all()
            first = vectors_of(conn, ids[:1], model)[1]
            if not len(first) or self._too_long(first.shape[1]):
                return
            note = _read(conn)
            table = VectorTable(f"{PREFIX}{language}_{note.made + 1}", first.shape[1], there.schema or "")
            log.info("the vectors of %d %s passages are indexed by pgvector", len(ids), language)
            table.drop(conn)  # of a build that ended before it was noted
            table.make(conn)
            for start in range(0, len(ids), _STEP):
                table.add(conn, *vectors_of(conn, ids[start : start + _STEP], model))
            table.build(conn, len(ids))
        with self._catalogue.write() as conn:
            kept = note.tables if (note.model, note.state) == (model, state_of_vectors(conn)) else {}
            made = {**kept, language: table.name}
            _write(conn, _Note(model, state_of_vectors(conn), table.schema, table.dimension, note.made + 1, made))

    def _too_long(self, dimension: int) -> bool:
        if dimension <= pgvector.MOST_DIMENSIONS:
            return False
        said = f"pgvector indexes vectors of up to {pgvector.MOST_DIMENSIONS:,} numbers, those of this embedder have {dimension:,}"
        if self._asked_for:
            raise SettingsError(f"{said}. Set SETU_VECTOR_SEARCH to auto.")
        log.warning("%s: all are compared", said)
        return True

    def _drop_left(self) -> None:
        """Drop the tables that are not noted: of builds that were cut short, or of before a `rebuild`."""
        with self._catalogue.read() as conn:
            noted = set(_read(conn).tables.values())
            left = [name for name in pgvector.tables_of(conn, PREFIX) if name not in noted]
        for name in left:
            with self._catalogue.engine.begin() as conn:
                VectorTable(name, 0, "").drop(conn)


def _finds(stored: StoredVectors, row: FloatVector) -> bool:
    """Whether the index finds a vector that it holds, be it under the chunk of another that is equal."""
    near = np.array(stored.nearest(row, _SOUGHT)[:1], dtype=np.int32)
    return bool(len(near)) and float(products(stored.vectors(near), row)[0]) >= float(row @ row) - 1e-3


def _read(conn: Connection) -> _Note:
    stored = conn.scalar(select(meta.c.value).where(meta.c.key == NOTE))
    return _Note(**json.loads(stored)) if stored else _Note()


def _write(conn: Connection, note: _Note) -> None:
    conn.execute(meta.delete().where(meta.c.key == NOTE))
    said = {name: getattr(note, name) for name in _Note.__dataclass_fields__}
    conn.execute(meta.insert().values(key=NOTE, value=json.dumps(said)))
