"""Accounts and sessions that an older Setu kept in files are taken into the database of accounts once, and the files set aside."""

from __future__ import annotations

import hashlib
import json
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from kb.auth import account_files
from kb.auth.account_store import ACCOUNTS
from kb.auth.accounts import Account, Accounts
from kb.auth.passwords import Cost
from kb.auth.sign_in import SignIn
from kb.backup.create import back_up
from kb.backup.restore import restore
from kb.errors import AccountsError
from tests.kb.make import base, papers

CHEAP = Cost(memory=8, times=1, threads=1)
PASSWORD = "eight lanterns"
OLD = "scrypt:16:1:1:MTIzNDU2NzhhYmNkZWZnaA==:6wrvvK9x2NQ/XCsz2xJhgYgU0neD+t5V13Yr3D23EJc="
FILE = f"""# Who may sign in to Setu. Change it with `setu users`; only the owner may read it (mode 600).

[people."asha"]
id = "p-3f0c5a9d2e7b41880c6a1f24"
role = "admin"
groups = ["*"]
password = "{OLD}"
created = 2026-11-01T09:00:00+00:00
since = 2026-11-02T09:00:00.000007+00:00
disabled = false

[people."Mina@example.org"]
id = "p-000000000000000000000001"
subject = "oidc-0123456789abcdef"
role = "trainer"
groups = ["ports", "fisheries"]
password = ""
created = 2026-11-01T09:00:00+05:30
since = 2026-11-01T09:00:00+05:30
disabled = true
"""
TOKEN = "a token of an older Setu"
SESSION = {
    "person": "p-3f0c5a9d2e7b41880c6a1f24",
    "begun": "2026-11-25T09:00:00+00:00",
    "until": "2099-01-01T00:00:00+00:00",
    "of": "2026-11-02T09:00:00.000007+00:00",
}


def older(home: Path, text: str = FILE, sessions: str | None = None, mode: int = 0o600) -> Path:
    """A home as an older Setu left it."""
    home.mkdir(exist_ok=True)
    file = home / "users.toml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    file.chmod(mode)
    if sessions is not None:
        (home / "sessions.json").write_text(sessions, encoding="utf-8")
    return file


def held(**odd: object) -> str:
    return json.dumps({hashlib.sha256(TOKEN.encode()).hexdigest(): {**SESSION, **odd}})


def test_accounts_and_sessions_are_taken_in_and_the_files_are_set_aside_for_their_owner_only(tmp_path: Path) -> None:
    file = older(tmp_path, sessions=held())
    (tmp_path / "sessions.json").chmod(0o644)
    door = SignIn(tmp_path, 12, cost=CHEAP)
    asha, mina = door.accounts.all()
    assert isinstance(asha, Account)
    assert (asha.name, asha.id, asha.role, asha.groups, asha.password) == ("asha", SESSION["person"], "admin", None, OLD)
    assert (asha.created.isoformat(), asha.since.isoformat()) == ("2026-11-01T09:00:00+00:00", SESSION["of"])
    assert (mina.name, mina.subject, mina.groups) == ("Mina@example.org", "oidc-0123456789abcdef", frozenset({"ports", "fisheries"}))
    assert (mina.disabled, mina.created.isoformat()) == (True, "2026-11-01T03:30:00+00:00")
    reader = door.reader(TOKEN)
    assert reader is not None
    assert reader.name == "asha"
    assert door.accounts.verified("asha", PASSWORD) is not None
    assert not file.exists()
    for name in ("users.toml", "sessions.json"):
        assert stat.S_IMODE((tmp_path / f"{name}.taken-in").stat().st_mode) == 0o600
    assert (tmp_path / "users.toml.taken-in").read_text(encoding="utf-8") == FILE


def test_they_are_taken_in_once(tmp_path: Path) -> None:
    older(tmp_path)
    people = Accounts(tmp_path, CHEAP)
    people.change("mina@example.org", role="viewer")
    older(tmp_path, FILE.replace("trainer", "admin"))  # as when somebody copies it back
    again = Accounts(tmp_path, CHEAP)
    assert again.get("mina@example.org").role == "viewer"
    assert not (tmp_path / "users.toml").exists()
    assert sorted(file.name for file in tmp_path.glob("users.toml*")) == ["users.toml.taken-in", "users.toml.taken-in-2"]


def test_a_power_failure_before_the_files_are_set_aside_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older(tmp_path, sessions=held())
    with monkeypatch.context() as patched:
        patched.setattr(account_files, "set_aside", lambda home: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Accounts(tmp_path, CHEAP).all()
    assert (tmp_path / "users.toml").exists()
    assert [one.name for one in Accounts(tmp_path, CHEAP).all()] == ["asha", "Mina@example.org"]
    assert not (tmp_path / "users.toml").exists()


def test_several_that_open_an_older_home_at_once_take_it_in_once(tmp_path: Path) -> None:
    older(tmp_path, sessions=held())
    found, both = list[tuple[str, ...]](), threading.Barrier(4)

    def open_it() -> None:
        both.wait()
        found.append(tuple(one.name for one in Accounts(tmp_path, CHEAP).all()))

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [("asha", "Mina@example.org")] * 4


def test_a_file_that_others_may_read_is_refused_with_the_line_that_mends_it(tmp_path: Path) -> None:
    file = older(tmp_path, mode=0o640)
    with pytest.raises(AccountsError) as told:
        Accounts(tmp_path, CHEAP).all()
    assert f"may be read by others (mode 640). Run: chmod 600 {file}" in str(told.value)
    file.chmod(0o600)
    assert [one.name for one in Accounts(tmp_path, CHEAP).all()] == ["asha", "Mina@example.org"]


ENTRY = '[people."x"]\nrole = "viewer"\ngroups = []\n'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("people = ", "not valid TOML"),
        ("\udce9", "not valid TOML"),
        ("[folk.x]\n", "it holds folk, which is not known"),
        (ENTRY + 'colour = "blue"\n', "x has colour, which is not known"),
        (ENTRY.replace("viewer", "king"), "'king' is no role"),
        (ENTRY.replace("[]", '"all"'), "groups of x are no list of names"),
        (ENTRY.replace("groups = []", ""), "'groups' is missing"),
        (ENTRY + 'password = "eight lanterns"\n', "the password of x is no hash of Setu's"),
        (ENTRY + "disabled = 0\n", "disabled, created or since of x is of the wrong kind"),
        (ENTRY + "since = 2026-01-01T00:00:00\n", "disabled, created or since of x is of the wrong kind"),
        (ENTRY + ENTRY.replace('"x"', '"X"'), "X is in it twice"),
        ('people = "x"\n', "is damaged"),
    ],
)
def test_a_damaged_file_lets_nobody_in_and_says_what_is_wrong_where(tmp_path: Path, text: str, reason: str) -> None:
    file = older(tmp_path, text)
    for _ in range(2):
        with pytest.raises(AccountsError) as told:
            Accounts(tmp_path, CHEAP).all()
        assert str(file) in str(told.value)
        assert reason in str(told.value)
        assert "setu users check" in str(told.value)


def test_a_link_to_nothing_is_not_the_same_as_no_accounts(tmp_path: Path) -> None:
    (tmp_path / "users.toml").symlink_to(tmp_path / "gone.toml")
    with pytest.raises(AccountsError, match="link to a file that is not there"):
        Accounts(tmp_path, CHEAP).all()


def test_two_entries_of_one_id_are_refused_by_name(tmp_path: Path) -> None:
    older(tmp_path, FILE.replace("p-000000000000000000000001", "p-3f0c5a9d2e7b41880c6a1f24"))
    with pytest.raises(AccountsError, match=r"asha and Mina@example\.org have one id; take id and subject out"):
        Accounts(tmp_path, CHEAP).all()


def test_an_empty_file_leaves_the_home_closed(tmp_path: Path) -> None:
    older(tmp_path, "")
    people = Accounts(tmp_path, CHEAP)
    assert people.exist()
    assert people.all() == ()


NOW = "2026-11-26T09:00:00+00:00"
ODD = (
    {"person": None}, {"person": ["x"]}, {"person": "p-1"}, {"begun": 5}, {"until": None}, {"until": "2099-01-01"}, {"until": "soon"},
    {"until": 10**40}, {"until": NOW}, {"of": NOW}, {"of": ""}, {"name": "asha", "person": "asha"},
)  # fmt: skip
HELD = ("", "{", "[]", "7", "null", '{"k": null}', '{"k": []}', '{"k": {"person": "a"}}', "[" * 100_000, "\x00", '{"x": 1}')


@pytest.mark.parametrize("said", [*HELD, *(held(**odd) for odd in ODD)])
def test_odd_sessions_let_nobody_in_and_keep_nobody_out(tmp_path: Path, said: str) -> None:
    older(tmp_path, sessions=said)
    door = SignIn(tmp_path, 12, cost=CHEAP)
    assert door.reader(TOKEN) is None
    token = door.enter("asha", PASSWORD, "")
    assert isinstance(token, str)
    assert door.reader(token) is not None


def test_sessions_without_accounts_are_nobodys_and_make_no_database(tmp_path: Path) -> None:
    (tmp_path / "sessions.json").write_text(held(), encoding="utf-8")
    door = SignIn(tmp_path, 12, cost=CHEAP)
    assert (door.accounts.exist(), door.reader(TOKEN)) == (False, None)
    assert [file.name for file in tmp_path.iterdir()] == ["sessions.json"]
    door.accounts.add("asha", "admin", None, PASSWORD)
    assert door.reader(TOKEN) is None
    assert (tmp_path / "sessions.json.taken-in").exists()


def test_a_backup_of_an_older_setu_brings_its_accounts_and_leaves_no_file_of_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with base(home) as opened:
        opened.ingest_documents(papers()[:1])
        settings = opened.settings
    older(home)
    archive, manifest = back_up(settings, tmp_path / "old.zip")
    assert {"users.toml", ACCOUNTS} & set(manifest.files) == {"users.toml"}
    restore(tmp_path / "new", archive)
    assert not list((tmp_path / "new").glob("users.toml*"))
    with closing(Accounts(tmp_path / "new", CHEAP)) as people:
        assert [one.name for one in people.all()] == ["asha", "Mina@example.org"]
        people.add("ravi", "viewer")
    restore(tmp_path / "new", archive, replace=True)
    assert [one.name for one in Accounts(tmp_path / "new", CHEAP).all()] == ["asha", "Mina@example.org"]
