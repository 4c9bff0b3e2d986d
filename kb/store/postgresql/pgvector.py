"""Vectors in PostgreSQL: whether its extension pgvector is there, and a table of one language with an HNSW index over it.

The vectors are those of the catalogue, number by number (float16 is pgvector's ``halfvec``), so that what the index finds can be scored
again as an exact search would. A row goes with its passage, in the transaction that deletes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from kb.embed.embedder import FloatMatrix, FloatVector
from kb.errors import KnowledgeBaseError
from kb.store.postgresql import server_errors

OLDEST: Final = (0, 8)
"""The first pgvector whose index goes on where it stopped (``hnsw.iterative_scan``)."""
MOST_DIMENSIONS: Final = 4000
"""Numbers that a ``halfvec`` may have in an index."""
NEIGHBOURS: Final = 16
EFFORT: Final = 100
"""How the graph is built: edges of a vector, and vectors that are looked at to choose them (``m``, ``ef_construction``)."""
_MOST_EFFORT: Final = 1000
"""Vectors that a search keeps in sight while it looks (``hnsw.ef_search``), at most."""
_VISITED: Final = 100
"""Vectors that may be looked at for each that is found; some 25 are, and pgvector's own limit of 20,000 would end a search at 1,000."""
_ROW_BYTES: Final = 1100
"""Of a vector in the graph while it is built, beside its numbers."""
_MOST_MB: Final = 2048
_READ: Final = 10_000


@dataclass(frozen=True, slots=True)
class Extension:
    """pgvector as a database has it: ``installed`` is its version there, ``schema`` where its types are, ``offered`` the server's version.

    ``server`` is the major version of PostgreSQL.
    """

    installed: str | None
    schema: str | None
    offered: str | None
    server: int

    @property
    def usable(self) -> bool:
        """Whether it is there, and new enough."""
        return self.installed is not None and _numbers(self.installed) >= OLDEST

    @property
    def remedy(self) -> str:
        """What is missing, and the lines that put it there."""
        package = f"On the database server: apt-get install postgresql-{self.server}-pgvector"
        if self.installed is not None:
            return f"pgvector {self.installed} is too old (0.8 or newer). {package}; then in the database: ALTER EXTENSION vector UPDATE;"
        if self.offered is not None and _numbers(self.offered) >= OLDEST:
            return "The server has pgvector, the database does not. As an owner of the database: CREATE EXTENSION vector;"
        return f"The server has no pgvector. {package}; then in the database: CREATE EXTENSION vector;"


def extension(conn: Connection) -> Extension:
    """What there is of pgvector."""
    return Extension(*conn.execute(_EXTENSION).one())


_EXTENSION = text(
    "SELECT (SELECT extversion FROM pg_extension WHERE extname = 'vector'),"
    " (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'vector'),"
    " (SELECT default_version FROM pg_available_extensions WHERE name = 'vector'),"
    " CAST(current_setting('server_version_num') AS integer) / 10000"
)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


@dataclass(frozen=True, slots=True)
class VectorTable:
    """A table of ``chunk`` and ``vector``; its index is named after it. ``schema``: where pgvector's types are."""

    name: str
    dimension: int
    schema: str

    @property
    def index(self) -> str:
        """The name of the index."""
        return f"{self.name}_hnsw"

    def make(self, conn: Connection) -> None:
        """Make the table, without the index."""
        conn.execute(text(f'CREATE TABLE "{self.name}" (chunk bigint PRIMARY KEY, vector {self._type}({self.dimension}) NOT NULL)'))

    def add(self, conn: Connection, chunks: Collection[int], vectors: FloatMatrix) -> None:
        """Put in the vectors of chunks, shape ``(len(chunks), dimension)``, in the place of those that they had."""
        ids = np.fromiter(chunks, dtype=np.int64, count=len(chunks))
        conn.execute(text(f'DELETE FROM "{self.name}" WHERE chunk = ANY(CAST(:ids AS bigint[]))'), {"ids": ids.tolist()})
        with _as_told(conn) as cursor, cursor.copy(f'COPY "{self.name}" (chunk, vector) FROM STDIN (FORMAT BINARY)') as into:
            into.write(_HEAD)
            into.write(_packed(ids, vectors).tobytes())
            into.write(_END)

    def build(self, conn: Connection, rows: int) -> None:
        """Make the index, and have rows go with their chunks."""
        held = int(conn.scalar(text("SELECT setting FROM pg_settings WHERE name = 'maintenance_work_mem'")) or 0) // 1024
        wanted = min(_MOST_MB, rows * (_ROW_BYTES + 2 * self.dimension) // 2**20 + 64)
        conn.execute(text("SELECT set_config('maintenance_work_mem', :mb, true)"), {"mb": f"{max(held, wanted)}MB"})
        statement = text(
            f'CREATE INDEX "{self.index}" ON "{self.name}" USING hnsw (vector "{self.schema}".halfvec_ip_ops)'
            f" WITH (m = {NEIGHBOURS}, ef_construction = {EFFORT})"
        )
        try:
            with conn.begin_nested():
                conn.execute(statement)
        except (KnowledgeBaseError, DBAPIError) as error:
            # Several workers share memory of the server's, of which a container has 64 MB: one alone needs none.
            if getattr(error.__cause__, "sqlstate", "") not in _NO_SHARED_MEMORY:
                raise
            conn.execute(text("SELECT set_config('max_parallel_maintenance_workers', '0', true)"))
            conn.execute(statement)
        conn.execute(text(f'ALTER TABLE "{self.name}" ADD FOREIGN KEY (chunk) REFERENCES chunks (id) ON DELETE CASCADE'))
        conn.execute(text(f'ANALYZE "{self.name}"'))

    def drop(self, conn: Connection) -> None:
        """Drop the table with its index."""
        conn.execute(text(f'DROP TABLE IF EXISTS "{self.name}"'))

    def held(self, conn: Connection) -> set[int]:
        """Every chunk that has a vector here."""
        return set(conn.scalars(text(f'SELECT chunk FROM "{self.name}"')))

    @property
    def _type(self) -> str:
        return f'"{self.schema}".halfvec'


@dataclass(frozen=True, slots=True)
class StoredVectors:
    """A table of vectors as one snapshot sees it."""

    conn: Connection
    table: VectorTable

    @property
    def dimension(self) -> int:
        """Numbers of a vector."""
        return self.table.dimension

    def nearest(self, query: FloatVector, n: int) -> list[int]:
        """About the ``n`` nearest chunks by the index, best first; fewer where it gives up."""
        self._set(
            ("hnsw.ef_search", str(min(n, _MOST_EFFORT))),
            ("hnsw.iterative_scan", "relaxed_order"),
            ("hnsw.max_scan_tuples", str(max(20_000, _VISITED * n))),
            ("hnsw.scan_mem_multiplier", "8"),
            ("jit", "off"),
            ("enable_seqscan", "off"),
        )
        walked = f'SELECT chunk, {self._distance} AS distance FROM "{self.table.name}" ORDER BY {self._distance} LIMIT {n}'
        # Sorted once more: in relaxed order those of a later walk may be nearer than some of an earlier one.
        statement = text(f"SELECT chunk FROM ({walked}) AS walked ORDER BY distance, chunk")
        found = self.conn.scalars(statement, {"query": _written(query)}).all()
        self._set(("enable_seqscan", "on"))  # what a search asks next is planned as always
        return list(found)

    def nearest_of(self, chunks: NDArray[np.int32], query: FloatVector, n: int) -> list[int]:
        """The ``n`` nearest of these chunks, each of which is compared."""
        # The sum keeps the planner from the index, which would find some of them only.
        statement = text(f"{self._select} WHERE chunk = ANY(CAST(:ids AS bigint[])) ORDER BY ({self._distance}) + 0 LIMIT {n}")
        return list(self.conn.scalars(statement, {"ids": chunks.tolist(), "query": _written(query)}))

    def vectors(self, chunks: NDArray[np.int32]) -> NDArray[np.float16]:
        """The vectors of these chunks, a row for each, in their order; all of them are in the table."""
        found = np.empty((len(chunks), self.dimension), dtype=np.float16)
        statement = text(
            f'SELECT chunk, "{self.table.schema}".halfvec_send(vector) AS vector FROM "{self.table.name}"'
            " WHERE chunk = ANY(CAST(:ids AS bigint[]))"
        )
        for start in range(0, len(chunks), _READ):
            part = chunks[start : start + _READ]
            rows = {row.chunk: row.vector for row in self.conn.execute(statement, {"ids": part.tolist()})}
            sent = b"".join(rows[chunk] for chunk in part.tolist())
            found[start : start + len(part)] = np.frombuffer(sent, dtype=_sent(self.dimension))["numbers"]
        return found

    @property
    def _select(self) -> str:
        return f'SELECT chunk FROM "{self.table.name}"'

    @property
    def _distance(self) -> str:
        """The negative inner product, by which the index is ordered."""
        return f'vector OPERATOR("{self.table.schema}".<#>) CAST(:query AS "{self.table.schema}".halfvec)'

    def _set(self, *values: tuple[str, str]) -> None:
        """Set parameters of the server until the end of the transaction."""
        names = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in values)
        self.conn.execute(text(f"SELECT {names}"))


def built(conn: Connection, tables: Iterable[VectorTable]) -> set[str]:
    """Which of these tables are there with their index whole, by name; none where the extension was taken out."""
    wanted = {table.index: table.name for table in tables}
    return {wanted[name] for name in conn.scalars(_INDEXES, {"names": list(wanted)})} if wanted else set()


_INDEXES = text(
    "SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid"
    " WHERE c.relname = ANY(CAST(:names AS text[])) AND c.relnamespace = CAST(current_schema() AS regnamespace) AND i.indisvalid"
)


def tables_of(conn: Connection, prefix: str) -> list[str]:
    """The names of the tables that begin so."""
    query = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = CAST(current_schema() AS regnamespace)"
    return [name for name in conn.scalars(text(query)) if name.startswith(prefix)]


def sizes(conn: Connection, table: VectorTable) -> tuple[int, int]:
    """Bytes of the table and of its index."""
    query = text("SELECT pg_table_size(CAST(:name AS regclass)), pg_relation_size(CAST(:index AS regclass))")
    found = conn.execute(query, {"name": f'"{table.name}"', "index": f'"{table.index}"'}).one()
    return int(found[0]), int(found[1])


_NO_SHARED_MEMORY: Final = ("53100", "53200")
_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = b"\xff\xff"
"""What binary COPY begins and ends with (the manual of PostgreSQL, "COPY", file formats)."""


def _sent(dimension: int) -> np.dtype[np.void]:
    """A ``halfvec`` as it is sent: how many numbers, a field that is 0, the numbers; all of them big-endian."""
    return np.dtype([("count", ">i2"), ("unused", ">i2"), ("numbers", ">f2", (dimension,))])


def _packed(chunks: NDArray[np.int64], vectors: FloatMatrix) -> NDArray[np.void]:
    vector = _sent(vectors.shape[1])
    rows = np.zeros(len(chunks), dtype=[("fields", ">i2"), ("of chunk", ">i4"), ("chunk", ">i8"), ("of vector", ">i4"), ("vector", vector)])
    rows["fields"], rows["of chunk"], rows["chunk"] = 2, 8, chunks
    rows["of vector"] = vector.itemsize
    rows["vector"]["count"], rows["vector"]["numbers"] = vectors.shape[1], vectors
    return rows


def _written(query: FloatVector) -> str:
    return "[" + ",".join(map(repr, query.astype(np.float16).astype(float).tolist())) + "]"


@contextmanager
def _as_told(conn: Connection) -> Iterator[Any]:
    """A cursor of the driver, whose errors become the sentences that those of other statements do."""
    driver: Any = conn.connection.driver_connection
    try:
        with driver.cursor() as cursor:
            yield cursor
    except Exception as error:
        said = server_errors.meaning(error, lost=bool(driver.broken))
        if said is None:
            raise
        raise KnowledgeBaseError(f"The database {conn.engine.url}: {said} ({error})") from error
