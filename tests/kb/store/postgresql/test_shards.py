"""Postings on several databases: what is found is what one database finds, whatever comes, goes, moves or dies."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from ingest.records import Document
from kb import Filters, KnowledgeBase, KnowledgeBaseError, Settings
from kb.auth.roles import Reader
from kb.backup.move_base import move
from kb.errors import BackupError, SettingsError, ShardError
from kb.store.engine import Naming, open_engine, writing
from kb.store.shards import placement, shard_databases
from tests.kb.make import PAPERS, base, document, papers
from tests.kb.store.postgresql.test_same_ranking import QUESTIONS, found
from tests.once import copied
from tests.papers import few_samples
from tests.postgresql import Server


@pytest.fixture(scope="module", autouse=True)
def there() -> None:
    """Here a base is where it is said to be."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for long."""
    monkeypatch.setattr(placement, "GRACE_S", 2.0)
    monkeypatch.setattr(shard_databases, "_REST_S", (0.2, 0.2))


@pytest.fixture
def samples(postgresql: Server, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> tuple[Path, str]:
    """A home, and the URL of its base on a server, with some sample papers."""
    home = copied(few_samples(tmp_path_factory), tmp_path / "home")
    with base(home) as kb:
        kb.ingest_documents([tram(n, f"Tram line {n} was built by the committee in {2000 + n}.") for n in range(10)])
    url = move(Settings.load(home=home), postgresql.database()).settings.database_url
    assert url is not None
    return home, url


@pytest.fixture
def urls(postgresql: Server) -> list[str]:
    """Two empty databases for shards."""
    return [postgresql.database(), postgresql.database()]


def sharded(home: Path, url: str, urls: list[str]):  # type: ignore[no-untyped-def]
    return base(home, database_url=url, shard_urls=" ".join(urls))


def let_die(url: str) -> None:
    """Have a database take no connection any more, and end those that there are."""
    name = make_url(url).database
    engine = open_engine(make_url(url).set(database="postgres"), Naming("The server", ""), 5.0)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        conn.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name})
    engine.dispose()


def revive(url: str) -> None:
    """The other way round."""
    engine = open_engine(make_url(url).set(database="postgres"), Naming("The server", ""), 5.0)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text(f'ALTER DATABASE "{make_url(url).database}" ALLOW_CONNECTIONS true'))
    engine.dispose()


def counts(kb: KnowledgeBase) -> list[int]:
    return [one.documents for one in kb.shards.state()]


def tram(number: int, said: str) -> Document:
    return document(f"paper{number}", "en", "report", (said, "It closes at ten."))


FILTERS = (Filters(), Filters(kinds=("agreement",)), Filters(languages=("en", "ja")))


def test_three_databases_find_what_one_finds_to_the_last_bit(samples: tuple[Path, str], urls: list[str]) -> None:
    home, url = samples
    with base(home, database_url=url) as kb:
        here = [found(kb, QUESTIONS, 50, one) for one in FILTERS]
    with sharded(home, url, urls) as kb:
        spread = kb.shards.spread()
        assert spread.joined == (1, 2)
        assert spread.moved == sum(counts(kb)[1:])
        assert all(counts(kb))
        assert [found(kb, QUESTIONS, 50, one) for one in FILTERS] == here
        assert kb.verify() == ()
        with kb._catalogue.read() as conn:
            own = set(conn.scalars(text("SELECT DISTINCT p.chunk FROM keyword_passages p")))
            assert own  # all are counted here
        kb.reindex()
        assert [found(kb, QUESTIONS, 50, one) for one in FILTERS] == here
        assert kb.verify() == ()
        back = kb.shards.remove(1)
        assert back.left == (1,)
        back = kb.shards.remove(2)
        assert counts(kb) == [sum(counts(kb))]
        assert [found(kb, QUESTIONS, 50, one) for one in FILTERS] == here
        assert kb.verify() == ()
    with base(home, database_url=url) as kb:
        assert [found(kb, QUESTIONS, 50, one) for one in FILTERS] == here
        assert kb.verify() == ()


def test_papers_come_change_and_go_on_shards_as_in_one_database(
    postgresql: Server, urls: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("Joint Committee", "costs", "पूर इशारा", "センサー", "When was it signed?", "tram tickets")
    steps: list[list[object]] = [[], []]
    for way, extra in enumerate(([], urls)):
        with sharded(tmp_path / str(way), postgresql.database(), extra) as kb:
            kb.shards.spread()
            kb.ingest_documents(papers())
            kb.ingest_documents([tram(n, f"Tram line {n} sells tickets for {n} crowns.") for n in range(12)])
            steps[way].append(found(kb, asked, 20))
            kb.ingest_documents([tram(n, f"Tram line {n} is free of charge.") for n in range(6)])
            steps[way].append(found(kb, asked, 20))
            for info in kb.documents()[:5]:
                kb.delete(info.id)
            steps[way].append(found(kb, asked, 20))
            assert kb.verify() == ()
            if extra:
                assert all(counts(kb))
                with kb._catalogue.read() as conn:
                    assert conn.scalar(text("SELECT count(*) FROM shard_garbage"))
                monkeypatch.setattr(placement, "GRACE_S", -1.0)
                placement.collect(kb._catalogue)
                with kb._catalogue.read() as conn:
                    assert not conn.scalar(text("SELECT count(*) FROM shard_garbage"))
                assert found(kb, asked, 20) == steps[way][-1]
                assert kb.verify() == ()
    assert steps[0] == steps[1]


def test_a_dead_shard_leaves_the_rest_as_a_base_without_its_papers_and_the_answer_says_so(
    samples: tuple[Path, str], urls: list[str]
) -> None:
    home, url = samples
    with sharded(home, url, urls) as kb:
        kb.shards.spread()
        whole = found(kb, QUESTIONS, 50)
        with kb._catalogue.read() as conn:
            on_first = "SELECT v.document_id FROM placements p JOIN versions v ON v.id = p.version_id WHERE p.shard = 1"
            lost = set(conn.scalars(text(on_first)))
        let_die(urls[0])
        told = kb.search("Who chairs the Joint Committee?", k=50)
        assert told.hits
        assert not {hit.document_id for hit in told.hits} & lost
        assert any(str(len(lost)) in note for note in told.notes)
        answered = kb.answer("Who chairs the Joint Committee?")
        assert any("does not answer" in note for note in answered.notes)
        without = found(kb, QUESTIONS, 50)
        assert [one.answers for one in kb.shards.state()] == [True, False, True]
        assert any("Shard 1" in problem for problem in kb.verify())
        with pytest.raises(ShardError, match="setu shards remove 1"):
            kb.shards.spread()
        kb.ingest_documents(papers())
        for info in kb.documents():
            if info.source in {f"test:{name}" for name in PAPERS}:
                kb.delete(info.id)
        assert found(kb, QUESTIONS, 50) == without
        revive(urls[0])
        time.sleep(0.3)
        assert found(kb, QUESTIONS, 50) == whole
        assert not kb.search("Who chairs the Joint Committee?").notes
    # as a base that never had the papers of the dead shard
    with base(home, database_url=url) as kb:
        pass
    with sharded(home, url, []) as kb:  # this machine lacks the setting
        assert any("1" in note for note in kb.search("Joint Committee").notes)
    with sharded(home, url, urls) as kb:
        kb.shards.remove(1)
        kb.shards.remove(2)
        for one in lost:
            kb.delete(one)
        assert found(kb, QUESTIONS, 50) == without


def test_papers_come_meanwhile_and_one_of_a_dead_shard_can_be_replaced_and_deleted(
    samples: tuple[Path, str], urls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, url = samples
    with sharded(home, url, urls) as kb:
        kb.shards.spread()
        let_die(urls[0])
        with kb._catalogue.read() as conn:
            query = (
                "SELECT d.id, d.source FROM placements p JOIN versions v ON v.id = p.version_id JOIN documents d ON d.id = v.document_id "
                "WHERE p.shard = 1 AND d.source LIKE 'test:%' ORDER BY d.id"
            )
            (one, source), (other, _), *_ = conn.execute(text(query)).all()
        kb.ingest_documents([document(source.removeprefix("test:"), "en", "report", ("The depot was closed for good in May.",))])
        (hit,) = kb.search("When was the depot closed for good?", k=1).hits
        assert hit.document_id == one
        kb.delete(other)
        assert other not in {info.id for info in kb.documents()}
        revive(urls[0])
    with sharded(home, url, urls) as kb:
        monkeypatch.setattr(placement, "GRACE_S", -1.0)
        placement.collect(kb._catalogue)
        assert kb.verify() == ()
        assert kb.shards.spread().moved == 1  # the one that was put elsewhere meanwhile
        assert kb.verify() == ()


def test_a_lost_shard_is_given_up_and_nothing_is_lost(samples: tuple[Path, str], urls: list[str]) -> None:
    home, url = samples
    with sharded(home, url, urls) as kb:
        kb.shards.spread()
        whole = found(kb, QUESTIONS, 50)
    let_die(urls[1])
    with sharded(home, url, urls) as kb:
        assert kb.shards.remove(2).left == (2,)
        assert found(kb, QUESTIONS, 50) == whole
        assert kb.verify() == ()


def test_a_reader_of_some_groups_has_the_scores_of_a_base_of_what_they_see(samples: tuple[Path, str], urls: list[str]) -> None:
    home, url = samples
    with base(home, database_url=url) as kb:
        for info in kb.documents()[::2]:
            kb.put_in_groups(info.id, ("water",))
        reader = Reader("asha", "viewer", frozenset())
        here = found(kb.seen_by(reader), QUESTIONS, 50)
    with sharded(home, url, urls) as kb:
        kb.shards.spread()
        assert found(kb.seen_by(reader), QUESTIONS, 50) == here
        with pytest.raises(KnowledgeBaseError):
            kb.seen_by(reader).shards  # noqa: B018


@pytest.mark.slow
def test_papers_move_while_people_search_and_nobody_sees_one_twice_or_misses_one(samples: tuple[Path, str], urls: list[str]) -> None:
    home, url = samples
    with base(home, database_url=url) as kb:
        here = found(kb, QUESTIONS, 30)
    wrong: list[object] = []
    ended = threading.Event()

    def ask() -> None:
        with sharded(home, url, urls) as other:
            while not ended.is_set():
                if (seen := found(other, QUESTIONS[:4], 30)) != here[:4]:
                    wrong.append(seen)

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for one in readers:
        one.start()
    with sharded(home, url, urls) as kb:
        for _ in range(3):
            kb.shards.spread()
            kb.shards.remove(1)
            kb.shards.remove(2)
    ended.set()
    for one in readers:
        one.join()
    assert wrong == []


def test_what_is_no_shard_is_told(samples: tuple[Path, str], urls: list[str], postgresql: Server, tmp_path: Path) -> None:
    home, url = samples
    with sharded(home, url, [url]) as kb, pytest.raises(ShardError, match="holds a base"):
        kb.shards.spread()
    with sharded(home, url, urls[:1]) as kb:
        kb.shards.spread()
        with pytest.raises(ShardError, match="no shard 7"):
            kb.shards.remove(7)
    with sharded(tmp_path / "other", postgresql.database(), urls[:1]) as kb, pytest.raises(ShardError, match="another base"):
        kb.shards.spread()
    with pytest.raises(SettingsError, match="base is in files"), base(tmp_path / "files", shard_urls=urls[0]):
        pass
    with pytest.raises(SettingsError, match="no URL"), base(tmp_path / "files", database_url=url, shard_urls="not a url"):
        pass
    with pytest.raises(BackupError, match="setu shards remove"):
        move(Settings.load(home=home, database_url=url, shard_urls=urls[0]), postgresql.database())
    with writing(open_engine(make_url(urls[0]), Naming("x", ""), 5.0)) as conn:
        conn.execute(text("UPDATE shard_meta SET value = '9' WHERE key = 'layout'"))
    with sharded(home, url, urls[:1]) as kb:
        assert not kb.shards.state()[1].answers
        with pytest.raises(ShardError, match="layout 9"):
            kb.shards._databases.unknown(())
