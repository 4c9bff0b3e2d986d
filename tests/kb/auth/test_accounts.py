"""The people of a home, and the table they are in."""

from __future__ import annotations

import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from kb import Settings
from kb.auth import passwords
from kb.auth.account_schema import sign_in_limits
from kb.auth.account_store import ACCOUNTS
from kb.auth.accounts import ALL, Accounts
from kb.auth.passwords import Cost, hashed, matches, nobodys, weakness, well_formed
from kb.auth.sign_in import SignIn
from kb.backup.create import back_up
from kb.backup.restore import restore
from kb.errors import AccountsError, BackupError
from tests.kb.make import base, papers

CHEAP = Cost(memory=8, times=1, threads=1)
PASSWORD = "eight lanterns"


@pytest.fixture
def people(tmp_path: Path) -> Accounts:
    return Accounts(tmp_path, CHEAP)


def test_an_account_is_known_by_its_name_however_that_is_capitalised(people: Accounts, tmp_path: Path) -> None:
    people.add("Asha", "editor", frozenset({"ports", "fisheries"}), PASSWORD)
    found = Accounts(tmp_path, CHEAP).verified("ASHA ", PASSWORD)
    assert found is not None
    assert (found.name, found.role, found.groups) == ("Asha", "editor", frozenset({"ports", "fisheries"}))


@pytest.mark.parametrize("name", ["आशा", "लहरे.न", "山田太郎", "ravi@example.org", "o-brien_2"])
def test_a_name_may_be_in_any_script_and_may_be_an_address(people: Accounts, name: str) -> None:
    people.add(name, "viewer", None, PASSWORD)
    assert people.get(name).name == name


@pytest.mark.parametrize("name", ["", " ", "two words", "-x", 'a"b', "a\nb", "x" * 65, "[people]", "\u202egnp"])
def test_what_is_no_name_is_refused(people: Accounts, name: str) -> None:
    with pytest.raises(AccountsError, match="cannot be a name"):
        people.add(name, "viewer")
    assert not people.exist()


def test_wrong_passwords_unknown_names_and_disabled_accounts_are_all_the_same(people: Accounts) -> None:
    people.add("asha", "admin", None, PASSWORD)
    people.add("ravi", "viewer", frozenset(), PASSWORD)
    people.add("mina@example.org", "viewer")
    people.change("ravi", disabled=True)
    tries = [("asha", "eight lantern"), ("asha", ""), ("nobody", PASSWORD), ("ravi", PASSWORD), ("mina@example.org", ""), ("", "")]
    assert [people.verified(*typed) for typed in tries] == [None] * 6


def test_an_unknown_name_costs_one_hash_as_a_known_one_does(people: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    people.add("asha", "admin", None, PASSWORD)
    people.add("mina@example.org", "viewer")
    costs: list[str] = []

    def counted(password: str, kept: str) -> bool:
        costs.append(kept.rsplit("$", 2)[0])
        return matches(password, kept)

    monkeypatch.setattr(passwords, "matches", counted)
    for name in ("asha", "nobody", "mina@example.org"):
        people.verified(name, "wrong guess")
    assert costs == ["$argon2id$v=19$m=8,t=1,p=1"] * 3


def test_to_open_the_accounts_of_a_home_costs_no_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr("argon2.PasswordHasher.verify", lambda *_typed: made.append("hash"))
    people = Accounts(tmp_path, CHEAP)
    assert made == []
    people.verified("nobody", PASSWORD)
    assert made == ["hash"]


def test_what_is_kept_of_no_password_is_well_formed_and_no_password_matches_it() -> None:
    assert nobodys(CHEAP).rsplit("$", 2)[0] == "$argon2id$v=19$m=8,t=1,p=1"
    assert well_formed(nobodys(CHEAP))
    assert not any(matches(password, nobodys(CHEAP)) for password in ("", PASSWORD))


def test_the_file_is_private_and_holds_no_password(people: Accounts, tmp_path: Path) -> None:
    people.add("asha", "admin", None, PASSWORD)
    files = list(tmp_path.glob(f"{ACCOUNTS}*"))
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert not any(PASSWORD.encode() in file.read_bytes() for file in files)


def test_a_file_that_others_may_read_is_refused_with_the_line_that_mends_it(people: Accounts) -> None:
    people.add("asha", "admin", None, PASSWORD)
    people.file.chmod(0o640)
    with pytest.raises(AccountsError) as told:
        people.all()
    assert f"may be read by others (mode 640). Run: chmod 600 {people.file}" in str(told.value)
    people.file.chmod(0o600)
    assert [one.name for one in people.all()] == ["asha"]


def test_a_link_to_nothing_is_not_the_same_as_no_accounts(people: Accounts) -> None:
    people.file.symlink_to(people.file.parent / "gone.sqlite3")
    for look in (people.exist, people.all):
        with pytest.raises(AccountsError, match="link to a file that is not there"):
            look()


@pytest.mark.parametrize(
    ("harm", "reason"),
    [("role = 'king'", "'king' is no role"), ("groups = '[1'", ""), ("groups = '[7]'", ""), ("password = 'x'", "no hash of Setu's")],
)
def test_an_account_that_somebody_damaged_lets_nobody_in_by_it_and_is_named(people: Accounts, harm: str, reason: str) -> None:
    people.add("asha", "admin", None, PASSWORD)
    people.add("ravi", "viewer", frozenset(), PASSWORD)
    with people._store.writing() as conn:
        conn.exec_driver_sql(f"UPDATE accounts SET {harm} WHERE name = 'ravi'")
    for look in (people.all, lambda: people.verified("ravi", PASSWORD)):
        with pytest.raises(AccountsError, match=f"'ravi' is damaged.*{reason}"):
            look()


def test_tables_that_cannot_be_read_let_nobody_in(people: Accounts) -> None:
    people.add("asha", "admin", None, PASSWORD)
    with people._store.writing() as conn:
        conn.exec_driver_sql("DROP TABLE sessions")
        conn.exec_driver_sql("DROP TABLE accounts")
        conn.exec_driver_sql("ALTER TABLE account_meta RENAME TO other")
    for look in (people.all, lambda: people.find("asha"), lambda: people.remove("asha")):
        with pytest.raises(AccountsError, match="setu users check"):
            look()
    with pytest.raises(AccountsError):
        people.exist()


def test_accounts_that_are_all_removed_leave_the_home_closed(people: Accounts) -> None:
    assert not people.exist()
    people.add("ravi", "viewer", frozenset(), PASSWORD)
    people.remove("ravi")
    assert people.all() == ()
    assert people.exist()


def test_the_last_admin_can_neither_be_removed_nor_disabled_nor_demoted(people: Accounts) -> None:
    people.add("asha", "admin", None, PASSWORD)
    people.add("ravi", "viewer", frozenset(), PASSWORD)
    for attempt in (
        lambda: people.remove("asha"),
        lambda: people.change("asha", disabled=True),
        lambda: people.change("asha", role="editor"),
    ):
        with pytest.raises(AccountsError) as told:
            attempt()
        assert told.value.code == "last_admin"
    people.change("ravi", role="admin")
    with pytest.raises(AccountsError, match="everybody") as told:
        people.remove("asha")
    assert told.value.code == "last_admin"
    people.change("ravi", groups=[ALL])
    people.remove("asha")
    assert [one.name for one in people.all()] == ["ravi"]


def test_changes_keep_what_they_do_not_name(people: Accounts) -> None:
    people.add("asha", "admin", None, PASSWORD)
    people.add("ravi", "viewer", frozenset({"ports"}), PASSWORD)
    before = people.get("ravi")
    after = people.change("ravi", role="trainer")
    assert (after.role, after.groups, after.password, after.since) == ("trainer", frozenset({"ports"}), before.password, before.since)
    assert people.change("ravi", groups=["*"]).groups is None
    assert people.change("ravi", groups=[]).groups == frozenset()
    with pytest.raises(AccountsError, match="cannot be a group"):
        people.change("ravi", groups=["a/b"])
    with pytest.raises(AccountsError, match="There is no account 'mina'"):
        people.change("mina", role="viewer")
    with pytest.raises(AccountsError, match="already"):
        people.add("RAVI", "viewer")


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("short", "short"),
        ("x" * 201, "long"),
        ("aaaaaaaaaab", "easy"),
        ("ravi-ravi-12", "easy"),
        ("eight lanterns", None),
        ("सेतू-बंध-पूल-१", None),
    ],
)
def test_a_weak_password_is_told_from_a_good_one(password: str, wrong: str | None) -> None:
    assert weakness(password, "Ravi@example.org") == wrong


def test_two_processes_that_change_at_once_lose_nothing(people: Accounts, tmp_path: Path) -> None:
    people.add("asha", "admin", None, PASSWORD)
    other = Accounts(tmp_path, CHEAP)
    threads = [threading.Thread(target=lambda n=n: (people, other)[n % 2].add(f"p{n}", "viewer")) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(people.all()) == len(other.all()) == 13


@given(st.text(max_size=60), st.text(max_size=60))
@example("", "\0")
@example("open sesame", "open sesame\0")
def test_a_hash_matches_its_password_and_no_other(one: str, other: str) -> None:
    kept = hashed(one, CHEAP)
    assert well_formed(kept)
    assert matches(one, kept)
    assert hashed(one, CHEAP) != kept  # a new salt
    if other.strip() != one.strip() and other.isascii() and one.isascii():
        assert not matches(other, kept)


def test_a_letter_typed_in_another_form_is_the_same_password() -> None:
    assert matches("क़लम-ｱｲｳ-１２３", hashed("क\u093cलम-アイウ-123", CHEAP))


def test_the_cost_stands_in_the_hash_so_that_it_can_be_raised_and_who_signs_in_has_it_raised(people: Accounts, tmp_path: Path) -> None:
    since = people.add("asha", "admin", None, PASSWORD).since
    dearer = Accounts(tmp_path, Cost(memory=16, times=1, threads=1))
    assert dearer.verified("asha", "wrong guess") is None
    assert people.get("asha").password.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert dearer.verified("asha", PASSWORD) is not None
    assert people.get("asha").password.startswith("$argon2id$v=19$m=16,t=1,p=1$")
    assert dearer.verified("asha", PASSWORD) is not None
    assert people.get("asha").since == since  # nobody is signed out by it


OLD = "scrypt:16:1:1:MTIzNDU2NzhhYmNkZWZnaA==:6wrvvK9x2NQ/XCsz2xJhgYgU0neD+t5V13Yr3D23EJc="
"""A hash that an older Setu made of `PASSWORD`."""


def scrypts(people: Accounts, name: str) -> None:
    """Give a person a hash as an older Setu made it."""
    people._one(name, lambda old: replace(old, password=OLD))


def test_a_hash_of_an_older_setu_matches_and_is_replaced_when_its_person_signs_in(people: Accounts) -> None:
    people.add("asha", "admin", None, PASSWORD)
    scrypts(people, "asha")
    assert people.verified("asha", "wrong guess") is None
    assert people.get("asha").password == OLD
    before = people.get("asha")
    found = people.verified("asha", PASSWORD)
    assert found == people.get("asha")
    assert replace(found, password=OLD) == before
    assert found.password.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert people.verified("asha", PASSWORD) == found


def test_a_password_that_is_set_while_an_old_hash_is_replaced_stays(people: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    people.add("asha", "admin", None, PASSWORD)
    scrypts(people, "asha")
    made = passwords.hashed

    def meanwhile(password: str, cost: Cost) -> str:
        monkeypatch.setattr(passwords, "hashed", made)
        people.set_password("asha", "nine windmills")
        return made(password, cost)

    monkeypatch.setattr(passwords, "hashed", meanwhile)
    people.verified("asha", PASSWORD)
    assert people.verified("asha", PASSWORD) is None
    assert people.verified("asha", "nine windmills") is not None


def test_while_some_hashes_are_old_every_name_costs_one_of_each(people: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("asha", "ravi"):
        people.add(name, "admin", None, PASSWORD)
    scrypts(people, "ravi")
    forms = list[list[bool]]()

    def counted(password: str, kept: str) -> bool:
        forms[-1].append(passwords.is_scrypt(kept))
        return matches(password, kept)

    monkeypatch.setattr(passwords, "matches", counted)
    for name in ("asha", "ravi", "nobody"):
        forms.append([])
        assert people.verified(name, "wrong guess") is None
    assert [sorted(tried) for tried in forms] == [[False, True]] * 3


@pytest.mark.parametrize(
    "kept",
    [
        "scrypt:15:1:1:AA==:AA==", "scrypt:16:1:1:AA==", "bcrypt:16:1:1:AA==:AA==", "x", "",
        f"$argon2id$v=19$m=8,t=1,p=1${'A' * 22}${'A' * 42}", f"$argon2i$v=19$m=8,t=1,p=1${'A' * 22}${'A' * 43}",
        f"$argon2id$v=19$m=9999999,t=1,p=1${'A' * 22}${'A' * 43}", f"$argon2id$v=19$m=8,t=0,p=1${'A' * 22}${'A' * 43}",
        f"$argon2id$v=19$m=8,t=1,p=2${'A' * 22}${'A' * 43}", f"$argon2id$v=19$m=8,t=1,p=1${'A' * 21}B${'A' * 43}",
    ],
)  # fmt: skip
def test_what_is_no_hash_of_ours_is_told_and_matches_nothing(kept: str) -> None:
    assert not well_formed(kept)
    with pytest.raises(ValueError):  # noqa: PT011  (whichever part of it is none)
        matches(PASSWORD, kept)


def test_a_backup_has_the_accounts_and_no_sessions_and_a_restore_keeps_them_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with base(home) as opened:
        opened.ingest_documents(papers()[:1])
    bare, _ = back_up(Settings.load(home=home), tmp_path / "bare.zip")
    door = SignIn(home, 12, cost=CHEAP)
    door.accounts.add("asha", "admin", None, PASSWORD)
    token = door.enter("asha", PASSWORD, "192.0.2.7")
    door.enter("nobody", PASSWORD, "192.0.2.7")
    archive, _ = back_up(Settings.load(home=home), tmp_path / "full.zip")
    restore(tmp_path / "new", archive)
    again = SignIn(tmp_path / "new", 12, cost=CHEAP)
    assert isinstance(token, str)
    assert (door.reader(token) is None, again.reader(token)) == (False, None)
    assert again.accounts.verified("asha", PASSWORD) is not None
    assert again._store.rows(select(sign_in_limits)) == []
    assert stat.S_IMODE((tmp_path / "new" / ACCOUNTS).stat().st_mode) == 0o600
    with pytest.raises(BackupError, match="is in use"):
        restore(tmp_path / "new", bare, replace=True)
    again.close()
    done = restore(tmp_path / "new", bare, replace=True)
    assert not Accounts(tmp_path / "new", CHEAP).exist()
    assert any("The backup has no accounts" in note for note in done.notes)
