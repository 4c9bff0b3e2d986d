"""A base goes to PostgreSQL and back with all that is in it, and is found as before."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from kb import Settings
from kb.auth.account_store import AccountStore
from kb.auth.accounts import Accounts
from kb.auth.passwords import Cost
from kb.auth.sessions import Sessions
from kb.backup.move_base import EMBEDDED, move
from kb.errors import BackupError
from kb.index import inverted_index
from kb.records import Filters
from kb.store.catalogue import Catalogue
from kb.store.schema import chunks, meta, metadata
from kb.user_records import Exchange
from tests.kb.make import base, document, papers
from tests.once import copied, once
from tests.postgresql import Server

CHEAP = Cost(memory=8, times=1, threads=1)
PASSWORD = "harbour lights at nine"
QUESTIONS = ("When was the memorandum signed?", "संवेदक किती बसवले?", "センサーは何台か。", "Who bears the costs?")


def _made(folder: Path) -> None:
    home = folder / "home"
    with base(home) as opened:
        opened.ingest_documents([*papers(), document("gone", "en", "news", ("This will be deleted.",))])
        opened.delete(next(d.id for d in opened.documents() if d.title == "gone"))
        opened.correct(next(d.id for d in opened.documents() if d.title == "moc"), "publisher", "Port Office")
        opened.conversations.save(opened.conversations.new().with_new(Exchange("When was it signed?", Filters())))
    with closing(AccountStore(home)) as store:
        Accounts(store, CHEAP).add("asha", "admin", None, PASSWORD)


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    return copied(once(tmp_path_factory, "to-be-moved", _made) / "home", tmp_path / "home")


def rows(settings: Settings) -> dict[str, list[tuple[object, ...]]]:
    """All that a base holds, but the state of its scan files."""
    tables = (*metadata.sorted_tables, *inverted_index.metadata.sorted_tables)
    with closing(Catalogue(settings)) as catalogue, catalogue.read() as conn:
        found = {one.name: sorted((tuple(row) for row in conn.execute(select(one))), key=repr) for one in tables}
    found["meta"] = [row for row in found["meta"] if row[0] != "vectors"]
    return found


def hits(settings: Settings) -> list[list[tuple[int, int, float, str]]]:
    with base(settings.home, database_url=settings.database_url) as opened:
        return [[(hit.document_id, hit.chunk, hit.score, hit.text) for hit in opened.search(asked, k=20).hits] for asked in QUESTIONS]


def test_a_base_goes_to_postgresql_and_back_row_by_row_and_is_found_as_before(home: Path, database_url: str) -> None:
    embedded = Settings.load(home=home)
    before, found = rows(embedded), hits(embedded)
    with closing(AccountStore.of(embedded)) as store:
        token = Sessions(store, 12).begin(Accounts(store, CHEAP).get("asha"))
    there = move(embedded, database_url).settings
    assert rows(there) == before
    assert hits(there) == found
    with closing(AccountStore.of(there)) as store:
        asha = Accounts(store, CHEAP).verified("asha", PASSWORD)
        assert asha is not None
        assert Sessions(store, 12).find(token) is not None
    with base(home, database_url=database_url) as opened:
        assert opened.verify() == ()
        opened.ingest_documents([document("later", "en", "news", ("The ferry is free on Sundays.",))])
        with opened._catalogue.read() as conn:
            ids = sorted(conn.scalars(select(chunks.c.id)))
    assert ids[-1] == 9  # the eighth, of the paper that was deleted, is not used again
    after, found = rows(there), hits(there)
    (home / "catalogue.sqlite").rename(home / "old.sqlite")
    back = move(there, EMBEDDED).settings
    assert rows(back) == after
    assert hits(back) == found
    with base(home) as opened:
        assert opened.verify() == ()
        assert opened.conversations.list()[0].title == "When was it signed?"


def test_a_base_is_not_moved_onto_another_nor_onto_itself_nor_while_it_is_in_use(home: Path, database_url: str, tmp_path: Path) -> None:
    embedded = Settings.load(home=home)
    with pytest.raises(BackupError, match=r"The base is there already"):
        move(embedded, EMBEDDED)
    with base(home), pytest.raises(BackupError, match=r"is in use\. Stop the chat"):
        move(embedded, database_url)
    there = move(embedded, database_url).settings
    with pytest.raises(BackupError, match=r"holds a base already \(audit, conversations, documents\)"):
        move(embedded, database_url)
    other = Settings.load(home=tmp_path / "other", database_url=database_url)
    with base(other.home, database_url=database_url), pytest.raises(BackupError, match=r"The base is in use\. Stop every chat"):
        move(other, EMBEDDED)
    with pytest.raises(BackupError, match=r"catalogue\.sqlite holds a base already"):
        move(there, EMBEDDED)


def test_a_move_that_is_cut_off_leaves_the_other_place_empty_and_is_done_again(
    home: Path, database_url: str, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded = Settings.load(home=home)

    def cut(table: str, _: int) -> None:
        if table == "chunks":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(embedded, database_url, cut)
    there = Settings.load(home=home, database_url=database_url)
    assert not rows(there)["documents"]
    assert json.dumps(move(embedded, database_url).rows["documents"]) == "3"
    with closing(Catalogue(there)) as catalogue, catalogue.read() as conn:
        assert conn.scalar(select(meta.c.value).where(meta.c.key == "embedder"))
