"""What a server refuses is told in a sentence that says what to do; nothing is lost, and who reads goes on where that can be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from kb import KnowledgeBase, KnowledgeBaseError, Settings
from kb.errors import AccountsError, SettingsError
from kb.store.catalogue import Catalogue
from kb.store.maintenance import store_state, writer_at_work
from kb.store.postgresql import server_connections, server_errors
from tests.kb.make import base, document, papers
from tests.postgresql import Server


@pytest.fixture
def kb(database_url: str, tmp_path: Path) -> Iterator[KnowledgeBase]:
    with base(tmp_path / "home", database_url=database_url) as opened:
        opened.ingest_documents(papers())
        yield opened


def name(url: str) -> str:
    return make_url(url).database or ""


def test_a_database_that_is_not_there_a_wrong_user_and_a_server_that_is_gone_are_told_apart(postgresql: Server, tmp_path: Path) -> None:
    def told(url: str) -> str:
        with pytest.raises(KnowledgeBaseError) as caught:
            Catalogue(Settings.load(home=tmp_path, database_url=url))
        return str(caught.value)

    assert "there is no such database. Make it (createdb --encoding=UTF8 NAME), or correct SETU_DATABASE_URL" in told(
        postgresql.url("none")
    )
    assert "does not let Setu in" in told(postgresql.url("postgres").replace("setu@", "stranger@"))
    gone = told("postgresql+psycopg://setu:hush@127.0.0.1:9/setu")
    assert "cannot be reached. Start its server, or correct SETU_DATABASE_URL" in gone
    assert "hush" not in gone


def test_another_kind_of_database_is_refused_and_the_short_form_of_a_url_is_taken(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"SETU_DATABASE_URL names mysql. Setu keeps its base in SQLite or PostgreSQL"):
        Catalogue(Settings.load(home=tmp_path, database_url="mysql://root@localhost/setu"))
    with closing(Catalogue(Settings.load(home=tmp_path, database_url=database_url.replace("+psycopg", "")))) as catalogue:
        assert catalogue.is_empty()


def test_a_database_of_another_program_is_left_alone(postgresql: Server, database_url: str, tmp_path: Path) -> None:
    postgresql.run("CREATE TABLE documents (id int, body text)", name(database_url))
    with pytest.raises(KnowledgeBaseError, match=r"holds tables of another program \(documents\)\. Make a database for Setu alone"):
        Catalogue(Settings.load(home=tmp_path, database_url=database_url))
    assert postgresql.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name(database_url)) == [("documents",)]


def test_a_base_of_a_newer_setu_is_left_alone(postgresql: Server, kb: KnowledgeBase, tmp_path: Path) -> None:
    url = kb.settings.database_url or ""
    postgresql.run("UPDATE meta SET value = '99' WHERE key = 'schema'", name(url))
    with pytest.raises(KnowledgeBaseError, match=r"A newer Setu wrote this catalogue: it has layout 99"):
        Catalogue(Settings.load(home=tmp_path, database_url=url))


def test_an_old_server_and_one_with_another_encoding_are_refused(
    postgresql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgresql.run("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(KnowledgeBaseError, match=r"it keeps texts as LATIN1. Make another for Setu: createdb --encoding=UTF8"):
        Catalogue(Settings.load(home=tmp_path, database_url=postgresql.url("latin")))
    monkeypatch.setattr(server_errors, "OLDEST", 99)
    with pytest.raises(KnowledgeBaseError, match=r"and Setu needs 99 or newer. Upgrade the server."):
        Catalogue(Settings.load(home=tmp_path, database_url=postgresql.database()))


def test_a_database_that_takes_no_changes_is_read_and_says_so(postgresql: Server, kb: KnowledgeBase) -> None:
    database = name(kb.settings.database_url or "")
    postgresql.run(f'ALTER DATABASE "{database}" SET default_transaction_read_only = on')
    kb._catalogue.engine.dispose()
    assert kb.search("When was the memorandum signed?", k=1).hits[0].document == "moc"
    with pytest.raises(KnowledgeBaseError, match=r"it takes no changes: it is a standby, or read-only. Point SETU_DATABASE_URL at"):
        kb.ingest_documents([document("more", "en", "news", ("The tram is late.",))])
    postgresql.run(f'ALTER DATABASE "{database}" RESET default_transaction_read_only')
    kb._catalogue.engine.dispose()
    assert kb.verify() == ()


def test_a_full_disk_of_the_server_is_told_and_what_was_not_finished_is_not_half_there(postgresql: Server, kb: KnowledgeBase) -> None:
    database = name(kb.settings.database_url or "")
    body = "BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END"
    postgresql.run(f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$", database)
    postgresql.run("CREATE TRIGGER full_disk BEFORE INSERT ON keyword_segments EXECUTE FUNCTION fail()", database)
    with pytest.raises(KnowledgeBaseError, match=r"the disk of its server is full. Make room there. Nothing is kept in half"):
        kb.ingest_documents([document("more", "en", "news", ("The tram is late.",))])
    postgresql.run("DROP TRIGGER full_disk ON keyword_segments", database)
    assert [d.title for d in kb.documents()] == ["batmi", "houkoku", "moc"]
    kb.ingest_documents([document("more", "en", "news", ("The tram is late.",))])
    assert len(kb.documents()) == 4
    assert kb.verify() == ()


def test_a_server_that_was_started_again_is_used_again_by_itself(postgresql: Server, kb: KnowledgeBase) -> None:
    assert kb.search("committee").hits
    postgresql.stop()
    with pytest.raises(KnowledgeBaseError, match=r"cannot be reached. Start its server|was stopped or is starting"):
        kb.documents()
    with pytest.raises(AccountsError, match=r"cannot be reached|was stopped"):
        kb._catalogue.accounts.exist()
    assert writer_at_work(kb.settings) is False
    with pytest.raises(KnowledgeBaseError, match=r"cannot be reached"):
        store_state(kb.settings)
    postgresql.start()
    assert len(kb.documents()) == 3
    assert kb.verify() == ()


def test_a_connection_that_is_cut_in_the_middle_of_a_change_leaves_nothing_of_it(postgresql: Server, kb: KnowledgeBase) -> None:

    def change() -> None:
        with kb._catalogue.write() as conn:
            conn.exec_driver_sql("UPDATE versions SET title = 'torn'")
            postgresql.run(f"SELECT pg_terminate_backend({conn.exec_driver_sql('SELECT pg_backend_pid()').scalar_one()})")
            conn.exec_driver_sql("SELECT 1")

    with pytest.raises(KnowledgeBaseError, match=r"was stopped or is starting|cannot be reached"):
        change()
    assert {d.title for d in kb.documents()} == {"moc", "batmi", "houkoku"}


def test_who_waits_too_long_for_another_writer_is_told_so(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    url = make_url(kb.settings.sql_url)
    hasty = server_connections.connections(url, "The catalogue", 0.2, KnowledgeBaseError)
    with (
        kb._catalogue.write(),
        pytest.raises(KnowledgeBaseError, match=r"is being written by another process for more than"),
        hasty.begin() as conn,
    ):
        server_connections.take_turn(conn)
    hasty.dispose()


def test_the_writers_lock_holds_for_all_machines_and_is_free_once_its_holder_is_gone(kb: KnowledgeBase, tmp_path: Path) -> None:
    with base(tmp_path / "other machine", database_url=kb.settings.database_url) as other:
        assert writer_at_work(kb.settings) is False
        with kb._publisher.lock.held(), kb._publisher.lock.held():
            assert writer_at_work(other.settings) is True
            with other._publisher.lock.quiet() as alone:
                assert not alone
            with other._publisher.lock.quiet(0.3) as alone:
                assert not alone
        with other._publisher.lock.quiet() as alone:
            assert alone
    assert writer_at_work(kb.settings) is False


def test_texts_that_the_server_has_no_room_for_are_kept_as_long_as_they_were(kb: KnowledgeBase) -> None:
    long = "ä" * 5000
    kb.ingest_documents([document("zero", "en", "news", (f"zero\x00byte {long} end",))])
    (made,) = (d for d in kb.documents() if d.title == "zero")
    assert kb.text(made.id) == f"zero\ufffdbyte {long} end"
    assert kb.search("zero byte", k=1).hits
    kb.materials.save(long[:500], "a kind of material that nobody foresaw", "long", "{}")
    assert [info.id for info in kb.materials.list("a kind of material that nobody foresaw")] == [long[:500]]
