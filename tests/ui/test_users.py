"""``setu users``."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from kb import passwords
from kb.access import ROLES, Reader
from kb.accounts import Accounts
from tests.ui.conftest import Setu
from ui.commands_users import ROLES as OFFERED

PASSWORD = "eight lanterns"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that cost nothing, for a quick test."""
    made = passwords.hashed
    monkeypatch.setattr(passwords, "hashed", lambda password, cost=None: made(password, passwords.Cost(n=16, r=1, p=1)))


def people(setu: Setu) -> Accounts:
    return Accounts(setu.home)


def test_an_account_is_made_with_a_password_that_is_asked_for_twice_and_not_shown(fresh: Setu) -> None:
    done = fresh("users", "add", "asha", "--role", "admin", "--all-groups", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    found = people(fresh).verified("asha", PASSWORD)
    assert found is not None
    assert found.reader == Reader("asha", "admin", None)
    assert stat.S_IMODE((fresh.home / "users.toml").stat().st_mode) == 0o600


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
    file = Path(fresh.home / "users.toml")
    file.chmod(0o644)
    refused = fresh("users", "check")
    assert refused.exit_code == 2
    assert f"Run: chmod 600 {file}" in refused.stderr


def test_the_command_offers_the_roles_that_there_are() -> None:
    assert OFFERED == ROLES
