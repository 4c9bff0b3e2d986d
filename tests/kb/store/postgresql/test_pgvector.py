"""pgvector for the languages that have outgrown exact search: what it finds, and that a base without it goes on as ever."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from sqlalchemy import text

from ingest.records import Document
from kb import Filters, KnowledgeBase, Settings, SettingsError
from kb.auth.roles import Reader
from kb.backup.move_base import EMBEDDED, move
from kb.embed.embedder import Embedder, FloatMatrix, FloatVector
from kb.store.postgresql import pgvector
from kb.store.postgresql.pgvector import Extension, VectorTable
from kb.store.vectors import hnsw_projection, selection
from tests.kb.make import document
from tests.postgresql import Server
from ui.cli.doctor import check_vectors

LIMIT = 30


class Clusters:
    """Vectors around the centre of a cluster, the number that a text begins with: no meaning, but near and far as real ones are."""

    name = "clusters"
    dimension = 48

    def query(self, text: str) -> FloatVector:
        centre, own = (np.random.default_rng(_seed(part)).normal(size=self.dimension) for part in (text.split(maxsplit=1)[0], text))
        found: FloatVector = (0.5 + centre + 0.6 * own).astype(np.float32)
        return found / np.float32(np.linalg.norm(found))

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> FloatMatrix:
        return np.stack([self.query(text) for text in texts])


def _seed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])


@pytest.fixture(scope="module", autouse=True)
def there() -> None:
    """Here a base is where it is said to be."""


def opened(home: Path, url: str, **settings: object) -> KnowledgeBase:
    """A base whose languages have an index above `LIMIT` passages."""
    home.mkdir(exist_ok=True)
    chosen = {"hnsw_limit": LIMIT, "database_url": url} | settings
    return KnowledgeBase(Settings.load(home=home, **chosen), cast(Embedder, Clusters()))


def paper(name: str, count: int = 20, day: date | None = None) -> Document:
    return document(name, "en", "report", tuple(f"{(_seed(name) + n) % 25} {name} passage {n}" for n in range(count)), day)


@pytest.fixture
def kb(pgvector_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    with opened(tmp_path / "home", pgvector_url) as made:
        yield made


def dense(kb: KnowledgeBase, asked: str, k: int, filters: Filters = Filters()) -> list[tuple[str, float]]:
    return [(hit.text, hit.score) for hit in kb.search(asked, k=k, filters=filters, channels=("dense",)).hits]


def tables(kb: KnowledgeBase) -> list[str]:
    with kb._catalogue.read() as conn:
        return pgvector.tables_of(conn, hnsw_projection.PREFIX)


def test_nearly_all_of_the_nearest_are_found_by_the_index_with_the_scores_of_exact_search(
    kb: KnowledgeBase, pgvector_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "AT_LEAST", 400)
    kb.ingest_documents([paper(f"p{n}", 50, date(2025, 1, 1 + n % 20)) for n in range(60)])
    kb.delete(kb.documents()[0].id)
    found: dict[int, list[float]] = {10: [], 100: []}
    with opened(tmp_path / "other", pgvector_url, vector_search="scan") as exact:
        for number in range(25):
            for k, shares in found.items():
                right, got = dict(dense(exact, f"{number} asked", k)), dict(dense(kb, f"{number} asked", k))
                assert {said: right[said] for said in got.keys() & right.keys()} == {said: got[said] for said in got.keys() & right.keys()}
                assert len(got) == k
                shares.append(len(got.keys() & right.keys()) / k)
        assert list((tmp_path / "other" / "scan").rglob("en.0.vectors"))
    assert np.mean(found[10]) >= 0.98
    assert np.mean(found[100]) >= 0.95
    with kb._catalogue.read() as conn:
        asked = conn.execute(text("SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname LIKE '%_hnsw'")).scalars().all()
    assert asked[0] > 0  # what is counted comes to be seen a second or more after it was done
    assert sum(file.stat().st_size for file in (tmp_path / "home" / "scan").rglob("*.vectors")) == 0
    assert kb.verify() == ()


def test_an_index_goes_on_beyond_what_it_keeps_in_sight(kb: KnowledgeBase) -> None:
    kb.ingest_documents([paper(f"p{n}", 50) for n in range(30)])
    with kb._catalogue.read() as conn:
        (stored,) = kb._vectors.indexes(conn, "clusters").values()
        found = stored.nearest(Clusters().query("3 asked"), 1400)
        right = stored.nearest_of(np.array(sorted(stored.table.held(conn)), dtype=np.int32), Clusters().query("3 asked"), 1400)
    assert len(found) == 1400
    assert found[:50] == right[:50]


def test_with_filters_and_for_who_sees_a_part_as_many_come_as_are_asked_for_and_exist(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "AT_LEAST", 50)
    kb.ingest_documents([paper(f"p{n}", day=date(2025, 1, 1 + n)) for n in range(20)])
    kb.ingest_documents([paper(f"closed{n}", day=date(2025, 1, 1)) for n in range(10)], groups=("inner",))
    with opened(kb.settings.home.parent / "other", str(kb.settings.database_url), vector_search="scan") as exact:
        for who in (None, Reader("visitor", "viewer", frozenset()), Reader("member", "viewer", frozenset({"inner"}))):
            mine, theirs = (base if who is None else base.seen_by(who) for base in (kb, exact))
            for filters in (Filters(), Filters(date_from=date(2025, 1, 20)), Filters(date_to=date(2025, 1, 10)), Filters(documents=(3,))):
                for k in (1, 10, 150):
                    right = dense(theirs, "7 asked", k, filters)
                    assert dense(mine, "7 asked", k, filters) == right
                whole = [base.search("7 asked passage", k=20, filters=filters).hits for base in (mine, theirs)]
                assert whole[0] == whole[1]


def test_what_is_published_replaced_or_deleted_is_so_in_the_table_and_a_rebuild_makes_another(kb: KnowledgeBase) -> None:
    kb.ingest_documents([paper("a")])
    assert tables(kb) == []
    kb.ingest_documents([paper("b")])
    assert tables(kb) == ["passage_vectors_en_1"]
    kb.ingest_documents([paper("a", 7), paper("c", 3)])
    kb.delete(next(info.id for info in kb.documents() if info.title == "b"))
    with kb._catalogue.read() as conn:
        (stored,) = kb._vectors.indexes(conn, "clusters").values()
        assert len(stored.table.held(conn)) == 10
    assert kb.verify() == ()
    kb.ingest_documents([paper("d", 40)])
    kb.reindex()
    assert len(dense(kb, "3 asked", 100)) == 50
    assert sorted(tables(kb)) == ["passage_vectors_en_1", "passage_vectors_en_2"]
    kb.ingest_documents([paper("e", 1)])
    assert tables(kb) == ["passage_vectors_en_2"]
    assert kb.verify() == ()


def test_a_build_that_is_cut_short_leaves_nothing_and_is_done_by_the_next_writer(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(VectorTable, "build", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            kb.ingest_documents([paper("a", 40)])
    assert tables(kb) == []
    assert len(dense(kb, "3 asked", 100)) == 40
    kb.ingest_documents([paper("b", 1)])
    assert tables(kb) == ["passage_vectors_en_1"]
    assert kb.verify() == ()


def test_without_the_extension_all_are_compared_and_once_it_is_there_the_next_writer_uses_it(
    postgresql: Server, database_url: str, pgvector_url: str, tmp_path: Path
) -> None:
    with opened(tmp_path / "home", database_url) as kb:
        kb.ingest_documents([paper("a", 40)])
        before = dense(kb, "3 asked", 20)
        assert len(before) == 20
        assert "As an owner of the database: CREATE EXTENSION vector;, " in check_vectors(kb).detail
        with pytest.raises(SettingsError, match="CREATE EXTENSION vector"):
            opened(tmp_path / "home", database_url, vector_search="hnsw")
        postgresql.run("CREATE EXTENSION vector", database_url.rpartition("/")[2])
        assert "of en the next `setu ingest` that takes something in" in kb.health()["vectors"]
        assert dense(kb, "3 asked", 20) == before
        kb.ingest_documents([paper("b", 1)])
        assert kb.health()["vectors"].startswith("pgvector 0.8")
        assert "finds the nearest of en" in kb.health()["vectors"]
        postgresql.run("DROP EXTENSION vector CASCADE", database_url.rpartition("/")[2])
        assert len(dense(kb, "3 asked", 100)) == 41
        kb.ingest_documents([paper("c", 1)])
        assert len(dense(kb, "3 asked", 100)) == 42
        assert kb.verify() == ()


def test_a_setting_takes_the_index_for_every_language_or_for_none(pgvector_url: str, tmp_path: Path) -> None:
    with opened(tmp_path / "home", pgvector_url, hnsw_limit=200_000, vector_search="hnsw") as kb:
        kb.ingest_documents([paper("a", 5)])
        assert "finds the nearest of en" in kb.health()["vectors"]
        assert len(dense(kb, "3 asked", 100)) == 5
    with opened(tmp_path / "home", pgvector_url, vector_search="scan") as kb:
        assert kb.health()["vectors"] == "all vectors are compared, as SETU_VECTOR_SEARCH=scan says"
        kb.ingest_documents([paper("b", 5)])
        assert len(dense(kb, "3 asked", 100)) == 10
    with opened(tmp_path / "home", pgvector_url, vector_search="hnsw") as kb:
        assert len(dense(kb, "3 asked", 100)) == 10
        assert kb.verify() == ()
        with kb._catalogue.write() as conn:
            conn.execute(text("DELETE FROM passage_vectors_en_1 WHERE chunk = (SELECT min(chunk) FROM passage_vectors_en_1)"))
        assert any("1 en passages are missing from the vectors of pgvector" in problem for problem in kb.verify())
        kb.reindex()
        assert kb.verify() == ()
    with pytest.raises(SettingsError, match="the base is in files"):
        opened(tmp_path / "files", "", vector_search="hnsw")


def test_the_extension_may_be_in_another_schema_than_the_base(postgresql: Server, pgvector_url: str, tmp_path: Path) -> None:
    postgresql.run("CREATE SCHEMA setu", pgvector_url.rpartition("/")[2])
    with opened(tmp_path / "home", f"{pgvector_url}?options=-csearch_path%3Dsetu", vector_search="hnsw") as kb:
        kb.ingest_documents([paper("a", 40)])
        assert dense(kb, "3 asked", 5)
        assert tables(kb) == ["passage_vectors_en_1"]
        assert kb.verify() == ()


def test_a_base_that_is_moved_away_and_back_is_indexed_anew(kb: KnowledgeBase, postgresql: Server) -> None:
    kb.ingest_documents([paper("a", 40)])
    before, settings = dense(kb, "3 asked", 40), kb.settings
    kb.close()
    files = move(settings, EMBEDDED).settings
    with KnowledgeBase(files, cast(Embedder, Clusters())) as moved:
        assert dense(moved, "3 asked", 40) == before
        url = postgresql.database()
    postgresql.run("CREATE EXTENSION vector", url.rpartition("/")[2])
    with KnowledgeBase(move(files, url).settings, cast(Embedder, Clusters())) as back:
        assert "of en the next" in back.health()["vectors"]
        back.ingest_documents([paper("b", 1)])
        assert tables(back) == ["passage_vectors_en_1"]
        assert back.verify() == ()


def test_what_is_missing_is_told_with_the_lines_that_put_it_there() -> None:
    none = Extension(None, None, None, 17)
    assert not none.usable
    assert "apt-get install postgresql-17-pgvector; then in the database: CREATE EXTENSION vector;" in none.remedy
    assert "ALTER EXTENSION vector UPDATE;" in Extension("0.4.4", "public", "0.4.4", 15).remedy
    assert Extension("0.10.0", "public", "0.10.0", 18).usable
