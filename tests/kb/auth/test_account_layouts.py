"""Accounts of an older layout become ones of the current, with all that is in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect

from kb.auth.account_schema import LAYOUT, metadata
from kb.auth.account_store import ACCOUNTS, AccountStore
from kb.auth.accounts import Accounts
from kb.auth.api_keys import ApiKeys
from kb.auth.background.idempotency import Before, IdempotencyKeys
from kb.auth.background.job_records import JobRecord, JobRecords
from kb.auth.passwords import Cost
from kb.auth.sessions import Sessions
from kb.errors import AccountsError

CHEAP = Cost(memory=8, times=1, threads=1)
LAYOUT1 = Path(__file__).with_name("accounts1.sql")
LAYOUT2 = """CREATE TABLE api_keys (id VARCHAR(32) NOT NULL PRIMARY KEY, digest VARCHAR(64) NOT NULL UNIQUE, name TEXT NOT NULL,
  role VARCHAR(16) NOT NULL, "groups" TEXT, collections TEXT, created DATETIME NOT NULL, until DATETIME, used DATETIME);
INSERT INTO api_keys VALUES ('k-1', '83df14f7e64f3aa49aedb65fde1e3b3f0deb1ed83b4eb6be3f6ea6e5b8d2e9b4', 'portal', 'viewer', '["ports"]',
  '[3]', '2025-04-05 06:07:08', NULL, '2025-04-06 00:00:00');
UPDATE account_meta SET value = '2' WHERE "key" = 'schema';"""


def home_of(folder: Path, scripts: Sequence[str]) -> Path:
    file = folder / ACCOUNTS
    file.touch(0o600)
    with closing(sqlite3.connect(file)) as conn:
        for script in scripts:
            conn.executescript(script)
    return folder


@pytest.mark.parametrize("scripts", [[LAYOUT1.read_text()], [LAYOUT1.read_text(), LAYOUT2]], ids=["1", "2"])
def test_accounts_sessions_and_keys_of_an_older_layout_are_kept(tmp_path: Path, scripts: list[str]) -> None:
    home = home_of(tmp_path, scripts)
    people = Accounts(home, CHEAP)
    assert people.exist()
    asha, mina = people.all()
    assert (asha.name, asha.role, asha.groups, asha.id) == ("Asha", "admin", None, "p-asha0000000000000000")
    assert (mina.groups, mina.disabled, mina.subject) == (frozenset({"ports"}), True, "oidc-00000001")
    assert mina.created == datetime(2025, 2, 3, 4, 5, 6, tzinfo=UTC)
    session = Sessions(home, 12).find("test")
    assert session is not None
    assert session.person == asha.id
    keys = ApiKeys(home)
    kept = [(one.name, one.groups, one.collections) for one in keys.all()]
    assert kept == ([("portal", frozenset({"ports"}), frozenset({3}))] if len(scripts) == 2 else [])
    assert keys.find(keys.create("sync")[1]) is not None
    with closing(sqlite3.connect(home / ACCOUNTS)) as conn:
        assert conn.execute("SELECT count(*) FROM sign_in_limits").fetchone() == (1,)
        assert conn.execute("SELECT value FROM account_meta WHERE key = 'schema'").fetchone() == (LAYOUT.version,)


def test_what_newer_layouts_keep_is_kept_after_the_steps_as_in_a_new_file(tmp_path: Path) -> None:
    store = AccountStore(home_of(tmp_path, [LAYOUT1.read_text()]))
    jobs, keys = JobRecords(store), IdempotencyKeys(store)
    jobs.keep(JobRecord("j", "p", "library", "done", "[]"))
    assert [one.id for one in jobs.of("p", "library")] == ["j"]
    assert keys.begin("p", "k", "d", lambda _: False) == Before("new")
    old = store._engine()
    new = AccountStore(tmp_path / "new")._engine(make=True)
    assert old is not None
    assert new is not None
    for table in metadata.tables:
        columns = [{column["name"]: str(column["type"]) for column in inspect(one).get_columns(table)} for one in (old, new)]
        assert columns[0] == columns[1], table


def test_a_step_that_meets_its_table_goes_on(tmp_path: Path) -> None:
    """Another process may have made it, or a step may have been cut off after it."""
    store = AccountStore(home_of(tmp_path, [LAYOUT1.read_text(), LAYOUT2.replace("'2' WHERE", "'1' WHERE")]))
    assert [one.name for one in ApiKeys(store).all()] == ["portal"]


def test_a_newer_layout_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    home = home_of(tmp_path, [LAYOUT1.read_text().replace("('schema', '1')", "('schema', '99')")])
    with pytest.raises(AccountsError, match="newer Setu"):
        Accounts(home, CHEAP).all()


def test_a_step_that_fails_leaves_the_layout_that_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = home_of(tmp_path, [LAYOUT1.read_text()])

    def broken(_conn: object) -> None:
        raise AccountsError("cut off")

    monkeypatch.setitem(LAYOUT.steps, "2", broken)  # type: ignore[arg-type]
    with pytest.raises(AccountsError, match="cut off"):
        Accounts(home, CHEAP).all()
    with closing(sqlite3.connect(home / ACCOUNTS)) as conn:
        assert conn.execute("SELECT value FROM account_meta WHERE key = 'schema'").fetchone() == ("1",)
        assert conn.execute("SELECT count(*) FROM sqlite_master WHERE name = 'api_keys'").fetchone() == (0,)
