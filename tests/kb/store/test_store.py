"""What is kept, and what a crash may not break."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from ingest.records import Chunk
from kb import EmbedderMismatchError, Filters, KnowledgeBase, UnknownDocumentError
from kb.store.passages import Moments, MomentsReader, read_moments, vectors_of
from kb.store.publish import Publisher
from kb.store.schema import chunks, embeddings, versions
from tests.kb.make import base, document, papers
from tests.support import PROJECT


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[KnowledgeBase]:
    with base(tmp_path, exact_limit=0) as opened:
        opened.ingest_documents(papers())
        yield opened


def _named(opened: KnowledgeBase, title: str) -> int:
    return next(d.id for d in opened.documents() if d.title == title)


def test_a_published_passage_is_found_with_the_offsets_where_it_stands(filled: KnowledgeBase) -> None:
    hit = filled.search("When was the memorandum signed?").hits[0]
    assert hit.text == "This Memorandum was signed in Kalpanagar on 12 March 2025."
    assert filled.text(hit.document_id, hit.version)[hit.start : hit.end] == hit.text
    assert (hit.page, hit.page_label, hit.path, hit.kind) == (1, "i", ("Article 2",), "agreement")


def test_a_new_version_takes_the_place_of_the_old_whose_text_still_opens(filled: KnowledgeBase) -> None:
    changed = document("moc", "en", "agreement", ("This Memorandum was signed in Kalpanagar on 14 March 2025.",))
    summary = filled.ingest_documents([changed])
    assert summary.updated == ("test:moc",)
    texts = [h.text for h in filled.search("When was the memorandum signed?", k=50).hits]
    assert "This Memorandum was signed in Kalpanagar on 14 March 2025." in texts
    assert not any("12 March" in t for t in texts)
    assert "12 March 2025" in filled.text(_named(filled, "moc"), 1)
    assert filled.verify() == ()


def test_two_versions_of_a_document_in_one_go_leave_the_second(filled: KnowledgeBase) -> None:
    drafts = [document("draft", "en", "report", (f"The tram opens on line {n}.",)) for n in (1, 2)]
    filled.ingest_documents(drafts)
    assert [h.text for h in filled.search("tram line", k=1).hits] == ["The tram opens on line 2."]
    assert filled.document(_named(filled, "draft")).version == 2
    assert filled.verify() == ()


@pytest.mark.parametrize("channel", ["dense", "lexical"])
def test_a_deleted_document_leaves_no_hits(filled: KnowledgeBase, channel: str) -> None:
    question = "Joint Committee costs memorandum"
    gone = _named(filled, "moc")
    assert any(h.document_id == gone for h in filled.search(question, k=50, channels=(channel,)).hits)
    filled.delete(gone)
    assert not any(h.document_id == gone for h in filled.search(question, k=50, channels=(channel,)).hits)
    assert filled.verify() == ()
    with pytest.raises(UnknownDocumentError):
        filled.document(gone)


def test_a_filtered_search_returns_as_many_as_exist(tmp_path: Path) -> None:
    many = [document(f"n{i}", "en", "news", (f"The city opened flood shelter number {i}.",), date(2025, 1, 1 + i)) for i in range(20)]
    with base(tmp_path) as opened:
        opened.ingest_documents([*papers(), *many])
        hits = opened.search("joint committee", k=10, filters=Filters(kinds=("news",), languages=("en",))).hits
        assert len(hits) == 10
        assert {h.kind for h in hits} == {"news"}
        dated = opened.search("shelter", k=10, filters=Filters(date_from=date(2025, 1, 18))).hits
        assert {h.date for h in dated} == {date(2025, 1, 18), date(2025, 1, 19), date(2025, 1, 20)}
        only = opened.search("shelter", k=10, filters=Filters(documents=(_named(opened, "houkoku"),))).hits
        assert len(only) == 2


def test_a_half_done_ingest_is_undone_by_the_next_writer(filled: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Publisher, "_make_current", killed)
        with pytest.raises(KeyboardInterrupt):
            filled.ingest_documents([document("lost", "en", "news", ("A tram line was opened in the harbour.",))])
    assert any("half ingested" in p for p in filled.verify())
    assert not any("tram" in h.text for h in filled.search("tram line harbour", k=50).hits)
    filled.ingest_documents([document("next", "en", "news", ("The library has a new roof.",))])
    assert filled.verify() == ()
    assert {d.title for d in filled.documents()} == {"moc", "batmi", "houkoku", "next"}


def test_a_lost_vector_folder_is_noticed_and_rebuilt_without_embedding_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with base(tmp_path, exact_limit=0) as opened:
        opened.ingest_documents(papers())
        before = [h.text for h in opened.search("joint committee").hits]
    shutil.rmtree(tmp_path / "vectors" / "chroma")
    with base(tmp_path, exact_limit=0) as opened:
        assert any("missing from the vector store" in p for p in opened.verify())
        monkeypatch.setattr(type(opened._embedder), "passages", None)
        opened.reindex()
        assert opened.verify() == ()
        assert [h.text for h in opened.search("joint committee").hits] == before


def test_an_index_of_another_model_is_refused_until_it_is_rebuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with base(tmp_path) as opened:
        opened.ingest_documents(papers())
    with base(tmp_path) as opened:
        for embedder in (opened._embedder, opened._asking):
            monkeypatch.setattr(embedder, "name", "another-model")
        with pytest.raises(EmbedderMismatchError, match="setu reindex"):
            opened.search("joint committee")
        with pytest.raises(EmbedderMismatchError):
            opened.ingest_documents(papers())
        opened.reindex()
        assert opened.search("joint committee").hits[0].text.startswith("The Parties shall establish")
        with opened._catalogue.read() as conn:
            assert set(conn.scalars(select(embeddings.c.model))) == {"another-model"}


def test_a_stale_vector_finds_nothing(filled: KnowledgeBase) -> None:
    ghost = filled._embedder.query("When was the memorandum signed?")[None, :]
    filled._vectors.chroma.add("en", [10_000], ghost)
    hits = filled.search("When was the memorandum signed?", k=3).hits
    assert hits[0].text.startswith("This Memorandum was signed")
    assert any("no document claims" in p for p in filled.verify())


def test_the_spread_of_a_pool_equals_that_of_all_its_scores(filled: KnowledgeBase) -> None:
    query = filled._embedder.query("flood")
    with filled._catalogue.read() as conn:
        moments = read_moments(conn)["en"]
        ids = list(conn.scalars(select(chunks.c.id).where(chunks.c.language == "en")))
        _, matrix = vectors_of(conn, ids, filled._embedder.name)
    scores = matrix.astype(np.float64) @ query
    assert moments.size == 3
    assert moments.spread(query) == pytest.approx((scores.mean(), scores.std()), abs=1e-6)


def test_moments_are_read_anew_only_when_they_changed(filled: KnowledgeBase) -> None:
    reader = MomentsReader()
    with filled._catalogue.read() as conn:
        before = reader.read(conn)
        assert reader.read(conn)["en"] is before["en"]
    filled.ingest_documents([document("more", "en", "news", ("The tram runs again.",))])
    with filled._catalogue.read() as conn:
        after = reader.read(conn)
    assert (before["en"].size, after["en"].size) == (3, 4)
    assert after["ja"] is before["ja"]


def test_moments_added_and_taken_off_again_are_the_same() -> None:
    rows = np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    both = Moments.of(rows).plus(Moments.of(rows[:2])).plus(Moments.of(rows[:2]), -1)
    assert both.size == 5
    assert np.allclose(both.second, Moments.of(rows).second)


def test_the_server_stops_when_its_last_user_has_left(tmp_path: Path) -> None:
    with base(tmp_path, exact_limit=0) as first:
        first.ingest_documents(papers())
        with base(tmp_path, exact_limit=0) as second:
            assert second.search("committee").hits
            pid = json.loads((tmp_path / "vectors" / "service.json").read_text())["pid"]
        assert first.search("committee").hits
        os.kill(pid, 0)
    end = time.monotonic() + 60
    while _alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _alive(pid)


def test_a_killed_server_is_started_again(filled: KnowledgeBase, tmp_path: Path) -> None:
    card = json.loads((tmp_path / "vectors" / "service.json").read_text())
    os.kill(card["pid"], signal.SIGKILL)
    time.sleep(0.3)
    assert filled.search("When was the memorandum signed?").hits[0].text.startswith("This Memorandum was signed")


_WRITER = """
import sys
from pathlib import Path
from tests.kb.make import base, document
name, home = sys.argv[1], Path(sys.argv[2])
with base(home) as opened:
    for i in range(8):
        opened.ingest_documents([document(f"{name}{i}", "en", "news", tuple(f"{name} report {i} line {j}." for j in range(20)))])
"""


def _writer(name: str, home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _WRITER, name, str(home)], cwd=PROJECT)


@pytest.mark.slow
def test_two_processes_write_and_one_reads_and_nothing_is_lost(tmp_path: Path) -> None:
    with base(tmp_path) as opened:
        opened.ingest_documents(papers())
        writers = [_writer(name, tmp_path) for name in ("alpha", "beta")]
        while any(w.poll() is None for w in writers):
            for hit in opened.search("report line", k=20).hits:
                assert opened.text(hit.document_id, hit.version)[hit.start : hit.end] == hit.text
        assert [w.returncode for w in writers] == [0, 0]
        assert len(opened.documents()) == 3 + 16
        assert opened.verify() == ()


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_whole_documents_only(tmp_path: Path) -> None:
    for delay in (0.3, 0.6, 0.9, 1.2, 1.5, 2.0):
        victim = _writer(f"v{int(delay * 10)}_", tmp_path)
        time.sleep(delay)
        victim.kill()
        victim.wait()
    with base(tmp_path) as opened:
        opened.ingest_documents(papers())
        assert opened.verify() == ()
        with opened._catalogue.read() as conn:
            assert not conn.scalar(select(versions.c.id).where(versions.c.state == "staged"))
        for info in opened.documents():
            assert info.chunks in (2, 3, 20)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_chunk_record_is_what_the_catalogue_gives_back(filled: KnowledgeBase) -> None:
    original: Chunk = papers()[0].chunks[1]
    with filled._catalogue.read() as conn:
        row = conn.execute(select(chunks).where(chunks.c.key == original.id)).one()
    assert (row.start, row.end, row.ordinal, row.page_first) == (original.start, original.end, 1, 1)
