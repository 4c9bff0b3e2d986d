"""``setu users``."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from kb import Filters, KnowledgeBase, Settings
from kb.auth import passwords
from kb.auth.account_store import ACCOUNTS
from kb.auth.accounts import Accounts, provider_identity
from kb.auth.roles import ROLES
from kb.user_records import Exchange
from tests.ui.conftest import Setu
from ui.cli.commands.users import ROLES as OFFERED

PASSWORD = "eight lanterns"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost nothing, for a quick test."""
    made = passwords.hashed
    monkeypatch.setattr(passwords, "hashed", lambda password, cost=None: made(password, passwords.Cost(memory=8, times=1, threads=1)))


def people(setu: Setu) -> Accounts:
    return Accounts(setu.home)


def test_an_account_is_made_with_a_password_that_is_asked_for_twice_and_not_shown(fresh: Setu) -> None:
    done = fresh("users", "add", "asha", "--role", "admin", "--all-groups", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    found = people(fresh).verified("asha", PASSWORD)
    assert found is not None
    assert (found.name, found.role, found.groups) == ("asha", "admin", None)
    assert stat.S_IMODE((fresh.home / ACCOUNTS).stat().st_mode) == 0o600


def test_two_passwords_that_differ_or_are_weak_make_no_account(fresh: Setu) -> None:
    assert fresh("users", "add", "asha", typed=f"{PASSWORD}\nother words\n").exit_code != 0
    weak = fresh("users", "add", "asha", typed="short\nshort\n")
    assert weak.exit_code == 2
    assert "at least 10 characters" in weak.stderr
    assert not people(fresh).exist()


def test_a_generated_password_is_printed_once_alone_on_stdout(fresh: Setu) -> None:
    done = fresh("users", "add", "ravi", "--group", "ports", "--generate")
    assert done.exit_code == 0, done.output
    assert "There is no admin yet" in done.stderr
    said = done.stdout.splitlines()[-1]
    assert people(fresh).verified("ravi", said) is not None
    again = fresh("users", "password", "ravi", "--generate")
    assert people(fresh).verified("ravi", said) is None
    assert people(fresh).verified("ravi", again.stdout.strip()) is not None


def test_there_is_no_option_for_a_password(fresh: Setu) -> None:
    for command in ("add", "password"):
        assert fresh("users", command, "asha", "--password", PASSWORD).exit_code == 2


def test_role_groups_disabling_and_removing(fresh: Setu) -> None:
    fresh("users", "add", "asha", "--role", "admin", "--all-groups", "--generate")
    fresh("users", "add", "mina@example.org", "--role", "trainer", "--no-password")
    assert fresh("users", "role", "mina@example.org", "editor").exit_code == 0
    assert fresh("users", "groups", "mina@example.org", "--set", "ports", "--set", "fisheries").exit_code == 0
    assert fresh("users", "disable", "mina@example.org").exit_code == 0
    asha, mina = json.loads(fresh("users", "list", "--json").stdout)
    assert (asha["name"], asha["groups"], asha["password"]) == ("asha", None, True)
    assert {key: mina[key] for key in ("role", "groups", "password", "disabled")} == {
        "role": "editor",
        "groups": ["fisheries", "ports"],
        "password": False,
        "disabled": True,
    }
    listed = fresh("users", "list").stdout
    assert "fisheries, ports · no password · disabled" in listed
    assert "no group" in fresh("users", "groups", "mina@example.org", "--clear").stdout
    assert "all groups" in fresh("users", "groups", "mina@example.org", "--all").stdout
    assert "disabled" not in fresh("users", "enable", "mina@example.org").stdout
    assert fresh("users", "remove", "mina@example.org", typed="n\n").exit_code == 1
    assert fresh("users", "remove", "mina@example.org", typed="y\n").exit_code == 0
    assert [one.name for one in people(fresh).all()] == ["asha"]
    last = fresh("users", "disable", "asha")
    assert last.exit_code == 2
    assert "Make somebody else admin first" in last.stderr


def test_check_says_whether_the_file_is_sound_and_somebody_could_manage_people(fresh: Setu) -> None:
    assert "There are no accounts" in fresh("users", "check").stdout
    fresh("users", "add", "ravi", "--generate")
    no_admin = fresh("users", "check")
    assert no_admin.exit_code == 1
    assert "no enabled admin" in no_admin.stderr
    fresh("users", "add", "asha", "--role", "admin", "--generate")
    assert "2 may sign in, 2 of them with a password" in fresh("users", "check").stdout
    file = Path(fresh.home / ACCOUNTS)
    file.chmod(0o644)
    refused = fresh("users", "check")
    assert refused.exit_code == 2
    assert f"Run: chmod 600 {file}" in refused.stderr


def test_the_command_offers_the_roles_that_there_are() -> None:
    assert OFFERED == ROLES


def test_a_renamed_account_is_the_same_and_one_made_anew_is_not(fresh: Setu) -> None:
    fresh("users", "add", "asha", "--role", "admin", "--all-groups", "--generate")
    fresh("users", "add", "ravi", "--generate")
    before = people(fresh).get("ravi")
    assert "ravi.kumar" in fresh("users", "rename", "ravi", "ravi.kumar").stdout
    assert people(fresh).get("ravi.kumar").id == before.id
    assert "already" in fresh("users", "rename", "asha", "RAVI.kumar").stderr
    assert json.loads(fresh("users", "list", "--json").stdout)[1]["id"] == before.id
    fresh("users", "remove", "ravi.kumar", "--yes")
    fresh("users", "add", "ravi.kumar", "--generate")
    assert people(fresh).get("ravi.kumar").id != before.id


def test_an_account_that_a_provider_vouched_for_is_said_to_be_bound_until_it_is_released(fresh: Setu) -> None:
    fresh("users", "add", "mina@example.org", "--no-password")
    people(fresh).bind("mina@example.org", provider_identity("https://login.example.org", "1"))
    assert "no password · bound" in fresh("users", "list").stdout
    assert "bound" not in fresh("users", "release", "mina@example.org").stdout
    assert people(fresh).get("mina@example.org").subject == ""


def test_what_is_kept_of_people_without_an_account_is_listed_handed_over_and_deleted(fresh: Setu) -> None:
    with KnowledgeBase.open(Settings(home=fresh.home)) as kb:
        for name in ("ravi", "tom"):
            own = kb.seen_by(people(fresh).reader(people(fresh).add(name, "viewer"))).conversations
            own.save(own.new().with_new(Exchange("Who?", Filters())))
    assert "Nothing is kept of anybody without an account" in fresh("users", "former").stdout
    refused = fresh("users", "forget", "ravi", "--yes")
    assert refused.exit_code == 2
    assert "remove an account first" in refused.stderr
    gone = {name: people(fresh).get(name).id for name in ("ravi", "tom")}
    for name in gone:
        fresh("users", "remove", name, "--yes")
        fresh("users", "add", name, "--generate")
    listed = json.loads(fresh("users", "former", "--json").stdout)
    assert [(one["id"], one["name"], one["conversations"]) for one in listed] == [(gone[name], name, 1) for name in ("ravi", "tom")]
    assert fresh("users", "hand-over", "ravi", "nobody", "--yes").exit_code == 2
    assert fresh("users", "hand-over", "ravi", "tom", typed="n\n").exit_code == 1
    assert fresh("users", "hand-over", gone["ravi"], "tom", typed="y\n").exit_code == 0
    assert "1 conversations, opinions and materials of tom are deleted" in fresh("users", "forget", "tom", "--yes").stdout
    with KnowledgeBase.open(Settings(home=fresh.home)) as kb:
        assert len(kb.conversations.list()) == 1
        tom = kb.seen_by(people(fresh).reader(people(fresh).get("tom")))
        assert len(tom.conversations.list()) == 1
        assert [one.action for one in kb.audit.list()] == ["person_forgotten", "person_handed_over"]
    assert "0 conversations, 0 opinions, 0 materials" in fresh("users", "former").stdout


def test_an_admin_of_some_groups_is_told_of_and_a_home_without_one_of_all_as_well(fresh: Setu) -> None:
    made = fresh("users", "add", "petra", "--role", "admin", "--group", "ports", "--generate")
    assert "manages only people whose groups are all among their own" in made.stderr
    checked = fresh("users", "check")
    assert checked.exit_code == 0
    assert "No admin manages everybody" in checked.stderr
    fresh("users", "groups", "petra", "--all")
    assert "No admin" not in fresh("users", "check").stderr
    assert "Nobody would be left who may manage everybody" in fresh("users", "groups", "petra", "--set", "ports").stderr
