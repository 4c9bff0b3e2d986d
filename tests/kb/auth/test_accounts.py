"""The people of a home, and the file they are in."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kb import Settings
from kb.auth import passwords
from kb.auth.accounts import ALL, Accounts
from kb.auth.passwords import Cost, hashed, matches, nobodys, weakness, well_formed
from kb.backup.create import back_up
from kb.backup.restore import restore
from kb.errors import AccountsError
from tests.kb.make import base, papers

CHEAP = Cost(n=16, r=1, p=1)
PASSWORD = "eight lanterns"


@pytest.fixture
def people(tmp_path: Path) -> Accounts:
    return Accounts(tmp_path, CHEAP)


def test_an_account_is_known_by_its_name_however_that_is_capitalised(people: Accounts) -> None:
    people.add("Asha", "editor", frozenset({"ports", "fisheries"}), PASSWORD)
    found = Accounts(people.file.parent, CHEAP).verified("ASHA ", PASSWORD)
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
        costs.append(kept.rsplit(":", 2)[0])
        return matches(password, kept)

    monkeypatch.setattr(passwords, "matches", counted)
    for name in ("asha", "nobody", "mina@example.org"):
        people.verified(name, "wrong guess")
    assert costs == ["scrypt:16:1:1"] * 3


def test_to_open_the_accounts_of_a_home_costs_no_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr("hashlib.scrypt", lambda *_args, **_options: made.append("hash") or bytes(32))
    people = Accounts(tmp_path)
    assert made == []
    people.verified("nobody", PASSWORD)
    assert made == ["hash"]


def test_what_is_kept_of_no_password_is_well_formed_and_no_password_matches_it() -> None:
    assert nobodys(CHEAP).rsplit(":", 2)[0] == "scrypt:16:1:1"
    assert well_formed(nobodys(CHEAP))
    assert not any(matches(password, nobodys(CHEAP)) for password in ("", PASSWORD))


def test_the_file_is_private_and_holds_no_password(people: Accounts) -> None:
    people.add("asha", "admin", None, PASSWORD)
    assert stat.S_IMODE(people.file.stat().st_mode) == 0o600
    assert PASSWORD not in people.file.read_text(encoding="utf-8")
    assert [file.name for file in people.file.parent.glob("*.new")] == []


def test_a_file_that_others_may_read_is_refused_with_the_line_that_mends_it(people: Accounts) -> None:
    people.add("asha", "admin", None, PASSWORD)
    people.file.chmod(0o640)
    with pytest.raises(AccountsError) as told:
        people.all()
    assert f"may be read by others (mode 640). Run: chmod 600 {people.file}" in str(told.value)
    people.file.chmod(0o600)
    assert [one.name for one in people.all()] == ["asha"]


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
def test_a_damaged_file_lets_nobody_in_and_says_what_is_wrong_where(people: Accounts, text: str, reason: str) -> None:
    people.file.write_bytes(text.encode("utf-8", "surrogateescape"))
    people.file.chmod(0o600)
    with pytest.raises(AccountsError) as told:
        people.verified("x", PASSWORD)
    assert str(people.file) in str(told.value)
    assert reason in str(told.value)
    assert "setu users check" in str(told.value)


def test_a_link_to_nothing_is_not_the_same_as_no_accounts(people: Accounts) -> None:
    people.file.symlink_to(people.file.parent / "gone.toml")
    assert people.exist()
    with pytest.raises(AccountsError, match="link to a file that is not there"):
        people.all()


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


def test_two_processes_that_change_at_once_lose_nothing(people: Accounts) -> None:
    people.add("asha", "admin", None, PASSWORD)
    other = Accounts(people.file.parent, CHEAP)
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


def test_the_cost_stands_in_the_hash_so_that_it_can_be_raised(people: Accounts) -> None:
    people.add("asha", "admin", None, PASSWORD)
    dearer = Accounts(people.file.parent, Cost(n=32, r=1, p=1))
    assert dearer.verified("asha", PASSWORD) is not None
    dearer.set_password("asha", PASSWORD)
    assert people.get("asha").password.startswith("scrypt:32:1:1:")
    assert people.verified("asha", PASSWORD) is not None
    assert [well_formed(x) for x in ("scrypt:15:1:1:AA==:AA==", "scrypt:16:1:1:AA==", "bcrypt:16:1:1:AA==:AA==", "x")] == [False] * 4


def test_a_backup_has_the_accounts_and_a_restore_keeps_them_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with base(home) as opened:
        opened.ingest_documents(papers()[:1])
    bare, _ = back_up(Settings.load(home=home), tmp_path / "bare.zip")
    Accounts(home, CHEAP).add("asha", "admin", None, PASSWORD)
    archive, _ = back_up(Settings.load(home=home), tmp_path / "full.zip")
    restore(tmp_path / "new", archive)
    again = Accounts(tmp_path / "new", CHEAP)
    assert again.verified("asha", PASSWORD) is not None
    assert stat.S_IMODE(again.file.stat().st_mode) == 0o600
    done = restore(tmp_path / "new", bare, replace=True)
    assert not again.exist()
    assert any("The backup has no accounts" in note for note in done.notes)
