"""Chroma holds the languages that have outgrown exact search, and nothing of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.errors import VectorServiceError
from lang.languages import Language
from tests.kb.make import base, document

ASKED = "When does the night ferry sail?"


def paper(name: str, language: Language = "en", count: int = 3):
    said = {"en": "The night ferry {} sails at {}.", "ja": "夜の渡し船{}号は{}時に出る。"}[language]
    return document(name, language, "news", tuple(said.format(name, n) for n in range(count)))


def built(opened: KnowledgeBase) -> frozenset[Language]:
    with opened._catalogue.read() as conn:
        return opened._vectors.built(conn)


def started(home: Path) -> bool:
    return (home / "vectors" / "service.json").exists() or (home / "vectors" / "chroma").exists()


def test_below_the_limit_nothing_is_written_to_chroma_and_no_server_is_started(tmp_path: Path) -> None:
    with base(tmp_path) as opened:
        opened.ingest_documents([paper("a")])
        assert len(opened.search(ASKED, k=5).hits) == 3
        opened.delete(opened.documents()[0].id)
        opened.reindex()
        assert opened.verify() == ()
        assert "200,000 passages" in opened.health()["vectors"]
    assert not started(tmp_path)


def test_a_language_that_outgrows_the_limit_is_built_and_the_others_are_not(tmp_path: Path) -> None:
    with base(tmp_path, exact_limit=4) as opened:
        opened.ingest_documents([paper("a"), paper("b", "ja")])
        before = [hit.text for hit in opened.search(ASKED, k=20).hits]
        assert (built(opened), started(tmp_path)) == (frozenset(), False)
        opened.ingest_documents([paper("c")])
        assert built(opened) == {"en"}
        assert len(opened._vectors.chroma.ids("en")) == 6
        assert set(before) < {hit.text for hit in opened.search(ASKED, k=20).hits}
        opened.ingest_documents([paper("d", count=1)])
        opened.delete(next(d.id for d in opened.documents() if d.title == "a"))
        assert len(opened._vectors.chroma.ids("en")) == 4
        assert opened.verify() == ()
        assert opened.health()["vectors"].endswith("for en")


def test_a_build_that_was_cut_short_counts_for_nothing_and_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with base(tmp_path, exact_limit=4) as opened:
        with monkeypatch.context() as broken:
            broken.setattr(opened._vectors.chroma, "add", lambda *_: (_ for _ in ()).throw(VectorServiceError("does not answer")))
            with pytest.raises(VectorServiceError):
                opened.ingest_documents([paper("a", count=6)])
        assert built(opened) == frozenset()
        assert len(opened.search(ASKED, k=20).hits) == 6
        opened.ingest_documents([paper("b", count=1)])
        assert built(opened) == {"en"}
        assert opened.verify() == ()


def test_a_larger_limit_takes_a_language_out_again_when_all_is_indexed_anew(tmp_path: Path) -> None:
    with base(tmp_path, exact_limit=0) as opened:
        opened.ingest_documents([paper("a")])
        assert built(opened) == {"en"}
    with base(tmp_path) as opened:
        opened.reindex()
        assert (built(opened), opened.verify()) == (frozenset(), ())
        assert len(opened.search(ASKED, k=5).hits) == 3


def test_a_vector_that_is_lost_is_told(tmp_path: Path) -> None:
    with base(tmp_path, exact_limit=0) as opened:
        opened.ingest_documents([paper("a")])
        opened._vectors.chroma.remove("en", sorted(opened._vectors.chroma.ids("en"))[:1])
        assert any("1 en passages are missing" in problem for problem in opened.verify())
        opened.reindex()
        assert opened.verify() == ()
