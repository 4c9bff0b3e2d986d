"""The database of accounts: a file of its own, which nobody waits for who has nothing to do with it."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from kb import KnowledgeBaseError, Settings
from kb.auth import account_store
from kb.auth.account_store import ACCOUNTS, AccountStore
from kb.auth.accounts import Accounts
from kb.auth.passwords import Cost
from kb.auth.sign_in import Refused, SignIn
from kb.backup.create import back_up
from kb.errors import AccountsError
from kb.store.catalogue import Catalogue
from kb.store.database import PATIENCE_S
from tests.kb.make import base, papers
from tests.support import PROJECT

CHEAP = Cost(memory=8, times=1, threads=1)
PASSWORD = "eight lanterns"


@pytest.fixture
def people(tmp_path: Path) -> Accounts:
    made = Accounts(tmp_path, CHEAP)
    made.add("asha", "admin", None, PASSWORD)
    return made


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Somebody writes to a database, and does not come to an end."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_where_nobody_signs_in_nothing_is_made(tmp_path: Path) -> None:
    door = SignIn(tmp_path, 12, cost=CHEAP)
    assert not door.accounts.exist()
    assert door.accounts.all() == ()
    assert door.reader("token") is None
    door.leave("token")
    door.accounts.check()
    with pytest.raises(AccountsError, match="cannot be a name"):
        door.accounts.add("two words", "viewer")
    assert list(tmp_path.iterdir()) == []


def test_a_knowledge_base_without_accounts_has_no_file_of_them(tmp_path: Path) -> None:
    with base(tmp_path) as opened:
        opened.ingest_documents(papers()[:1])
        assert opened.search("harbour") is not None
    assert not list(tmp_path.glob("accounts*"))


def test_who_signs_in_waits_for_no_writer_of_the_catalogue(tmp_path: Path) -> None:
    catalogue = Catalogue(Settings.load(home=tmp_path))
    door = SignIn(tmp_path, 12, cost=CHEAP)
    door.accounts.add("asha", "admin", None, PASSWORD)
    with catalogue.write():
        started = time.monotonic()
        token = door.enter("asha", PASSWORD, "192.0.2.7")
        assert isinstance(token, str)
        assert door.reader(token) is not None
        assert door.enter("asha", "wrong guess", "192.0.2.7") == Refused()
        door.accounts.add("ravi", "viewer")
        assert time.monotonic() - started < PATIENCE_S / 2
    catalogue.close()
    door.close()


def test_a_writer_of_the_catalogue_and_a_page_wait_for_nobody_who_signs_in(people: Accounts, tmp_path: Path) -> None:
    catalogue = Catalogue(Settings.load(home=tmp_path))
    door = SignIn(tmp_path, 12, cost=CHEAP)
    token = door.enter("asha", PASSWORD, "192.0.2.7")
    with held(people.file), catalogue.write():
        assert isinstance(token, str)
        assert door.reader(token) is not None
        assert people.exist()
    catalogue.close()
    door.close()


def test_a_look_leaves_no_transaction_open(people: Accounts) -> None:
    door = SignIn(people.file.parent, 12, cost=CHEAP)
    token = door.enter("asha", PASSWORD, "192.0.2.7")
    assert isinstance(token, str)
    assert door.reader(token) is not None
    with closing(sqlite3.connect(people.file, isolation_level=None, timeout=0)) as other:
        # Busy would be 1: somebody still reads what is in the log.
        assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    door.close()


def test_who_must_write_while_another_keeps_writing_is_told_soon(people: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_store, "PATIENCE_S", 0.1)
    other = Accounts(people.file.parent, CHEAP)
    with held(people.file), pytest.raises(AccountsError, match="Try again in a moment") as told:
        other.add("ravi", "viewer")
    assert told.value.code == "busy"
    other.add("ravi", "viewer")
    assert [one.name for one in people.all()] == ["asha", "ravi"]


def damaged_page(file: Path) -> None:
    """Overwrite all but the first page, on which the layout of the file is."""
    Accounts(file.parent, CHEAP).close()
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA journal_mode=DELETE")
    size = file.stat().st_size
    with file.open("r+b") as out:
        out.seek(4096)
        out.write(b"\xff" * (size - 4096))


@pytest.mark.parametrize("harm", ["no database", "empty", "a page", "no tables"])
def test_a_damaged_file_is_named_with_the_reason_and_the_remedy_and_lets_nobody_in(people: Accounts, harm: str) -> None:
    people.close()
    match harm:
        case "no database":
            people.file.write_bytes(b"damaged" * 1000)
        case "empty":
            people.file.write_bytes(b"")
        case "a page":
            damaged_page(people.file)
        case _:
            people.file.unlink()
            with closing(sqlite3.connect(people.file)) as conn:
                conn.execute("CREATE TABLE other (x)")
            people.file.chmod(0o600)
    again = SignIn(people.file.parent, 12, cost=CHEAP)
    for look in (again.accounts.exist, lambda: again.accounts.find("asha"), lambda: again.enter("asha", PASSWORD, "192.0.2.7")):
        with pytest.raises(AccountsError) as told:
            look()
        assert str(told.value).startswith(f"The file of accounts {people.file} is damaged: ")
        assert "of a backup" in str(told.value)
        assert "`setu users check`" in str(told.value)


def test_a_damaged_catalogue_is_told_as_one_whatever_the_accounts(people: Accounts, tmp_path: Path) -> None:
    Catalogue(Settings.load(home=tmp_path)).close()
    (tmp_path / "catalogue.sqlite").write_bytes(b"damaged" * 1000)
    with pytest.raises(KnowledgeBaseError, match=r"The catalogue .*\.sqlite is damaged: .* Restore a backup: setu restore") as told:
        Catalogue(Settings.load(home=tmp_path))
    assert not isinstance(told.value, AccountsError)
    assert people.verified("asha", PASSWORD) is not None


def test_a_damaged_file_of_accounts_stops_neither_search_nor_the_catalogue_but_a_backup(tmp_path: Path) -> None:
    with base(tmp_path / "home") as opened:
        opened.ingest_documents(papers()[:1])
        people = Accounts(tmp_path / "home", CHEAP)
        people.add("asha", "admin", None, PASSWORD)
        people.close()
        people.file.write_bytes(b"damaged" * 1000)
        assert opened.search("harbour") is not None
        with pytest.raises(AccountsError, match="is damaged"):
            back_up(opened.settings, tmp_path / "a.zip")
        assert not (tmp_path / "a.zip").exists()


def test_one_of_a_newer_setu_is_not_touched(people: Accounts) -> None:
    people.close()
    with closing(sqlite3.connect(people.file)) as conn:
        conn.execute("UPDATE account_meta SET value = '99' WHERE key = 'schema'")
        conn.commit()
    with pytest.raises(AccountsError, match="A newer Setu wrote this file of accounts"):
        Accounts(people.file.parent, CHEAP).all()


def test_a_file_that_is_put_in_its_place_counts_at_the_next_look(people: Accounts, tmp_path: Path) -> None:
    other = Accounts(tmp_path / "other", CHEAP)
    other.add("mina", "admin", None, PASSWORD)
    other.close()
    for end in ("-wal", "-shm"):
        Path(f"{people.file}{end}").unlink(missing_ok=True)
    other.file.replace(people.file)
    assert [one.name for one in people.all()] == ["mina"]
    people.file.unlink()
    assert not people.exist()
    people.add("ravi", "admin", None, PASSWORD)
    assert [one.name for one in people.all()] == ["ravi"]


def test_what_was_not_finished_leaves_the_home_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = Accounts(tmp_path, CHEAP)
    with monkeypatch.context() as patched:
        patched.setattr(account_store, "sync", lambda path: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            people.add("asha", "admin")
    assert not people.exist()
    assert [file.name for file in tmp_path.iterdir()] == ["accounts.lock"]
    (tmp_path / f"{ACCOUNTS}.new").write_bytes(b"of one that was killed")
    (tmp_path / f"{ACCOUNTS}-wal").write_bytes(b"of another file")
    people.add("asha", "admin")
    assert [one.name for one in people.all()] == ["asha"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o600}


def test_failures_are_counted_in_every_process(people: Accounts) -> None:
    script = (
        "import sys; from pathlib import Path; from kb.auth.passwords import Cost; from kb.auth.sign_in import SignIn\n"
        "door = SignIn(Path(sys.argv[1]), 12, cost=Cost(memory=8, times=1, threads=1))\n"
        "print(door.enter('asha', 'wrong guess', '192.0.2.7').wait)"
    )
    command = [sys.executable, "-c", script, str(people.file.parent)]
    waits = [int(subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT).stdout) for _ in range(6)]
    assert waits[:5] == [0] * 5
    assert 100 < waits[5] <= 180


def test_many_processes_that_begin_at_once_make_one_file(tmp_path: Path) -> None:
    barrier = threading.Barrier(6)

    def add(number: int) -> None:
        barrier.wait()
        Accounts(tmp_path, CHEAP).add(f"p{number}", "viewer")

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Accounts(tmp_path, CHEAP).all()) == 6


def test_in_a_database_that_holds_the_catalogue_they_are_tables_of_it(tmp_path: Path) -> None:
    settings = Settings.load(home=tmp_path)
    with closing(Catalogue(settings)) as catalogue, closing(AccountStore(tmp_path, settings.sql_url)) as store:
        people = Accounts(store, CHEAP)
        assert not people.exist()
        people.add("asha", "admin", None, PASSWORD)
        with catalogue.read() as conn:
            assert conn.exec_driver_sql("SELECT name FROM accounts").all() == [("asha",)]
        with closing(AccountStore(tmp_path, settings.sql_url)) as again:
            assert Accounts(again, CHEAP).verified("asha", PASSWORD) is not None
    assert not (tmp_path / ACCOUNTS).exists()
