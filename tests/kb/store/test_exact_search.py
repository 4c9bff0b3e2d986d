"""The flat files that search scans: always what the catalogue says, exact, and k hits whenever k exist."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ingest.records import Document, Kind
from kb import Filters, KnowledgeBase, Settings
from kb.embed.embedder import Embedder, FloatMatrix, FloatVector
from kb.index.chroma import find_owner
from kb.search import retrieval
from kb.store.catalogue import Catalogue
from kb.store.passages import vectors_of
from kb.store.publish import Publisher
from kb.store.schema import chunks, versions
from kb.store.vectors.exact_search import ScanFiles
from lang.languages import Language
from tests.kb.make import base, document


class Digests:
    """Vectors out of the digest of a text: no meaning, but always the same."""

    name = "digests"
    dimension = 16

    def query(self, text: str) -> FloatVector:
        values = np.frombuffer(hashlib.sha512(text.encode()).digest(), dtype="<u4").astype(np.float32)
        return values / np.linalg.norm(values)

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> FloatMatrix:
        return np.stack([self.query(text) for text in texts])


class Nowhere:
    """A vector projection that keeps nothing: below the limit, search never asks it."""

    def add(self, *_: object) -> None: ...

    def grow(self, *_: object) -> None: ...

    def disown(self, *_: object) -> None: ...

    def collect_garbage(self) -> None: ...


class Shelf:
    """A catalogue with its publisher and scan files, without Chroma."""

    def __init__(self, home: Path) -> None:
        self.embedder = cast(Embedder, Digests())
        self.catalogue = Catalogue(Settings.load(home=home))
        self.publisher = Publisher(self.catalogue, Nowhere(), self.embedder, home / "write.lock")  # type: ignore[arg-type]
        self.scan = ScanFiles(home / "scan", self.embedder)

    def publish(self, *documents: Document) -> None:
        with self.publisher.writing():
            list(self.publisher.publish(documents))

    def delete(self, name: str) -> None:
        found = {d.source: d.id for d in self.catalogue.documents()}
        if f"test:{name}" in found:
            with self.publisher.writing():
                self.publisher.delete(found[f"test:{name}"])

    def nearest(self, question: str, n: int, filters: Filters = Filters()) -> dict[str, list[int]]:
        with self.catalogue.read() as conn:
            chosen = self.scan.select(conn, filters)
            return {pool: [chunk for chunk, _ in found.nearest(self.embedder.query(question), n)] for pool, found in chosen.items()}

    def expected(self, question: str, n: int, filters: Filters = Filters()) -> dict[str, list[int]]:
        """The same by SQL alone, row by row."""
        query = select(chunks.c.id, chunks.c.language, versions.c.kind, versions.c.date, versions.c.document_id).join(versions)
        asked = self.embedder.query(question)
        found: dict[str, list[tuple[float, int]]] = {}
        with self.catalogue.read() as conn:
            for row in conn.execute(query.where(versions.c.state == "published")).all():
                if filters.languages and row.language not in filters.languages:
                    continue
                pool = found.setdefault(row.language, [])
                late = filters.date_from is not None and (row.date is None or row.date < filters.date_from)
                if (
                    late
                    or (filters.kinds and row.kind not in filters.kinds)
                    or (filters.documents and row.document_id not in filters.documents)
                ):
                    continue
                _, vector = vectors_of(conn, [row.id], self.embedder.name)
                pool.append((-float(vector[0] @ asked), row.id))
        return {pool: [chunk for _, chunk in sorted(rows)[:n]] for pool, rows in found.items()}

    def close(self) -> None:
        self.catalogue.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.close()


def paper(name: str, size: int, language: Language = "en", kind: Kind = "news", day: date | None = None, edition: int = 0) -> Document:
    return document(name, language, kind, tuple(f"{name} {edition} passage {i}" for i in range(size)), day)


steps = st.lists(
    st.tuples(
        st.sampled_from(["publish", "publish", "publish", "delete"]), st.sampled_from("abcdef"), st.integers(1, 9),
        st.sampled_from(["en", "mr"]), st.sampled_from(["news", "report"]), st.integers(1, 28),
    ),
    max_size=8,
)  # fmt: skip
limits = st.builds(
    Filters,
    kinds=st.sampled_from([(), ("news",), ("news", "report")]),
    languages=st.sampled_from([(), ("mr",)]),
    documents=st.sampled_from([(), (1,), (2, 3)]),
    date_from=st.sampled_from([None, date(2025, 1, 14)]),
)


@settings(max_examples=10, deadline=None)
@given(steps, st.lists(limits, min_size=1, max_size=4), st.integers(1, 12))
def test_after_any_history_a_filtered_scan_is_the_exact_search_of_the_catalogue(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, str, int, Language, Kind, int]], asked: list[Filters], n: int
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    try:
        for edition, (step, name, size, language, kind, day) in enumerate(history):
            if step == "publish":
                shelf.publish(paper(name, size, language, kind, date(2025, 1, day), edition))
            else:
                shelf.delete(name)
            chosen = asked[edition % len(asked)]
            assert shelf.nearest("flood", n, chosen) == shelf.expected("flood", n, chosen)
        assert shelf.nearest("flood", n) == shelf.expected("flood", n)
    finally:
        shelf.close()


def test_rows_are_appended_and_a_file_full_of_dead_rows_is_written_anew(shelf: Shelf) -> None:
    def card() -> dict[str, int]:
        (found,) = shelf.scan._root.glob("*/en.json")
        return json.loads(found.read_text())  # type: ignore[no-any-return]

    shelf.publish(paper("a", 30))
    shelf.nearest("flood", 3)
    shelf.publish(paper("b", 10))
    shelf.nearest("flood", 3)
    assert (card()["rows"], card()["generation"]) == (40, 0)
    shelf.delete("b")
    shelf.nearest("flood", 3)
    assert (card()["rows"], card()["generation"]) == (40, 0)  # a quarter is dead, no more
    shelf.publish(paper("a", 5, edition=2))
    assert shelf.nearest("flood", 9) == shelf.expected("flood", 9)
    assert (card()["rows"], card()["generation"]) == (5, 1)
    assert {file.name for file in shelf.scan._root.glob("*/en.*.*")} == {"en.1.rows", "en.1.vectors"}


@pytest.mark.parametrize("harm", ["truncated", "gone", "no card", "other rows"])
def test_a_damaged_file_is_made_again_from_the_catalogue(shelf: Shelf, tmp_path: Path, harm: str) -> None:
    shelf.publish(paper("a", 20))
    before = shelf.nearest("flood", 5)
    (folder,) = (tmp_path / "scan").iterdir()
    if harm == "truncated":
        (folder / "en.0.vectors").write_bytes((folder / "en.0.vectors").read_bytes()[:-40])
    elif harm == "gone":
        (folder / "en.0.rows").unlink()
    elif harm == "no card":
        (folder / "en.json").write_text("{")
    else:
        (folder / "en.0.rows").write_bytes(bytes(20 * 8))
        (folder / "en.json").write_text((folder / "en.json").read_text().replace('"revision": ', '"revision": 1'))
    with shelf.catalogue.read() as conn:
        found = ScanFiles(tmp_path / "scan", shelf.embedder).select(conn, Filters())["en"].nearest(shelf.embedder.query("flood"), 5)
    assert [chunk for chunk, _ in found] == before["en"]


def test_another_process_that_has_the_file_open_sees_what_was_added(shelf: Shelf, tmp_path: Path) -> None:
    other = ScanFiles(tmp_path / "scan", shelf.embedder)
    for edition in range(3):
        shelf.publish(paper("a", 6, edition=edition), paper(f"x{edition}", 6))
        for scan in (other, shelf.scan):
            with shelf.catalogue.read() as conn:
                assert scan.select(conn, Filters())["en"].count == 6 + 6 * (edition + 1)


def test_while_another_writes_every_search_is_full_and_shows_one_version_of_a_document(tmp_path: Path) -> None:
    shelf, done = Shelf(tmp_path), threading.Event()
    shelf.publish(*(paper(f"d{i}", 4, edition=0) for i in range(5)))

    def write() -> None:
        other = Shelf(tmp_path)
        for edition in range(1, 9):
            other.publish(*(paper(f"d{i}", 4, edition=edition) for i in range(5)))
        other.close()
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    searches = 0
    while not done.is_set() or searches < 3:
        with shelf.catalogue.read() as conn:
            found = shelf.scan.select(conn, Filters())["en"].nearest(shelf.embedder.query("flood"), 20)
            rows = conn.execute(
                select(chunks.c.version_id, versions.c.state).join(versions).where(chunks.c.id.in_([c for c, _ in found]))
            ).all()
        assert len(found) == len(rows) == 20
        assert {row.state for row in rows} == {"published"}
        searches += 1
    writer.join()
    shelf.close()


@pytest.mark.parametrize("exact_limit", [0, 200_000])
def test_a_filtered_search_is_full_on_both_sides_of_the_limit_of_exact_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exact_limit: int
) -> None:
    monkeypatch.setattr(retrieval, "OVERFETCH", 10)
    with base(tmp_path, exact_limit=exact_limit) as made:
        opened = KnowledgeBase(made.settings, cast(Embedder, Digests()))
        opened.ingest_documents([*(paper(f"n{i}", 8, day=date(2025, 1, 1 + i)) for i in range(25)), paper("r", 3, kind="report")])
        for limit, exist in ((Filters(), 203), (Filters(kinds=("report",)), 3), (Filters(date_from=date(2025, 1, 24)), 16)):
            for k in (1, 10, 150):
                assert len(opened.search("flood", k=k, filters=limit).hits) == min(k, exist)
        opened.close()


@pytest.mark.parametrize("whole", [True, False])
def test_a_vector_server_that_is_killed_during_a_search_that_asks_it_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    with base(tmp_path, exact_limit=0) as opened:
        opened.ingest_documents([paper(f"n{i}", 8) for i in range(5)])
        before = [hit.text for hit in opened.search("passage", k=20).hits]
        collection, kills = opened._vectors.chroma._collection, []

        def killing(language: Language) -> object:
            found = collection(language)
            if not kills:
                owner = find_owner(tmp_path / "vectors")
                assert owner is not None
                victims = [owner.pid] if whole else map(int, Path(f"/proc/{owner.pid}/task/{owner.pid}/children").read_text().split())
                owner.line.close()
                kills.extend(victims)
                for victim in kills:
                    os.kill(victim, signal.SIGKILL)
            return found

        monkeypatch.setattr(opened._vectors.chroma, "_collection", killing)
        assert [hit.text for hit in opened.search("passage", k=20).hits] == before
        assert len(kills) == 1
        assert opened.verify() == ()
